/* Strips: the columns of a source block, cut so that a solve's workspace stays in the cache.
 *
 * A source block lies in memory or a file sub-block by sub-block (RFC 6330 4.4.1.2): sub-block j is
 * K sub-symbols of the same width, one after the other. A strip is some columns of one sub-block.
 */
#ifndef CODEC_STRIPS_H
#define CODEC_STRIPS_H

#include "rfc6330/object.h"

#define CODEC_WHOLE_SUB_BLOCKS 65536u /* strips this wide are sub-blocks */

/* Whether a source block, or sub-block, is too large to stay in the caches. */
static inline bool codec_is_far(uint64_t K, uint32_t width)
{
    return K * width > 8 * 1024 * 1024;
}

typedef struct codec_strip {
    uint32_t sub_block;
    uint32_t sub_width;    /* octets of a sub-symbol: the stride of symbols in the block */
    uint32_t sub_start;    /* where the sub-symbol begins within a symbol */
    uint32_t column;       /* where the strip begins within the sub-symbol */
    uint32_t width;        /* octets */
    uint32_t padded_start; /* where it begins in a symbol whose strips are all whole units of 64 */
} codec_strip;

/* How a sub-block is cut: its first strip is `lead` octets wider than the others, its last one the
 * rest. */
typedef struct codec_cut {
    uint32_t count, width;
} codec_cut;

typedef struct codec_strips {
    rfc6330_partition sub_blocks; /* in units of Al */
    uint32_t Al;
    uint32_t lead;
    codec_cut large, small; /* sub-blocks of IL and of IS units */
    uint32_t count;
} codec_strips;

/* The width at which a source block of K symbols is solved fastest: so wide that the work on a row
 * outweighs finding it, so narrow that a workspace stays in the second-level cache. */
uint32_t codec_strip_width(uint32_t K);

/* Strips of at most `widest` octets (at least 64), all near the same width. oti must be valid. */
codec_strips codec_strips_of(const rq_oti *oti, uint32_t widest);
/* The same for symbols that lie in memory from `data` on. Where they come from beyond the caches,
 * and all begin at the same place within a cache line, strips end where lines do, so that no line
 * is fetched twice; the first one of a sub-block is less than a line wider than widest then. */
codec_strips codec_strips_in(const rq_oti *oti, uint32_t widest, const void *data);
/* How far into a line those symbols begin where strips go by lines, otherwise 0. */
static inline uint32_t codec_strips_shift(const codec_strips *strips)
{
    return strips->lead > 0 ? 64 - strips->lead : 0;
}

/* Octets of the widest strip. */
uint32_t codec_strips_widest(const codec_strips *strips);
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
