#include "plan/hdpc.h"

#include <string.h>

#include "gf256/gf256.h"

/* The rows are MT x GAMMA plus the identity: a running sum acc = 2 acc + column, added to two rows
 * a column (RFC 6330 5.3.3.3), here over vectors of one octet an inactive column. Octets are kept
 * as eight planes of bits: adding a set of inactive columns touches one plane, and doubling renames
 * the planes and adds the one that was on top to those of 0x1d. */
enum { PLANES = 8 };

typedef struct running {
    uint32_t words;
    uint32_t base;  /* plane 0 is at this place; the others follow, around */
    uint64_t *acc;  /* PLANES x words */
    uint64_t *sums; /* H x PLANES x words */
} running;

static inline uint64_t *plane(const running *r, uint32_t i)
{
    return r->acc + ((r->base + i) % PLANES) * r->words;
}

static void twice(running *r)
{
    r->base = (r->base + PLANES - 1) % PLANES;
    const uint64_t *restrict top = plane(r, 0); /* was plane 7 */
    uint64_t *restrict p2 = plane(r, 2), *restrict p3 = plane(r, 3), *restrict p4 = plane(r, 4);
    for (uint32_t w = 0; w < r->words; w++) {
        p2[w] ^= top[w];
        p3[w] ^= top[w];
        p4[w] ^= top[w];
    }
}

static void add_to_sum(const running *r, uint32_t row)
{
    uint64_t *restrict sum = r->sums + (size_t)row * PLANES * r->words;
    for (uint32_t i = 0; i < PLANES; i++, sum += r->words) {
        const uint64_t *restrict acc = plane(r, i);
        for (uint32_t w = 0; w < r->words; w++)
            sum[w] ^= acc[w];
    }
}

static void add_column(const running *r, const plan_dense *d, uint32_t column)
{
    int32_t index = d->peeling->inactive_index[column];
    uint64_t *restrict low = plane(r, 0);
    if (index >= 0) {
        low[index / 64] ^= (uint64_t)1 << (index % 64);
        return;
    }
    const uint64_t *restrict set = d->peeled + (size_t)column * r->words;
    for (uint32_t w = 0; w < r->words; w++)
        low[w] ^= set[w];
}

static void run(running *r, const plan_dense *d)
{
    const rfc6330_code *code = d->matrix->code;
    uint32_t last = code->K_prime + code->S - 1;
    for (uint32_t column = 0; column < last; column++) {
        uint32_t rows[2];
        twice(r);
        add_column(r, d, column);
        rfc6330_hdpc_rows(code, column, rows);
        add_to_sum(r, rows[0]);
        add_to_sum(r, rows[1]);
    }
    twice(r);
    add_column(r, d, last);
    for (uint32_t h = 0; h < code->H; h++, twice(r))
        add_to_sum(r, h);
}

static void to_octets(const running *r, const plan_dense *d)
{
    const rfc6330_code *code = d->matrix->code;
    uint32_t inactive = d->peeling->inactive_count;
    for (uint32_t h = 0; h < code->H; h++) {
        const uint64_t *sum = r->sums + (size_t)h * PLANES * r->words;
        for (uint32_t i = 0; i < inactive; i++) {
            uint32_t octet = 0;
            for (uint32_t p = 0; p < PLANES; p++)
                octet |= (uint32_t)plan_bit(sum + (size_t)p * r->words, i) << p;
            d->hdpc[(size_t)h * inactive + i] = (uint8_t)octet;
        }
        uint32_t own = code->K_prime + code->S + h;
        d->hdpc[(size_t)h * inactive + (uint32_t)d->peeling->inactive_index[own]] ^= 1;
    }
}

bool plan_hdpc_make(plan_dense *d)
{
    running r = {.words = d->words};
    size_t count = (size_t)(1 + d->matrix->code->H) * PLANES * r.words;
    r.acc = memory_allocate(d->allocator, count, sizeof *r.acc);
    if (!r.acc)
        return false;
    memset(r.acc, 0, count * sizeof *r.acc);
    r.sums = r.acc + (size_t)PLANES * r.words;
    run(&r, d);
    to_octets(&r, d);
    memory_release(d->allocator, r.acc, count, sizeof *r.acc);
    return true;
}

/* matrix[h][f]: free symbol f's coefficient in HDPC row h once the determined ones are substituted.
 */
static void substitute_determined(const plan_dense *d, uint8_t matrix[][2 * RFC6330_MAX_H])
{
    uint32_t inactive = d->peeling->inactive_count;
    for (uint32_t h = 0; h < d->matrix->code->H; h++) {
        const uint8_t *row = d->hdpc + (size_t)h * inactive;
        for (uint32_t f = 0; f < d->free_count; f++) {
            uint8_t sum = row[d->free[f]];
            for (uint32_t i = 0; i < d->rank; i++)
                sum ^= plan_dense_depends(d, i, f) ? row[d->pivot[i]] : 0;
            matrix[h][f] = sum;
        }
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
