/* Symbols put together from their pieces.
 *
 * Pieces lie strip by strip: strip j is `rows` pieces of its width, one after the other. A source
 * block is such a thing, with its sub-blocks as strips and its K symbols as rows. */
#ifndef OBJECT_PIECES_H
#define OBJECT_PIECES_H

#include <stddef.h>

#include "codec/strips.h"

/* Where the pieces of a strip begin. */
static inline uint64_t pieces_offset(const codec_strip *strip, uint64_t rows)
{
    return ((uint64_t)strip->sub_start + strip->column) * rows;
}

typedef int (*pieces_source)(void *context, uint64_t offset, uint8_t *buffer, size_t size,
                             rq_error *error);

/* Puts the symbols first to first + count - 1 together in rows `stride` apart at `buffer`; a symbol
 * begins SHAPE_ROW_LEAD into its row. */
int pieces_read(const codec_strips *strips, uint64_t rows, uint64_t first, uint32_t count,
                uint8_t *buffer, size_t stride, pieces_source read, void *context,
                rq_error *error);

/* The same from a source block of K symbols in memory. */
void pieces_from_memory(const rq_oti *oti, const uint8_t *data, uint32_t K, uint64_t first,
                        uint32_t count, uint8_t *buffer);

#endif
