/* What there is of a block: every listed symbol is read and checked against its name, once.
 *
 * A finding is 64 bits: what the symbol is, above, and its place among the block's names, below.
 * Sorted, the good symbols come first, source block by source block and by ESI; then the useless,
 * the damaged and the missing ones, each kind in the order of the layout. */
#ifndef OBJECT_EXAMINE_H
#define OBJECT_EXAMINE_H

#include "object/buffers.h"
#include "object/job.h"
#include "object/spool.h"
#include "rfc6330/object.h"
#include "store/store.h"

/* What has no payload id of a good symbol: no SBN is 255, for there are at most 255 source blocks.
 */
#define FOUND_USELESS UINT32_C(0xff000000) /* its name's bytes, but of no source block there is */
#define FOUND_DAMAGED UINT32_C(0xff000001)
#define FOUND_MISSING UINT32_C(0xff000002)
#define FOUND_MENDED  UINT32_C(0xff000003) /* was one of these two; see wanted.h */

#define FINDING_PLACES (UINT64_C(1) << 30) /* more names of a block there cannot be */
#define EXAMINE_BUFFER (256 * 1024)        /* of a worker; more is of no use */

typedef struct examination {
    job *job;
    store *store;       /* its block is open */
    const spool *names; /* digests */
    uint64_t block_id, first_name, name_count;
    rq_oti oti;
    uint64_t *findings;                     /* name_count of them */
    size_t good, useless, damaged, missing; /* how many are what */
} examination;

static inline uint32_t finding_what(uint64_t finding)
{
    return (uint32_t)(finding >> 32);
}

static inline uint32_t finding_place(uint64_t finding)
{
    return (uint32_t)finding;
}

/* Fills in the findings, sorted. buffers: one a worker, each at least a row of symbols. */
int examine(examination *examination, const buffers *buffers);

/* The digest at a place among the block's names. */
int examine_name(const examination *examination, uint32_t place, digest *name);

/* The first good finding of at least that payload id; `good` if there is none. */
size_t examine_lower_bound(const examination *examination, uint32_t payload_id);

/* Sorts ascending, in place: what the C library's sort allocates is not of our budget. */
void examine_sort(uint64_t *findings, size_t count);

#endif
