/* The golden vectors of the codec, vectors/codec/repair_symbols.csv. */
#ifndef SUPPORT_VECTORS_H
#define SUPPORT_VECTORS_H

#include <stddef.h>
#include <stdint.h>

enum { CODEC_VECTOR_MAX_T = 64 };

typedef struct codec_vector {
    uint32_t K;
    uint16_t T;
    const uint8_t *source; /* K * T bytes */
    uint32_t esi;
    uint8_t symbol[CODEC_VECTOR_MAX_T];
} codec_vector;

/* Calls visit for each, those of the same source block one after the other. Returns their number.
 */
size_t codec_vectors_read(void (*visit)(void *context, const codec_vector *vector), void *context);

#endif
