#include "object/pieces.h"

#include <string.h>

#include "object/shape.h"

/* Pieces are read side by side into this much of the stack, then moved to their rows. */
enum { AREA = 32 * 1024 };

/* Moves `count` pieces of `width` octets, `from` apart, to the rows' column. */
static void scatter(const uint8_t *pieces, size_t from, uint32_t count, size_t width, uint8_t *rows,
                    size_t stride)
{
    for (uint32_t i = 0; i < count; i++)
        memcpy(rows + i * stride, pieces + i * from, width);
}

int pieces_read(const codec_strips *strips, uint64_t rows, uint64_t first, uint32_t count,
                uint8_t *buffer, size_t stride, pieces_source read, void *context,
                rq_error *error)
{
    uint8_t area[AREA];
    int status = RQ_OK;
    for (uint32_t s = 0; s < strips->count && status == RQ_OK; s++) {
        codec_strip strip = codec_strip_at(strips, s);
        uint64_t offset = pieces_offset(&strip, rows) + first * strip.width;
        uint8_t *column = buffer + SHAPE_ROW_LEAD + strip.sub_start + strip.column;
        uint32_t most = AREA / strip.width;
        for (uint32_t i = 0; i < count && status == RQ_OK;) {
            uint32_t some = count - i < most ? count - i : most;
            if (most <= 1) { /* long pieces go where they belong at once */
                some = 1;
                status = read(context, offset + (uint64_t)i * strip.width, column + i * stride,
                              strip.width, error);
            } else {
                status = read(context, offset + (uint64_t)i * strip.width, area,
                              (size_t)some * strip.width, error);
                scatter(area, strip.width, some, strip.width, column + i * stride, stride);
            }
            i += some;
        }
    }
    return status;
}

void pieces_from_memory(const rq_oti *oti, const uint8_t *data, uint32_t K, uint64_t first,
                        uint32_t count, uint8_t *buffer)
{
    codec_strips sub_blocks = codec_strips_of(oti, CODEC_WHOLE_SUB_BLOCKS);
    for (uint32_t s = 0; s < sub_blocks.count; s++) {
        codec_strip strip = codec_strip_at(&sub_blocks, s);
        scatter(data + codec_strip_offset(&strip, K, first), strip.width, count, strip.width,
                buffer + SHAPE_ROW_LEAD + strip.sub_start, shape_row_stride(oti->T));
    }
}
