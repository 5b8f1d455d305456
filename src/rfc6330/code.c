/* The code's parameters and the rows of its constraint matrix. */
#include "rfc6330/rfc6330.h"

#include <stddef.h>

#include "rfc6330/tables.h"

static bool is_prime(uint32_t n)
{
    for (uint32_t d = 2; d * d <= n; d++) {
        if (n % d == 0)
            return false;
    }
    return n >= 2;
}

uint32_t rfc6330_K_prime(uint32_t i)
{
    return i < RFC6330_K_PRIME_COUNT ? rfc6330_systematic_rows[i].K_prime : 0;
}

bool rfc6330_code_for(uint32_t K, rfc6330_code *code)
{
    if (K == 0 || K > RFC6330_MAX_K)
        return false;
    uint32_t low = 0, high = RFC6330_K_PRIME_COUNT - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (rfc6330_systematic_rows[middle].K_prime >= K)
            high = middle;
        else
            low = middle + 1;
    }
    const rfc6330_systematic_row *row = &rfc6330_systematic_rows[low];
    code->K_prime = row->K_prime;
    code->J = row->J;
    code->S = row->S;
    code->H = row->H;
    code->W = row->W;
    code->L = code->K_prime + code->S + code->H;
    code->P = code->L - code->W;
    code->B = code->W - code->S;
    code->P1 = code->P;
    while (!is_prime(code->P1))
        code->P1++;
    return true;
}

uint32_t rfc6330_rand(uint32_t y, uint32_t i, uint32_t m)
{
    uint32_t value = rfc6330_V0[(y + i) & 255] ^ rfc6330_V1[((y >> 8) + i) & 255] ^
                     rfc6330_V2[((y >> 16) + i) & 255] ^ rfc6330_V3[((y >> 24) + i) & 255];
    return value % m;
}

/* Deg[v], 5.3.5.2: the smallest d with v < f[d], at most W - 2. */
static uint32_t degree(uint32_t v, uint32_t W)
{
    static const uint32_t f[31] = {
        0,       5243,    529531,  704294,  791675,  844104,  879057,  904023,
        922747,  937311,  948962,  958494,  966438,  973160,  978921,  983914,
        988283,  992138,  995565,  998631,  1001391, 1003887, 1006157, 1008229,
        1010129, 1011876, 1013490, 1014983, 1016370, 1017662, 1048576,
    };
    /* The degree of each 64th of the range's first v, so that one or two steps are left. */
    static const uint8_t first[64] = {
        1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,  2,  2,  2,  2,  2,  2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3,  3,  3,  3,  3,  3,  3, 4,
        4, 4, 4, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 9, 11, 13, 15, 20, 28, 30,
    };
    uint32_t d = first[v >> 14];
    while (v >= f[d])
        d++;
    return d < W - 2 ? d : W - 2;
}

uint32_t rfc6330_lt_row(const rfc6330_code *code, uint32_t isi, uint16_t *columns,
                        uint32_t *lt_count)
{
    /* Tuple[K', X], 5.3.5.4. */
    uint32_t A = 53591 + 997 * code->J;
    A += A % 2 == 0;
    uint32_t y = 10267 * (code->J + 1) + isi * A;
    uint32_t d = degree(rfc6330_rand(y, 0, 1u << 20), code->W);
    uint32_t a = 1 + rfc6330_rand(y, 1, code->W - 1);
    uint32_t b = rfc6330_rand(y, 2, code->W);
    uint32_t d1 = d < 4 ? 2 + rfc6330_rand(isi, 3, 2) : 2;
    uint32_t a1 = 1 + rfc6330_rand(isi, 4, code->P1 - 1);
    uint32_t b1 = rfc6330_rand(isi, 5, code->P1);

    uint32_t count = 0;
    columns[count++] = (uint16_t)b;
    while (count < d) {
        b += a;
        b -= b >= code->W ? code->W : 0;
        columns[count++] = (uint16_t)b;
    }
    *lt_count = d;
    while (b1 >= code->P)
        b1 = (b1 + a1) % code->P1;
    columns[count++] = (uint16_t)(code->W + b1);
    while (count < d + d1) {
        do {
            b1 += a1;
            b1 -= b1 >= code->P1 ? code->P1 : 0;
        } while (b1 >= code->P);
        columns[count++] = (uint16_t)(code->W + b1);
    }
    return count;
}

void rfc6330_ldpc_rows(const rfc6330_code *code, uint32_t i, uint32_t rows[3])
{
    uint32_t a = 1 + i / code->S, b = i % code->S;
    rows[0] = b;
    rows[1] = (b + a) % code->S;
    rows[2] = (b + 2 * a) % code->S;
}

void rfc6330_hdpc_rows(const rfc6330_code *code, uint32_t j, uint32_t rows[2])
{
    rows[0] = rfc6330_rand(j + 1, 6, code->H);
    rows[1] = (rows[0] + rfc6330_rand(j + 1, 7, code->H - 1) + 1) % code->H;
}
