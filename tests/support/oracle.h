/* RFC 6330 straight from its text, plain and slow: what src/ is judged by, sharing nothing with it.
 *
 * The constraint matrix is a dense matrix of octets; solving is Gauss-Jordan elimination. L^3
 * steps, so for small K only. Functions end the program when memory is short: they serve tests. */
#ifndef SUPPORT_ORACLE_H
#define SUPPORT_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 5.3.3.3 and 5.6, in the names of the RFC. */
typedef struct oracle_code {
    uint32_t K, K_prime, J, S, H, W, L, P, P1, B;
} oracle_code;

/* The rows of table 2. */
size_t oracle_rows(void);
uint32_t oracle_K_prime(size_t row);

/* The code of a source block of K symbols, 1 to 56403. */
oracle_code oracle_code_of(uint32_t K);

uint32_t oracle_rand(uint32_t y, uint32_t i, uint32_t m); /* 5.3.5.1 */
uint32_t oracle_degree(uint32_t v, uint32_t W);           /* 5.3.5.2 */

typedef struct oracle_tuple {
    uint32_t d, a, b, d1, a1, b1;
} oracle_tuple;

oracle_tuple oracle_tuple_of(const oracle_code *code, uint32_t X); /* 5.3.5.4 */

enum { ORACLE_MAX_COLUMNS = 33 }; /* 30 LT symbols and 3 PI symbols */

/* The intermediate symbols whose sum is encoding symbol X (an ISI), in the order of 5.3.5.3. */
uint32_t oracle_columns(const oracle_code *code, uint32_t X, uint32_t columns[ORACLE_MAX_COLUMNS]);

uint8_t oracle_multiply(uint8_t u, uint8_t v); /* 5.7.2 */

/* The constraint matrix, rows of L octets: S LDPC, H HDPC, one for each of the count symbols, one
 * for each padding symbol. Freed with free(). */
uint8_t *oracle_matrix(uint32_t K, const uint32_t *esis, uint32_t count);

/* The rank of the constraint matrix of a receiver that has these encoding symbols (and the padding,
 * which it always has). The block can be decoded if and only if it is L. */
uint32_t oracle_rank(uint32_t K, const uint32_t *esis, uint32_t count);
/* Finds the intermediate symbols, L * T bytes, from count symbols of T bytes, one after the other.
 * False if the rank is less than L. */
bool oracle_solve(uint32_t K, const uint32_t *esis, uint32_t count, const uint8_t *symbols,
                  size_t T, uint8_t *intermediate);
/* The intermediate symbols of the source block source, K * T bytes. Freed with free(). */
uint8_t *oracle_encode(uint32_t K, const uint8_t *source, size_t T);
/* The encoding symbol with that ESI. */
void oracle_symbol(uint32_t K, const uint8_t *intermediate, size_t T, uint32_t esi,
                   uint8_t *symbol);

#endif
