/* The kernels of one instruction set, written once. A file that includes this first defines
 *
 *   VECTOR              the vector type; VECTOR_SIZE its octets, at most GF256_UNIT
 *   LOAD(p) STORE(p, v) unaligned
 *   STREAM(p, v) FENCE() aligned, past the caches where that can be; then made visible
 *   LOAD_PART(p, octets) STORE_PART(p, octets, v)  fewer octets than a vector has, the rest being
 *                       zeros; where vectors are as long as GF256_UNIT and there is such a thing
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

/* The unit in which rows end. */
enum { END = GF256_UNIT / VECTOR_SIZE }; /* vectors */

/* Octets of that unit that there are to be read, and to be written. */
typedef struct row_end {
    size_t in, out;
} row_end;

INLINE void load_end(VECTOR *sum, const uint8_t *first, size_t octets)
{
#ifdef LOAD_PART
    *sum = LOAD_PART(first, octets);
#else
    uint8_t copy[GF256_UNIT] = {0};
    memcpy(copy, first, octets);
    UNROLL
    for (size_t v = 0; v < END; v++)
        sum[v] = LOAD(copy + v * VECTOR_SIZE);
#endif
}

INLINE void store_end(uint8_t *destination, size_t octets, const VECTOR *sum)
{
#ifdef STORE_PART
    STORE_PART(destination, octets, *sum);
#else
    uint8_t copy[GF256_UNIT];
    UNROLL
    for (size_t v = 0; v < END; v++)
        STORE(copy + v * VECTOR_SIZE, sum[v]);
    memcpy(destination, copy, octets);
#endif
}

/* The sum of n vectors at `first` and of those of the operands. n, streaming and whether there is
 * an end, the last of the n, are constants. */
INLINE void gather_block(uint8_t *destination, const uint8_t *first, const uint8_t *base,
                         size_t width, const uint16_t *operands, uint32_t count, size_t n,
                         bool streaming, const row_end *end)
{
    VECTOR sum[BLOCK];
    const size_t whole = !end ? n : n > END ? n - END : 0; /* of ends, n is never less than END */
    UNROLL
    for (size_t v = 0; v < whole; v++)
        sum[v] = LOAD(first + v * VECTOR_SIZE);
    if (end)
        load_end(sum + whole, first + whole * VECTOR_SIZE, end->in);
    for (const uint16_t *last = operands + count; operands < last; operands++) {
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
    for (size_t v = 0; v < whole; v++)
        STORE(destination + v * VECTOR_SIZE, sum[v]);
    if (end)
        store_end(destination + whole * VECTOR_SIZE, end->out, sum + whole);
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

/* All gathers of a list for n vectors from octet `at` on. n, streaming and whether rows end in them
 * are constants: what few lists need costs the others nothing. */
INLINE void gather_list(const gf256_gather *list, size_t count, const uint16_t *operands,
                        gf256_part part, const gf256_rows *rows, size_t at, size_t n,
                        bool streaming, const row_end *end)
{
    const uint8_t *base = rows->operands + at;
    uint8_t *destinations = rows->destinations + at;
    const size_t width = rows->width, stride = rows->destination_stride;
    size_t fetched = 0, due = 0; /* of count rows that come, one a gather */
    for (const gf256_gather *op = list, *last = list + count; op < last; op++) {
        uint8_t *destination = destinations + op->destination * stride;
        if (last - op > PREFETCH_AHEAD && op[PREFETCH_AHEAD].input < GF256_ACCUMULATE) {
            const uint8_t *far = gather_first(op + PREFETCH_AHEAD, rows, at, NULL);
            UNROLL
            for (size_t v = 0; v < n; v++)
                __builtin_prefetch(far + v * VECTOR_SIZE);
        }
        row_end here = end ? *end : (row_end){0};
        if (op->input == GF256_ACCUMULATE)
            here.in = here.out;
        gather_block(destination, gather_first(op, rows, at, destination), base, width, operands,
                     part == GF256_NEAR ? op->near : op->all, n, streaming, end ? &here : NULL);
        operands += op->all;
        if (!streaming)
            continue;
        for (due += rows->coming.count; due >= count; due -= count)
            fetch_coming(&rows->coming, fetched++, at, n);
    }
}

static size_t octets_in_unit(size_t width, size_t at)
{
    const size_t left = width > at ? width - at : 0;
    return left < GF256_UNIT ? left : GF256_UNIT;
}

/* Of the unit that ends at octet `at`. */
static row_end end_at(const gf256_rows *rows, size_t at)
{
    return (row_end){octets_in_unit(rows->input_width, at - GF256_UNIT),
                     octets_in_unit(rows->destination_width, at - GF256_UNIT)};
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
            gather_list(list, count, operands, part, rows, at, n, true, NULL);                     \
        else                                                                                       \
            gather_list(list, count, operands, part, rows, at, n, false, NULL);                    \
    }                                                                                              \
    static void gather_end_##n(const gf256_gather *list, size_t count, const uint16_t *operands,   \
                               gf256_part part, const gf256_rows *rows, size_t at)                 \
    {                                                                                              \
        const row_end end = end_at(rows, at + (n)*VECTOR_SIZE);                                    \
        gather_list(list, count, operands, part, rows, at, n, false, &end);                        \
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
    typedef void gather_vectors(const gf256_gather *, size_t, const uint16_t *, gf256_part,
                                const gf256_rows *, size_t);
    static gather_vectors *const of[] = {ALL_OF(gather)}, *const end_of[] = {ALL_OF(gather_end)};
    size_t at = 0, whole = whole_width(rows);
    bool ends = whole < rows->width;
    for (size_t n, left = (whole + ends * GF256_UNIT) / VECTOR_SIZE; left > 0; left -= n) {
        n = next_block(left, BLOCK);
        (ends && n == left ? end_of : of)[n](list, count, operands, part, rows, at);
        at += n * VECTOR_SIZE;
    }
    for (; at < rows->width; at += GF256_UNIT) /* inputs may be that short */
        end_of[END](list, count, operands, part, rows, at);
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
