/* Strips: the columns of a source block, cut so that a solve's workspace stays in the cache.
 *
 * A source block lies in memory or a file sub-block by sub-block (RFC 6330 4.4.1.2): sub-block j is
 * K sub-symbols of the same width, one after the other. A strip is some columns of one sub-block.
 */
#ifndef CODEC_STRIPS_H
#define CODEC_STRIPS_H

#include "rfc6330/object.h"

#define CODEC_WHOLE_SUB_BLOCKS 65536u /* strips this wide are sub-blocks */

typedef struct codec_strip {
    uint32_t sub_block;
    uint32_t sub_width;    /* octets of a sub-symbol: the stride of symbols in the block */
    uint32_t sub_start;    /* where the sub-symbol begins within a symbol */
    uint32_t column;       /* where the strip begins within the sub-symbol */
    uint32_t width;        /* octets */
    uint32_t padded_start; /* where it begins in a symbol whose strips are all whole units of 64 */
} codec_strip;

typedef struct codec_strips {
    rfc6330_partition sub_blocks; /* in units of Al */
    uint32_t Al;
    uint32_t per_large, per_small; /* strips of a sub-block of IL and of IS units */
    uint32_t count;
} codec_strips;

/* The width at which a source block of K symbols is solved fastest: so wide that the work on a row
 * outweighs finding it, so narrow that a workspace stays in the second-level cache. */
uint32_t codec_strip_width(uint32_t K);

/* Strips of at most `widest` octets (at least 64), all near the same width. oti must be valid. */
codec_strips codec_strips_of(const rq_oti *oti, uint32_t widest);
codec_strip codec_strip_at(const codec_strips *strips, uint32_t i);

/* The length of a symbol whose strips are all whole units. */
uint32_t codec_padded_size(const codec_strips *strips);

/* Where octet `column` of the strip's sub-symbol of symbol i lies in a source block of K symbols.
 */
static inline uint64_t codec_strip_offset(const codec_strip *strip, uint32_t K, uint64_t i)
{
    return (uint64_t)strip->sub_start * K + i * strip->sub_width + strip->column;
}

#endif
