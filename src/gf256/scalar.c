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

static void horner(const uint8_t *columns, const uint8_t *pairs, size_t count, uint8_t *sums,
                   uint32_t H, size_t width)
{
    const uint8_t *twice = gf256_get_tables()->product[2];
    for (size_t i = 0; i < width; i++) {
        uint8_t acc = 0;
        for (size_t j = 0; j < count; j++) {
            acc = twice[acc] ^ columns[j * width + i];
            sums[pairs[2 * j] * width + i] ^= acc;
            sums[pairs[2 * j + 1] * width + i] ^= acc;
        }
        acc = twice[acc] ^ columns[count * width + i];
        for (uint32_t h = 0; h < H; h++, acc = twice[acc])
            sums[h * width + i] ^= acc;
    }
}

static void multiply_add(uint8_t *destination, const uint8_t *source, uint8_t coefficient,
                         size_t width)
{
    const uint8_t *product = gf256_get_tables()->product[coefficient];
    for (size_t i = 0; i < width; i++)
        destination[i] ^= product[source[i]];
}

static void combine(uint8_t *destination, const uint8_t *coefficients, const uint16_t *rows,
                    size_t count, const uint8_t *base, size_t width)
{
    for (size_t i = 0; i < count; i++)
        multiply_add(destination, base + rows[i] * width, coefficients[i], width);
}

const gf256_kernels gf256_scalar = {"scalar", gather, horner, combine, multiply_add};
