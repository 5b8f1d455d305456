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

#define BLOCK      8
#define HALF_BLOCK 4

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif
#define INLINE static inline __attribute__((always_inline))

enum { PREFETCH_AHEAD = 16 }; /* gathers; inputs come from far and in order */

static const uint8_t zeros[BLOCK * VECTOR_SIZE];

/* The sum of n vectors at `first` and of those of the operands; n is a constant. */
INLINE void gather_block(uint8_t *destination, const uint8_t *first, const uint8_t *base,
                         size_t width, const uint16_t *operands, uint32_t count, size_t n,
                         bool streaming)
{
    VECTOR sum[BLOCK];
    UNROLL
    for (size_t v = 0; v < n; v++)
        sum[v] = LOAD(first + v * VECTOR_SIZE);
    for (const uint16_t *end = operands + count; operands < end; operands++) {
        const uint8_t *row = base + *operands * width;
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

/* Where the sum of a gather begins. */
INLINE const uint8_t *gather_first(const gf256_gather *op, const gf256_rows *rows, size_t at,
                                   const uint8_t *destination)
{
    if (op->input >= GF256_ACCUMULATE)
        return op->input == GF256_ACCUMULATE ? destination : zeros;
    const uint8_t *input = rows->inputs[op->input];
    return input ? input + rows->input_offset + at : zeros;
}

/* n vectors of row i, if there is such a row, into the second cache: the first has what is summed.
 */
INLINE void fetch_coming(const gf256_coming *coming, size_t i, size_t at, size_t n)
{
    const uint8_t *row = i < coming->count ? coming->rows[i] : NULL;
    if (!row)
        return;
    UNROLL
    for (size_t v = 0; v < n; v++)
        __builtin_prefetch(row + coming->offset + at + v * VECTOR_SIZE, 0, 2);
}

/* All gathers of a list for n vectors from octet `at` on, which all rows have. n and streaming are
 * constants: what few lists need costs the others nothing. */
INLINE void gather_list(const gf256_gather *list, size_t count, const uint16_t *operands,
                        gf256_part part, const gf256_rows *rows, size_t at, size_t n,
                        bool streaming)
{
    const uint8_t *base = rows->operands + at;
    uint8_t *destinations = rows->destinations + at;
    const size_t width = rows->width, stride = rows->destination_stride;
    size_t fetched = 0, due = 0; /* of count rows that come, one a gather */
    for (const gf256_gather *op = list, *end = list + count; op < end; op++) {
        uint8_t *destination = destinations + op->destination * stride;
        if (end - op > PREFETCH_AHEAD && op[PREFETCH_AHEAD].input < GF256_ACCUMULATE) {
            const uint8_t *far = gather_first(op + PREFETCH_AHEAD, rows, at, NULL);
            UNROLL
            for (size_t v = 0; v < n; v++)
                __builtin_prefetch(far + v * VECTOR_SIZE);
        }
        gather_block(destination, gather_first(op, rows, at, destination), base, width, operands,
                     part == GF256_NEAR ? op->near : op->all, n, streaming);
        operands += op->all;
        if (!streaming)
            continue;
        for (due += rows->coming.count; due >= count; due -= count)
            fetch_coming(&rows->coming, fetched++, at, n);
    }
}

/* The unit in which rows end: inputs are read through a copy with zeros past their end, and of
 * destinations only what there is is written. */
static void gather_ends(const gf256_gather *list, size_t count, const uint16_t *operands,
                        gf256_part part, const gf256_rows *rows, size_t at)
{
    enum { UNIT = GF256_UNIT / VECTOR_SIZE };
    const size_t read = rows->input_width > at ? rows->input_width - at : 0;
    const size_t written = rows->destination_width > at ? rows->destination_width - at : 0;
    const size_t in = read < GF256_UNIT ? read : GF256_UNIT;
    const size_t out = written < GF256_UNIT ? written : GF256_UNIT;
    uint8_t input_end[GF256_UNIT] = {0}, sum[GF256_UNIT] = {0};
    for (const gf256_gather *op = list; op < list + count; op++) {
        uint8_t *destination = rows->destinations + op->destination * rows->destination_stride + at;
        const uint8_t *first = gather_first(op, rows, at, sum);
        if (op->input < GF256_ACCUMULATE && first != zeros)
            first = memcpy(input_end, first, in);
        else if (op->input == GF256_ACCUMULATE)
            memcpy(sum, destination, out);
        gather_block(sum, first, rows->operands + at, rows->width, operands,
                     part == GF256_NEAR ? op->near : op->all, UNIT, false);
        memcpy(destination, sum, out);
        operands += op->all;
    }
}

INLINE void horner_block(const uint8_t *columns, const uint8_t *slots, size_t count, uint8_t *sums,
                         uint8_t *powers, uint32_t H, size_t width, size_t n)
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
        uint8_t *sum = sums + slots[j] * width;
        UNROLL
        for (size_t v = 0; v < n; v++)
            STORE(sum + v * VECTOR_SIZE, XOR(LOAD(sum + v * VECTOR_SIZE), acc[v]));
    }
    for (uint8_t *power = powers; power < powers + H * width; power += width) {
        UNROLL
        for (size_t v = 0; v < n; v++) {
            STORE(power + v * VECTOR_SIZE, acc[v]);
            acc[v] = TWICE(acc[v]);
        }
    }
}

