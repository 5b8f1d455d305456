/* Symbols put together from their pieces.
 *
 * Pieces lie strip by strip: strip j is `rows` pieces, one after the other. A source block is such
 * a thing, with its sub-blocks as strips and its K symbols as rows. What has been made strip by
 * strip is another: there each piece is padded to whole units of 64 octets, so that all are
 * aligned. */
#ifndef OBJECT_PIECES_H
#define OBJECT_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "codec/execute.h"
#include "codec/strips.h"

typedef struct pieces {
    const codec_strips *strips;
    uint64_t rows;
    bool padded;
} pieces;

/* Where the pieces of a strip begin, and how far apart they are. */
static inline uint64_t pieces_offset(const pieces *p, const codec_strip *strip)
{
    return p->rows * (p->padded ? strip->padded_start : strip->sub_start + strip->column);
}

static inline size_t pieces_stride(const pieces *p, const codec_strip *strip)
{
    return p->padded ? codec_stride(strip->width) : strip->width;
}

typedef int (*pieces_source)(void *context, uint64_t offset, uint8_t *buffer, size_t size,
                             rq_error *error);

/* Puts the symbols first to first + count - 1 together in rows `stride` apart at `buffer`; a symbol
 * begins SHAPE_ROW_LEAD into its row. */
int pieces_read(const pieces *pieces, uint64_t first, uint32_t count, uint8_t *buffer,
                size_t stride, pieces_source read, void *context, rq_error *error);

/* The same from pieces in memory. */
void pieces_gather(const pieces *pieces, const uint8_t *data, uint64_t first, uint32_t count,
                   uint8_t *buffer, size_t stride);

#endif
