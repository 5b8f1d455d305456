/* RFC 6330's definitions and nothing else: which symbols enter which rows. */
#ifndef RFC6330_H
#define RFC6330_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RFC6330_MAX_K = 56403,
    RFC6330_MAX_L = 57326, /* K' + S + H of the largest K' */
    RFC6330_MAX_H = 16,
    RFC6330_MAX_COLUMNS = 33, /* of one LT row: at most 30 LT and 3 PI symbols */
    RFC6330_MAX_ROW = 256,    /* columns of any binary row; an LDPC row has at most 3 B / S + 3 */
    RFC6330_K_PRIME_COUNT = 477,
};

/* Everything that follows from K' (5.3.3.3, 5.6). Columns 0..W-1 of the constraint matrix are LT
 * symbols, of which B..W-1 are LDPC; W..L-1 are PI symbols, of which the last H are HDPC. */
typedef struct rfc6330_code {
    uint32_t K_prime, J, S, H, W, L, P, P1, B;
} rfc6330_code;

/* The code of the smallest K' that is at least K. False if K is 0 or above RFC6330_MAX_K. */
bool rfc6330_code_for(uint32_t K, rfc6330_code *code);
/* K' of row i of Table 2, ascending; 0 where there is none. */
uint32_t rfc6330_K_prime(uint32_t i);

/* Rand[y, i, m], 5.3.5.1. */
uint32_t rfc6330_rand(uint32_t y, uint32_t i, uint32_t m);

/* The columns of the LT row of internal symbol id isi (5.3.5.3): first *lt_count LT columns, then
 * the PI columns. Returns how many in all, at most RFC6330_MAX_COLUMNS. No column occurs twice. */
uint32_t rfc6330_lt_row(const rfc6330_code *code, uint32_t isi, uint16_t *columns,
                        uint32_t *lt_count);

/* The three LDPC rows (0 to S-1) that LT column i < B enters (5.3.3.3); they are distinct. */
void rfc6330_ldpc_rows(const rfc6330_code *code, uint32_t i, uint32_t rows[3]);

/* The two rows of MT that column j < K' + S - 1 has ones in (5.3.3.3). */
void rfc6330_hdpc_rows(const rfc6330_code *code, uint32_t j, uint32_t rows[2]);

/* A number for each two rows a < b of MT: less than the number of pairs there are. */
static inline uint32_t rfc6330_hdpc_pair(uint32_t a, uint32_t b)
{
    return b * (b - 1) / 2 + a;
}

#define RFC6330_HDPC_PAIRS(H) ((H) * ((H)-1) / 2)

#endif
