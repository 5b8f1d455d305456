#include "plan/hdpc.h"

#include <string.h>

#include "gf256/gf256.h"

/* The octets of a column in all HDPC rows, as two words. */
typedef struct octets {
    uint64_t low, high;
} octets;

static inline uint64_t twice_each(uint64_t word)
{
    const uint64_t tops = word >> 7 & UINT64_C(0x0101010101010101);
    return (word & UINT64_C(0x7f7f7f7f7f7f7f7f)) << 1 ^ tops * 0x1d;
}

static inline octets unit(uint32_t row)
{
    uint64_t one = (uint64_t)1 << (row % 8 * 8);
    return row < 8 ? (octets){one, 0} : (octets){0, one};
}

static inline void add(octets *sum, octets other)
{
    sum->low ^= other.low;
    sum->high ^= other.high;
}

/* MT x GAMMA and the identity (RFC 6330 5.3.3.3), column by column from the last: GAMMA's powers
 * make each the double of the next, plus MT's own. */
static void make_columns(const plan_matrix *m, octets *columns)
{
    const rfc6330_code *code = m->code;
    uint32_t last = code->K_prime + code->S - 1;
    octets column = {0, 0}, of_slot[RFC6330_HDPC_PAIRS(RFC6330_MAX_H)];
    for (uint32_t b = 1; b < code->H; b++) {
        for (uint32_t a = 0; a < b; a++)
            of_slot[rfc6330_hdpc_pair(a, b)] =
                (octets){unit(a).low ^ unit(b).low, unit(a).high ^ unit(b).high};
    }
    uint8_t power = 1; /* the last column of MT has 2^h in row h */
    for (uint32_t h = 0; h < code->H; h++, power = gf256_multiply(power, 2))
        add(&column, (octets){unit(h).low * power, unit(h).high * power});
    columns[last] = column;
    for (uint32_t i = last; i-- > 0;) {
        column = (octets){twice_each(column.low), twice_each(column.high)};
        add(&column, of_slot[m->hdpc_slots[i]]);
        columns[i] = column;
    }
    for (uint32_t h = 0; h < code->H; h++)
        columns[last + 1 + h] = unit(h);
}

/* A peeled column is the sum of the others in its row: they take over its coefficients. Last pivots
 * first, since a row has only columns of earlier ones. */
static void substitute_peeled(const plan_dense *d, octets *columns)
{
    const plan_peeling *p = d->peeling;
    const uint16_t *end = d->pivots.operands;
    for (uint32_t i = 0; i < p->pivot_count; i++)
        end += d->pivots.gathers[i].all;
    for (uint32_t i = p->pivot_count; i-- > 0;) {
        octets mine = columns[p->pivots[i].column];
        const uint16_t *others = end - d->pivots.gathers[i].all;
        for (const uint16_t *other = others; other < end; other++)
            add(&columns[*other], mine);
        end = others;
    }
}

bool plan_hdpc_make(plan_dense *d)
{
    uint32_t L = d->matrix->code->L;
    octets *columns = memory_allocate(d->allocator, L, sizeof *columns);
    if (!columns)
        return false;
    make_columns(d->matrix, columns);
    substitute_peeled(d, columns);
    for (uint32_t i = 0; i < d->peeling->inactive_count; i++) {
        octets column = columns[d->peeling->inactive[i]];
        for (uint32_t h = 0; h < RFC6330_MAX_H; h++)
            d->hdpc[i].octets[h] = (uint8_t)((h < 8 ? column.low : column.high) >> (h % 8 * 8));
    }
    memory_release(d->allocator, columns, L, sizeof *columns);
    return true;
}

/* matrix[h][f]: free symbol f's coefficient in HDPC row h once the determined ones are substituted.
 */
static void substitute_determined(const plan_dense *d, uint8_t matrix[][2 * RFC6330_MAX_H])
{
    for (uint32_t f = 0; f < d->free_count; f++) {
        plan_hdpc_column sum = d->hdpc[d->free[f]];
        for (uint32_t i = 0; i < d->rank; i++) {
            const plan_hdpc_column *other = &d->hdpc[d->pivot[i]];
            uint8_t mask = (uint8_t) - (int)plan_dense_depends(d, i, f);
            for (uint32_t h = 0; h < RFC6330_MAX_H; h++)
                sum.octets[h] ^= other->octets[h] & mask;
        }
        for (uint32_t h = 0; h < d->matrix->code->H; h++)
            matrix[h][f] = sum.octets[h];
    }
}

/* row += factor * other; the two may be the same. */
static void add_row(uint8_t *row, const uint8_t *other, uint8_t factor)
{
    gf256()->multiply_add(row, other, factor, 2 * RFC6330_MAX_H);
}

/* Gauss-Jordan with the identity beside it; rows are chosen, not moved. */
uint32_t plan_hdpc_solve(plan_dense *d)
{
    uint32_t H = d->matrix->code->H, columns = d->free_count;
    uint8_t matrix[RFC6330_MAX_H][2 * RFC6330_MAX_H] = {{0}};
    bool used[RFC6330_MAX_H] = {false};
    uint32_t rank = 0;
    substitute_determined(d, matrix);
    for (uint32_t h = 0; h < H; h++)
        matrix[h][RFC6330_MAX_H + h] = 1;
    for (uint32_t f = 0; f < columns; f++) {
        uint32_t row = 0;
        while (row < H && (used[row] || matrix[row][f] == 0))
            row++;
        if (row == H)
            continue;
        rank++;
        used[row] = true;
        d->chosen[f] = (uint8_t)row;
        add_row(matrix[row], matrix[row],
                gf256_inverse(matrix[row][f]) ^ 1); /* times the inverse */
        for (uint32_t other = 0; other < H; other++) {
            if (other != row)
                add_row(matrix[other], matrix[row], matrix[other][f]);
        }
    }
    if (rank < columns)
        return rank;
    /* Only chosen rows were ever added, so only their columns of the identity are in use. */
    for (uint32_t f = 0; f < columns; f++) {
        for (uint32_t k = 0; k < columns; k++)
            d->inverse[f][k] = matrix[d->chosen[f]][RFC6330_MAX_H + d->chosen[k]];
    }
    return rank;
}
