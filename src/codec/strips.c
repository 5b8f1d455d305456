#include "codec/strips.h"

enum { UNIT = 64 };

uint32_t codec_strip_width(uint32_t K)
{
    return K < 100 ? 640 : 256; /* measured, see docs/performance.md */
}

static uint32_t divide_up(uint32_t a, uint32_t b)
{
    return a / b + (a % b != 0);
}

/* The strips of a sub-symbol of `width` octets: multiples of UNIT but for the last. */
static uint32_t strip_width(uint32_t width, uint32_t strips)
{
    return divide_up(divide_up(width, strips), UNIT) * UNIT;
}

static uint32_t strips_in(uint32_t width, uint32_t widest)
{
    uint32_t strips = divide_up(width, widest / UNIT * UNIT);
    return divide_up(width, strip_width(width, strips));
}

codec_strips codec_strips_of(const rq_oti *oti, uint32_t widest)
{
    codec_strips s = {.sub_blocks = rfc6330_sub_blocks(oti), .Al = oti->Al};
    s.per_large = strips_in(s.sub_blocks.IL * s.Al, widest);
    s.per_small = strips_in(s.sub_blocks.IS * s.Al, widest);
    s.count = s.sub_blocks.JL * s.per_large + s.sub_blocks.JS * s.per_small;
    return s;
}

/* All strips of a sub-block but the last are whole units, so that only its end is padded. */
static uint32_t padded_start(const codec_strips *s, uint32_t sub_block)
{
    const rfc6330_partition *sub = &s->sub_blocks;
    uint32_t large = sub_block < sub->JL ? sub_block : sub->JL;
    return (large * divide_up(sub->IL * s->Al, UNIT) +
            (sub_block - large) * divide_up(sub->IS * s->Al, UNIT)) *
           UNIT;
}

uint32_t codec_padded_size(const codec_strips *strips)
{
    return padded_start(strips, strips->sub_blocks.JL + strips->sub_blocks.JS);
}

codec_strip codec_strip_at(const codec_strips *strips, uint32_t i)
{
    const rfc6330_partition *sub = &strips->sub_blocks;
    uint32_t large = sub->JL * strips->per_large;
    uint32_t per = i < large ? strips->per_large : strips->per_small;
    uint32_t within = i < large ? i : i - large;
    codec_strip strip;
    strip.sub_block = within / per + (i < large ? 0 : sub->JL);
    strip.sub_width = rfc6330_partition_size(sub, strip.sub_block) * strips->Al;
    strip.sub_start = (uint32_t)rfc6330_partition_start(sub, strip.sub_block) * strips->Al;
    uint32_t width = strip_width(strip.sub_width, per);
    strip.column = within % per * width;
    uint32_t left = strip.sub_width - strip.column;
    strip.width = left < width ? left : width;
    strip.padded_start = padded_start(strips, strip.sub_block) + strip.column;
    return strip;
}
