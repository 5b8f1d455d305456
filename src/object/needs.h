/* How much memory a call takes, worked out before it takes any: the sum of what its blocks' shapes
 * say and of what grows with the layout. */
#ifndef OBJECT_NEEDS_H
#define OBJECT_NEEDS_H

#include "object/job.h"
#include "object/spool.h"

enum { NEEDS_BLOCK_MEMORY = 600 }; /* bytes of a block in the result and its JSON */

typedef struct needs {
    uint64_t smallest,
        comfortable;  /* bytes: below the one it fails, above the other it gains nothing */
    uint64_t reserve; /* bytes of both that are not for the work on a block */
    uint64_t units;   /* of progress */
    uint64_t size, blocks, names; /* of the object: bytes, blocks, symbols */
} needs;

/* The parameters of a block of that size and its repair symbols, or why it cannot be. */
int needs_block(const rq_options *settings, uint64_t size, rq_oti *oti, uint64_t *repairs,
                rq_error *error);

/* Of encoding size bytes cut at multiples of block_size. names_only: symbols are not
 * kept. layout_in_memory: the result carries it. */
int needs_encode(const rq_options *settings, uint64_t size, uint64_t block_size, bool names_only,
                 bool layout_in_memory, needs *needs, rq_error *error);

/* Of decoding, verifying or repairing: block by block, then once needs_reading. stream: blocks are
 * put aside until they are checked. */
void needs_decode_block(needs *needs, const rq_oti *oti, uint64_t names, uint32_t threads,
                        bool stream);
void needs_check_block(needs *needs, const rq_oti *oti, uint64_t names, uint32_t threads,
                       bool repair);
void needs_reading(needs *needs);
/* Readies a job that began with these needs, and the place for the names: in memory if they take a
 * small part of it. */
void needs_apply(const needs *needs, job *job, spool *names);

#endif
