/* How much source symbols contribute to repair symbols: every symbol of the code is a sum of source
 * symbols times octets, which the encoder's plan gives when it is run on unit vectors.
 *
 * For the smallest source blocks such sums are the shortest way to a symbol. For larger ones they
 * tell what a lost symbol would have brought. */
#ifndef CODEC_CONTRIBUTIONS_H
#define CODEC_CONTRIBUTIONS_H

#include "codec/execute.h"

/* Up to so many source symbols, a repair symbol is made straight from them, not by way of
 * intermediate symbols: measured, see docs/performance.md. */
enum { CODEC_FEW_SOURCES = 16 };

typedef struct codec_contributions {
    const rq_allocator *allocator;
    rfc6330_code code;
    uint32_t count; /* of source symbols */
    uint8_t *rows;  /* the intermediate symbols' */
    size_t size;
} codec_contributions;

/* Of source symbols sources[0..count), NULL: 0..count-1, with the encoder's plan of their K'. False
 * if there is no memory; codec_contributions_free is right in both cases. */
bool codec_contributions_begin(codec_contributions *contributions, const rq_plan *plan,
                               const uint32_t *sources, uint32_t count,
                               const rq_allocator *allocator);
void codec_contributions_free(codec_contributions *contributions);

/* octets[i] = the coefficient of source symbol i in the symbol with this ISI, i < count. */
void codec_contributions_of(const codec_contributions *contributions, uint32_t isi,
                            uint8_t *octets);

/* sum = the sum of octets[i] times the width octets at inputs[i] + offset, where that is not NULL.
 * The sum overlaps no input. */
void codec_weigh(const uint8_t *octets, const uint8_t *const *inputs, uint32_t count, size_t offset,
                 size_t width, uint8_t *sum);

#endif