/* Two destinations or one: together they share the loads of what is multiplied. */
INLINE void combine_block(uint8_t *one, uint8_t *other, const uint8_t *base, const uint16_t *rows,
                          size_t count, const uint8_t *coefficients, size_t width, size_t n)
{
    const gf256_tables *tables = gf256_get_tables();
    VECTOR sum[HALF_BLOCK], sum2[HALF_BLOCK];
    UNROLL
    for (size_t v = 0; v < n; v++) {
        sum[v] = LOAD(one + v * VECTOR_SIZE);
        sum2[v] = other ? LOAD(other + v * VECTOR_SIZE) : ZERO();
    }
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = base + rows[i] * width;
        MULTIPLIER m = PREPARE(coefficients[i]);
        MULTIPLIER m2 = PREPARE(coefficients[other ? count + i : i]);
        UNROLL
        for (size_t v = 0; v < n; v++) {
            VECTOR operand = LOAD(row + v * VECTOR_SIZE);
            sum[v] = XOR(sum[v], MULTIPLY(m, operand));
            sum2[v] = XOR(sum2[v], MULTIPLY(m2, operand));
        }
    }
    UNROLL
    for (size_t v = 0; v < n; v++) {
        STORE(one + v * VECTOR_SIZE, sum[v]);
        if (other)
            STORE(other + v * VECTOR_SIZE, sum2[v]);
    }
}

/* One function a kernel and number of vectors: in one together they would not fit the registers. */
#define BLOCKS(n)                                                                                  \
    static void gather_##n(const gf256_gather *list, size_t count, const uint16_t *operands,       \
                           gf256_part part, const gf256_rows *rows, size_t at)                     \
    {                                                                                              \
        if (rows->streaming)                                                                       \
            gather_list(list, count, operands, part, rows, at, n, true);                           \
        else                                                                                       \
            gather_list(list, count, operands, part, rows, at, n, false);                          \
    }                                                                                              \
    static void horner_##n(const uint8_t *columns, const uint8_t *slots, size_t count,             \
                           uint8_t *sums, uint8_t *powers, uint32_t H, size_t width)               \
    {                                                                                              \
        horner_block(columns, slots, count, sums, powers, H, width, n);                            \
    }
#define HALF_BLOCKS(n)                                                                             \
    static void combine_##n(uint8_t *one, uint8_t *other, const uint8_t *base,                     \
                            const uint16_t *rows, size_t count, const uint8_t *coefficients,       \
                            size_t width)                                                          \
    {                                                                                              \
        combine_block(one, other, base, rows, count, coefficients, width, n);                      \
    }
BLOCKS(1)
BLOCKS(2)
BLOCKS(3)
BLOCKS(4)
BLOCKS(5)
BLOCKS(6)
BLOCKS(7)
BLOCKS(8)
HALF_BLOCKS(1)
HALF_BLOCKS(2)
HALF_BLOCKS(3)
HALF_BLOCKS(4)
#undef BLOCKS
#undef HALF_BLOCKS
#define HALF_OF(kernel) NULL, kernel##_1, kernel##_2, kernel##_3, kernel##_4
#define ALL_OF(kernel)  HALF_OF(kernel), kernel##_5, kernel##_6, kernel##_7, kernel##_8

/* The vectors of the next block, at most `most`, of a row of which `left` are left. Blocks are much
 * the same size: two of five vectors rather than one of eight and one of two. */
static inline size_t next_block(size_t left, size_t most)
{
    size_t blocks = (left + most - 1) / most;
    return (left + blocks - 1) / blocks;
}

/* Octets that all rows have, in whole units. Without inputs, their width says nothing. */
static size_t whole_width(const gf256_rows *rows)
{
    size_t width = rows->destination_width;
    if (rows->inputs && rows->input_width < width)
        width = rows->input_width;
    return width / GF256_UNIT * GF256_UNIT;
}

static void gather(const gf256_gather *list, size_t count, const uint16_t *operands,
                   gf256_part part, const gf256_rows *rows)
{
    static void (*const of[])(const gf256_gather *, size_t, const uint16_t *, gf256_part,
                              const gf256_rows *, size_t) = {ALL_OF(gather)};
    size_t at = 0;
    for (size_t n, left = whole_width(rows) / VECTOR_SIZE; left > 0; left -= n) {
        n = next_block(left, BLOCK);
        of[n](list, count, operands, part, rows, at);
        at += n * VECTOR_SIZE;
    }
    for (; at < rows->width; at += GF256_UNIT)
        gather_ends(list, count, operands, part, rows, at);
    if (rows->streaming)
        FENCE();
}

static void horner(const uint8_t *columns, const uint8_t *slots, size_t count, uint8_t *sums,
                   uint8_t *powers, uint32_t H, size_t width)
{
    static void (*const of[])(const uint8_t *, const uint8_t *, size_t, uint8_t *, uint8_t *,
                              uint32_t, size_t) = {ALL_OF(horner)};
    for (size_t n, at = 0; at < width; at += n * VECTOR_SIZE) {
        n = next_block((width - at) / VECTOR_SIZE, BLOCK);
        of[n](columns + at, slots, count, sums + at, powers + at, H, width);
    }
}

static void combine(uint8_t *destinations, const uint16_t *targets, size_t target_count,
                    const uint8_t *base, const uint16_t *rows, size_t count,
                    const uint8_t *coefficients, size_t width)
{
    static void (*const of[])(uint8_t *, uint8_t *, const uint8_t *, const uint16_t *, size_t,
                              const uint8_t *, size_t) = {HALF_OF(combine)};
    for (size_t t = 0; t < target_count; t += 2, coefficients += 2 * count) {
        uint8_t *one = destinations + targets[t] * width;
        uint8_t *other = t + 1 < target_count ? destinations + targets[t + 1] * width : NULL;
        for (size_t n, at = 0; at < width; at += n * VECTOR_SIZE) {
            n = next_block((width - at) / VECTOR_SIZE, HALF_BLOCK);
            of[n](one + at, other ? other + at : NULL, base + at, rows, count, coefficients, width);
        }
    }
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
