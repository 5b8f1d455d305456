#include "codec/strips.h"

enum { UNIT = 64 }; /* octets of a vector, and of a cache line */

uint32_t codec_strip_width(uint32_t K)
{
    return K < 100 ? 640 : 256; /* measured, see docs/performance.md */
}

static uint32_t divide_up(uint32_t a, uint32_t b)
{
    return a / b + (a % b != 0);
}

/* Strips of near the same width, multiples of UNIT but for the last. */
static codec_cut cut(uint32_t width, uint32_t widest, uint32_t lead)
{
    uint32_t strips = divide_up(width, widest / UNIT * UNIT);
    codec_cut c = {1, divide_up(divide_up(width, strips), UNIT) * UNIT};
    if (width > lead)
        c.count = divide_up(width - lead, c.width);
    return c;
}

static codec_strips strips_of(const rq_oti *oti, uint32_t widest, uint32_t lead)
{
    codec_strips s = {.sub_blocks = rfc6330_sub_blocks(oti), .Al = oti->Al, .lead = lead};
    s.large = cut(s.sub_blocks.IL * s.Al, widest, lead);
    s.small = cut(s.sub_blocks.IS * s.Al, widest, lead);
    s.count = s.sub_blocks.JL * s.large.count + s.sub_blocks.JS * s.small.count;
    return s;
}

codec_strips codec_strips_of(const rq_oti *oti, uint32_t widest)
{
    return strips_of(oti, widest, 0);
}

codec_strips codec_strips_in(const rq_oti *oti, uint32_t widest, const void *data)
{
    rfc6330_partition sub = rfc6330_sub_blocks(oti);
    bool alike = sub.IL * oti->Al % UNIT == 0 && sub.IS * oti->Al % UNIT == 0;
    bool far = codec_is_far(rfc6330_source_blocks(oti).IL, oti->T);
    return strips_of(oti, widest, alike && far ? (uint32_t)(-(uintptr_t)data % UNIT) : 0);
}

/* Of the first strip of such a sub-block, which is its widest. */
static uint32_t first_width(const codec_strips *s, const codec_cut *cut, uint32_t units)
{
    uint32_t all = units * s->Al;
    return cut->width + s->lead < all ? cut->width + s->lead : all;
}

uint32_t codec_strips_widest(const codec_strips *s)
{
    uint32_t small = first_width(s, &s->small, s->sub_blocks.IS);
    uint32_t large = s->sub_blocks.JL > 0 ? first_width(s, &s->large, s->sub_blocks.IL) : 0;
    return large > small ? large : small;
}

/* All strips of a sub-block but the first and the last are whole units. */
static uint32_t padded_width(const codec_strips *s, const codec_cut *cut, uint32_t units)
{
    uint32_t first = first_width(s, cut, units);
    return (divide_up(first, UNIT) + divide_up(units * s->Al - first, UNIT)) * UNIT;
}

static uint32_t padded_start(const codec_strips *s, uint32_t sub_block)
{
    const rfc6330_partition *sub = &s->sub_blocks;
    uint32_t large = sub_block < sub->JL ? sub_block : sub->JL;
    return large * padded_width(s, &s->large, sub->IL) +
           (sub_block - large) * padded_width(s, &s->small, sub->IS);
}

uint32_t codec_padded_size(const codec_strips *strips)
{
    return padded_start(strips, strips->sub_blocks.JL + strips->sub_blocks.JS);
}

codec_strip codec_strip_at(const codec_strips *strips, uint32_t i)
{
    const rfc6330_partition *sub = &strips->sub_blocks;
    uint32_t large = sub->JL * strips->large.count;
    const codec_cut *cut = i < large ? &strips->large : &strips->small;
    uint32_t within = i < large ? i : i - large, nth = within % cut->count;
    codec_strip strip;
    strip.sub_block = within / cut->count + (i < large ? 0 : sub->JL);
    strip.sub_width = rfc6330_partition_size(sub, strip.sub_block) * strips->Al;
    strip.sub_start = (uint32_t)rfc6330_partition_start(sub, strip.sub_block) * strips->Al;
    strip.column = nth > 0 ? nth * cut->width + strips->lead : 0;
    uint32_t left = strip.sub_width - strip.column;
    uint32_t width = nth > 0 ? cut->width : cut->width + strips->lead;
    strip.width = left < width ? left : width;
    strip.padded_start =
        padded_start(strips, strip.sub_block) + divide_up(strip.column, UNIT) * UNIT;
    return strip;
}
