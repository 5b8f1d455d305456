/* A few symbols of a plan's: less work than to make all intermediate symbols and these from them.
 *
 * Half of a plan's work is its last step, which completes the peeled columns by what their inactive
 * ones have turned out to be. Without it a symbol is a sum of its columns' known parts and of
 * inactive symbols, about half of all those there are. They are some hundreds at most, so tables of
 * the sums of a few of them each shorten that (the method of the four Russians). The tables lie in
 * rows that nobody needs any more. */
#ifndef CODEC_FEW_H
#define CODEC_FEW_H

#include "codec/execute.h"

/* Worked out once, run for every strip. */
typedef struct codec_few {
    const rq_plan *plan;
    codec_outputs symbols; /* in the order they were asked for */
    codec_outputs sums;    /* of inactive symbols, in rows of the workspace */
    bool by_parts;         /* else from intermediate symbols */
} codec_few;

/* The symbols isis[0..count) of a plan; isis[i] goes to row rows[i] of what it is run for, or i
 * where rows is NULL. The plan must live as long. It keeps CODEC_OUTPUT_SIZE bytes a symbol on
 * average or, by parts, at most so many a source symbol; while it is made, both, and 5 bytes and a
 * set of inactive columns a column unless the plan has kept its parts. False if there is no memory.
 * codec_few_free is right in both cases, and for one that is all zeros. */
bool codec_few_make(codec_few *few, const rq_plan *plan, const uint32_t *isis, const uint32_t *rows,
                    uint32_t count, const rq_allocator *allocator);
void codec_few_free(codec_few *few);

/* Solves a strip as codec_solve does, and makes the symbols: `made` octets each, at destinations +
 * row * stride; where a symbol's gather has an input, that is added. If none has, a destination may
 * be where the strip of an input is. The workspace has the intermediate symbols afterwards, by
 * parts once codec_complete is run. */
void codec_few_run(const codec_few *few, const uint8_t *const *inputs, size_t offset, size_t width,
                   uint8_t *workspace, uint8_t *destinations, size_t stride, size_t made);

#endif
