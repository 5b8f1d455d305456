/* Lost source symbols out of the symbols there are: worked out once, run for every strip.
 *
 * With many lost, the received symbols get a plan of their own. With few, planning would take
 * longer than solving, so the encoder's plan is run as it is, from the cache, with zeros for what
 * is lost; by as much as each repair symbol then differs from what this gives, so much do the lost
 * symbols contribute to it: a system of as many equations as symbols are lost. With few source
 * symbols in all, the same equations give each lost symbol as a sum of those received. */
#ifndef CODEC_RECOVERY_H
#define CODEC_RECOVERY_H

#include "codec/few.h"

typedef enum codec_way { CODEC_BY_PLAN, CODEC_BY_DIFFERENCE, CODEC_BY_WEIGHTS } codec_way;

typedef struct codec_recovery {
    rq_allocator allocator;
    rfc6330_code code;
    uint32_t K;
    codec_way way;
    const rq_plan *plan; /* of the received symbols, or the encoder's from the cache */
    /* What codec_recovery_run wants: inputs[i] is received symbol input_of[i], or NULL where that
     * is CODEC_NOTHING. */
    uint32_t *input_of;
    uint32_t input_count, input_capacity;
    codec_few made; /* by plan: the lost symbols; by difference: the differences */
    uint32_t *lost; /* otherwise: the rows the lost symbols go to */
    uint32_t lost_count;
    uint32_t weight_count; /* of each lost symbol: by difference lost_count, by weights inputs */
    uint8_t *weights;      /* lost_count x weight_count octets */
    uint16_t *counting;    /* by difference: 0, 1, 2, .. */
} codec_recovery;

#define CODEC_NOTHING UINT32_MAX

/* esis[i] is the ESI of received symbol i, all different; the source symbols lost[0..lost_count)
 * are wanted, ascending. RQ_OK; RQ_ERROR_DECODE if the symbols do not determine the block, with
 * *missing more needed at the least; RQ_ERROR_MEMORY; or RQ_ERROR_CANCELLED by the watch, which may
 * be NULL. codec_recovery_free is right in all cases.
 */
int codec_recovery_make(codec_recovery *recovery, uint32_t K, const uint32_t *esis, uint32_t count,
                        const uint32_t *lost, uint32_t lost_count, const rq_allocator *allocator,
                        const plan_watch *watch, uint32_t *missing);
void codec_recovery_free(codec_recovery *recovery);

/* Bytes of workspace for a strip of that width. */
uint64_t codec_recovery_workspace_size(const codec_recovery *recovery, size_t width);

/* Makes the lost symbols' strip: lost symbol e goes to destinations + e * stride. The inputs'
 * strips are at inputs[i] + offset; a destination may be where the strip of an input is. */
void codec_recovery_run(const codec_recovery *recovery, const uint8_t *const *inputs, size_t offset,
                        size_t width, uint8_t *workspace, uint8_t *destinations, size_t stride);

#endif
