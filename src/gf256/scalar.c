/* Plain C, octet by octet: the definition of what the kernels do. */
#include "gf256/kernels.h"

#include <string.h>

#include "gf256/tables.h"

static void add(uint8_t *restrict destination, const uint8_t *restrict source, size_t width)
{
    for (size_t i = 0; i < width; i++)
        destination[i] ^= source[i];
}

static void gather(const gf256_gather *list, size_t count, const uint16_t *operands,
                   gf256_part part, const gf256_rows *rows)
{
    for (const gf256_gather *op = list; op < list + count; op++) {
        uint8_t *destination = rows->destinations + op->destination * rows->destination_stride;
        const uint8_t *input = op->input < GF256_ACCUMULATE ? rows->inputs[op->input] : NULL;
        size_t known = input && rows->input_width < rows->destination_width
                           ? rows->input_width
                           : rows->destination_width;
        if (op->input != GF256_ACCUMULATE)
            memset(destination, 0, rows->destination_width);
        if (input)
            memcpy(destination, input + rows->input_offset, known);
        uint32_t used = part == GF256_NEAR ? op->near : op->all;
        for (uint32_t i = 0; i < used; i++)
            add(destination, rows->operands + operands[i] * rows->width, rows->destination_width);
        operands += op->all;
    }
}

static void double_and_add(uint8_t *restrict acc, const uint8_t *restrict column)
{
    for (size_t i = 0; i < GF256_UNIT; i++)
        acc[i] = (uint8_t)(acc[i] << 1 ^ (-(acc[i] >> 7) & 0x1d) ^ column[i]);
}

static void horner(const uint8_t *columns, const uint8_t *slots, size_t count, uint8_t *sums,
                   uint8_t *powers, uint32_t H, size_t width)
{
    static const uint8_t nothing[GF256_UNIT];
    for (size_t at = 0; at < width; at += GF256_UNIT) {
        uint8_t acc[GF256_UNIT] = {0};
        for (size_t j = 0; j < count; j++) {
            double_and_add(acc, columns + j * width + at);
            add(sums + slots[j] * width + at, acc, GF256_UNIT);
        }
        double_and_add(acc, columns + count * width + at);
        for (uint32_t h = 0; h < H; h++, double_and_add(acc, nothing))
            memcpy(powers + h * width + at, acc, GF256_UNIT);
    }
}

static void multiply_add(uint8_t *destination, const uint8_t *source, uint8_t coefficient,
                         size_t width)
{
    const uint8_t *product = gf256_get_tables()->product[coefficient];
    for (size_t i = 0; i < width; i++)
        destination[i] ^= product[source[i]];
}

static void combine(uint8_t *destinations, const uint16_t *targets, size_t target_count,
                    const uint8_t *base, const uint16_t *rows, size_t count,
                    const uint8_t *coefficients, size_t width)
{
    for (size_t t = 0; t < target_count; t++, coefficients += count) {
        for (size_t i = 0; i < count; i++)
            multiply_add(destinations + targets[t] * width, base + rows[i] * width, coefficients[i],
                         width);
    }
}

const gf256_kernels gf256_scalar = {"scalar", gather, horner, combine, multiply_add};
