/* The kernels of one instruction set, written once. A file that includes this first defines
 *
 *   VECTOR              the vector type; VECTOR_SIZE its octets, at most GF256_UNIT
 *   LOAD(p) STORE(p, v) unaligned
 *   STREAM(p, v) FENCE() aligned, past the caches where that can be; then made visible
 *   ZERO() XOR(a, b)
 *   TWICE(v)            2 v in the field
 *   MULTIPLIER          a prepared constant; PREPARE(c) makes it, MULTIPLY(m, v) uses it
 *   KERNELS KERNELS_NAME the table's name in C and in words
 *
 * A row is worked off in blocks of up to BLOCK vectors, held in registers while all operands of the
 * row are added, so that each row is stored once. */
#include "gf256/kernels.h"

#include <string.h>

#include "gf256/tables.h"

#define BLOCK 8

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif
#define INLINE static inline __attribute__((always_inline))

enum { PREFETCH_AHEAD = 16 }; /* gathers; inputs come from far and in order */

/* Adds vectors at to at + n of the operands to those of the destination; n is a constant. */
INLINE void gather_block(uint8_t *destination, const uint8_t *first, const uint8_t *base,
                         size_t width, const uint16_t *operands, uint32_t count, size_t n,
                         bool streaming)
{
    VECTOR sum[BLOCK];
    UNROLL
    for (size_t v = 0; v < n; v++)
        sum[v] = first ? LOAD(first + v * VECTOR_SIZE) : ZERO();
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *row = base + operands[i] * width;
        UNROLL
        for (size_t v = 0; v < n; v++)
            sum[v] = XOR(sum[v], LOAD(row + v * VECTOR_SIZE));
    }
    if (streaming) {
        UNROLL
        for (size_t v = 0; v < n; v++)
            STREAM(destination + v * VECTOR_SIZE, sum[v]);
        return;
    }
    UNROLL
    for (size_t v = 0; v < n; v++)
        STORE(destination + v * VECTOR_SIZE, sum[v]);
}

/* All gathers of a list for n vectors from octet `at` of each row. Inputs that end within the block
 * are read through `input_edge`, which keeps zeros past their end; destinations that do are written
 * through `edge`. */
INLINE void gather_list(const gf256_gather *list, size_t count, const uint16_t *operands,
                        gf256_part part, const gf256_rows *rows, size_t at, size_t n)
{
    const gf256_gather *end = list + count;
    const size_t size = n * VECTOR_SIZE;
    const bool short_input = rows->input_width < at + size;
    const bool short_output = rows->destination_width < at + size;
    const size_t output_size = rows->destination_width > at ? rows->destination_width - at : 0;
    uint8_t input_edge[BLOCK * VECTOR_SIZE] = {0}, edge[BLOCK * VECTOR_SIZE] = {0};
    for (const gf256_gather *op = list; op < end; op++) {
        uint8_t *row = rows->destinations + op->destination * rows->destination_stride + at;
        uint8_t *destination = short_output ? edge : row;
        const uint8_t *first = NULL;
        if (op->input < GF256_ACCUMULATE) {
            first = rows->inputs[op->input];
            if (first)
                first += rows->input_offset + at;
            if (first && short_input) {
                memcpy(input_edge, first, rows->input_width > at ? rows->input_width - at : 0);
                first = input_edge;
            }
            const gf256_gather *later = op + PREFETCH_AHEAD;
            if (later < end && later->input < GF256_ACCUMULATE) {
                const uint8_t *far = rows->inputs[later->input];
                far = far ? far + rows->input_offset + at : input_edge;
                UNROLL
                for (size_t v = 0; v < n; v++)
                    __builtin_prefetch(far + v * VECTOR_SIZE);
            }
        } else if (op->input == GF256_ACCUMULATE) {
            first = destination;
            if (short_output)
                memcpy(edge, row, output_size);
        }
        gather_block(destination, first, rows->operands + at, rows->width, operands,
                     part == GF256_NEAR ? op->near : op->all, n, rows->streaming && !short_output);
        if (short_output)
            memcpy(row, edge, output_size);
        operands += op->all;
    }
}

