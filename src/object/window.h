/* Windows: the columns of a source block that are in memory at a time. One window may be all of it.
 *
 * A window is some whole sub-blocks, which are one contiguous piece of the block, or where not even
 * one fits, some strips of one sub-block. In memory it lies like the block does: sub-block by
 * sub-block, each K rows; a part of a sub-block is K rows of its columns. */
#ifndef OBJECT_WINDOW_H
#define OBJECT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "codec/strips.h"
#include "object/shape.h"

typedef struct window {
    uint32_t first_strip, strip_count;
    uint32_t start, columns; /* of a symbol, octets */
    bool whole;              /* consists of whole sub-blocks */
} window;

/* The window that begins with first_strip, of at most most_columns octets but at least one strip.
 * The next one begins with first_strip + strip_count; strips->count is the end. */
window window_at(const codec_strips *strips, uint32_t first_strip, uint32_t most_columns);

/* The most columns that a window has where the shape says how many are wanted: a window of part of
 * a sub-block may be wider than that by up to one strip. */
uint32_t window_most_columns(const shape *shape, uint32_t T);

/* Where row 0 of a strip lies in a window of `rows` rows, and how far apart rows are. */
typedef struct window_place {
    size_t offset, stride;
} window_place;

window_place window_place_of(const window *window, const codec_strip *strip, uint32_t rows);

#endif
