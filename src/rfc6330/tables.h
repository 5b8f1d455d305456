/* The numbers of RFC 6330 5.5 and 5.6; private to this room. */
#ifndef RFC6330_TABLES_H
#define RFC6330_TABLES_H

#include "rfc6330/rfc6330.h"

typedef struct rfc6330_systematic_row {
    uint16_t K_prime, J, S, H, W;
} rfc6330_systematic_row;

extern const rfc6330_systematic_row rfc6330_systematic_rows[RFC6330_K_PRIME_COUNT];
extern const uint32_t rfc6330_V0[256];
extern const uint32_t rfc6330_V1[256];
extern const uint32_t rfc6330_V2[256];
extern const uint32_t rfc6330_V3[256];

#endif