static void gather(const gf256_gather *list, size_t count, const uint16_t *operands,
                   gf256_part part, const gf256_rows *rows)
{
    size_t at = 0, left = rows->width / VECTOR_SIZE;
    for (; left >= BLOCK; left -= BLOCK, at += BLOCK * VECTOR_SIZE)
        gather_list(list, count, operands, part, rows, at, BLOCK);
    switch (left) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        gather_list(list, count, operands, part, rows, at, n);                                     \
        break;
        CASE(1)
        CASE(2)
        CASE(3)
        CASE(4)
        CASE(5)
        CASE(6)
        CASE(7)
#undef CASE
    default:
        break;
    }
    if (rows->streaming)
        FENCE();
}

INLINE void horner_block(const uint8_t *columns, const uint8_t *pairs, size_t count, uint8_t *sums,
                         uint32_t H, size_t width, size_t n)
{
    VECTOR acc[BLOCK];
    UNROLL
    for (size_t v = 0; v < n; v++)
        acc[v] = ZERO();
    for (size_t j = 0; j <= count; j++) {
        const uint8_t *column = columns + j * width;
        UNROLL
        for (size_t v = 0; v < n; v++)
            acc[v] = XOR(TWICE(acc[v]), LOAD(column + v * VECTOR_SIZE));
        if (j == count)
            break;
        uint8_t *a = sums + pairs[2 * j] * width, *b = sums + pairs[2 * j + 1] * width;
        UNROLL
        for (size_t v = 0; v < n; v++) {
            STORE(a + v * VECTOR_SIZE, XOR(LOAD(a + v * VECTOR_SIZE), acc[v]));
            STORE(b + v * VECTOR_SIZE, XOR(LOAD(b + v * VECTOR_SIZE), acc[v]));
        }
    }
    for (uint32_t h = 0; h < H; h++) {
        uint8_t *sum = sums + h * width;
        UNROLL
        for (size_t v = 0; v < n; v++) {
            STORE(sum + v * VECTOR_SIZE, XOR(LOAD(sum + v * VECTOR_SIZE), acc[v]));
            acc[v] = TWICE(acc[v]);
        }
    }
}

static void horner(const uint8_t *columns, const uint8_t *pairs, size_t count, uint8_t *sums,
                   uint32_t H, size_t width)
{
    enum { UNIT = GF256_UNIT / VECTOR_SIZE };
    size_t at = 0;
    for (; at + 4 * VECTOR_SIZE <= width; at += 4 * VECTOR_SIZE)
        horner_block(columns + at, pairs, count, sums + at, H, width, 4);
    for (; at < width; at += GF256_UNIT)
        horner_block(columns + at, pairs, count, sums + at, H, width, UNIT);
}

INLINE void combine_block(uint8_t *destination, const uint8_t *coefficients, const uint16_t *rows,
                          size_t count, const uint8_t *base, size_t width, size_t n)
{
    const gf256_tables *tables = gf256_get_tables();
    VECTOR sum[BLOCK];
    UNROLL
    for (size_t v = 0; v < n; v++)
        sum[v] = LOAD(destination + v * VECTOR_SIZE);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = base + rows[i] * width;
        MULTIPLIER m = PREPARE(coefficients[i]);
        UNROLL
        for (size_t v = 0; v < n; v++)
            sum[v] = XOR(sum[v], MULTIPLY(m, LOAD(row + v * VECTOR_SIZE)));
    }
    UNROLL
    for (size_t v = 0; v < n; v++)
        STORE(destination + v * VECTOR_SIZE, sum[v]);
}

static void combine(uint8_t *destination, const uint8_t *coefficients, const uint16_t *rows,
                    size_t count, const uint8_t *base, size_t width)
{
    enum { UNIT = GF256_UNIT / VECTOR_SIZE };
    size_t at = 0;
    for (; at + 4 * VECTOR_SIZE <= width; at += 4 * VECTOR_SIZE)
        combine_block(destination + at, coefficients, rows, count, base + at, width, 4);
    for (; at < width; at += GF256_UNIT)
        combine_block(destination + at, coefficients, rows, count, base + at, width, UNIT);
}

static void multiply_add(uint8_t *destination, const uint8_t *source, uint8_t coefficient,
                         size_t width)
{
    const gf256_tables *tables = gf256_get_tables();
    MULTIPLIER m = PREPARE(coefficient);
    size_t i = 0;
    for (; i + VECTOR_SIZE <= width; i += VECTOR_SIZE)
        STORE(destination + i, XOR(LOAD(destination + i), MULTIPLY(m, LOAD(source + i))));
    for (; i < width; i++)
        destination[i] ^= tables->product[coefficient][source[i]];
}

const gf256_kernels KERNELS = {KERNELS_NAME, gather, horner, combine, multiply_add};
