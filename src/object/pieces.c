#include "object/pieces.h"

#include <string.h>

#include "object/shape.h"

/* Pieces are read side by side into this much of the stack, then moved to their rows. */
enum { AREA = 32 * 1024 };

/* Moves `count` pieces of `width` octets, `from` apart, to the rows' column. */
static void scatter(const uint8_t *data, size_t from, uint32_t count, size_t width, uint8_t *rows,
                    size_t stride)
{
    for (uint32_t i = 0; i < count; i++)
        memcpy(rows + i * stride, data + i * from, width);
}

int pieces_read(const pieces *p, uint64_t first, uint32_t count, uint8_t *buffer, size_t stride,
                pieces_source read, void *context, rq_error *error)
{
    uint8_t area[AREA];
    int status = RQ_OK;
    for (uint32_t s = 0; s < p->strips->count && status == RQ_OK; s++) {
        codec_strip strip = codec_strip_at(p->strips, s);
        size_t apart = pieces_stride(p, &strip);
        uint64_t offset = pieces_offset(p, &strip) + first * apart;
        uint8_t *column = buffer + SHAPE_ROW_LEAD + strip.sub_start + strip.column;
        uint32_t most = (uint32_t)(AREA / apart);
        for (uint32_t i = 0; i < count && status == RQ_OK;) {
            uint32_t some = count - i < most ? count - i : most;
            if (most <= 1) { /* long pieces go where they belong at once */
                some = 1;
                status = read(context, offset + i * apart, column + i * stride, strip.width, error);
            } else {
                status = read(context, offset + i * apart, area, some * apart, error);
                scatter(area, apart, some, strip.width, column + i * stride, stride);
            }
            i += some;
        }
    }
    return status;
}

void pieces_gather(const pieces *p, const uint8_t *data, uint64_t first, uint32_t count,
                   uint8_t *buffer, size_t stride)
{
    for (uint32_t s = 0; s < p->strips->count; s++) {
        codec_strip strip = codec_strip_at(p->strips, s);
        size_t apart = pieces_stride(p, &strip);
        scatter(data + pieces_offset(p, &strip) + first * apart, apart, count, strip.width,
                buffer + SHAPE_ROW_LEAD + strip.sub_start + strip.column, stride);
    }
}
