#include "object/window.h"

window window_at(const codec_strips *strips, uint32_t first_strip, uint32_t most_columns)
{
    codec_strip strip = codec_strip_at(strips, first_strip);
    window w = {first_strip, 0, strip.sub_start + strip.column, 0, strip.column == 0};
    /* Whole sub-blocks, as many as fit. */
    for (uint32_t i = first_strip; w.whole && i < strips->count;) {
        strip = codec_strip_at(strips, i);
        if (w.columns + strip.sub_width > most_columns)
            break;
        w.columns += strip.sub_width;
        while (i < strips->count && codec_strip_at(strips, i).sub_block == strip.sub_block)
            i++;
        w.strip_count = i - first_strip;
    }
    if (w.strip_count > 0)
        return w;
    /* Or as many strips of this sub-block as fit, and one in any case. */
    uint32_t sub_block = codec_strip_at(strips, first_strip).sub_block;
    w.whole = false;
    for (uint32_t i = first_strip; i < strips->count; i++) {
        strip = codec_strip_at(strips, i);
        if (strip.sub_block != sub_block ||
            (w.strip_count > 0 && w.columns + strip.width > most_columns))
            break;
        w.columns += strip.width;
        w.strip_count++;
    }
    return w;
}

uint32_t window_most_columns(const shape *shape, uint32_t T)
{
    uint32_t columns = shape->window_columns;
    columns = columns > shape->strip_width ? columns : shape->strip_width;
    return columns < T ? columns : T;
}

window_place window_place_of(const window *window, const codec_strip *strip, uint32_t rows)
{
    if (window->whole)
        return (window_place){(size_t)(strip->sub_start - window->start) * rows + strip->column,
                              strip->sub_width};
    return (window_place){strip->sub_start + strip->column - window->start, window->columns};
}
