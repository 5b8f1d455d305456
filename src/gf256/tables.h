/* Tables made from the field's polynomial at first use; private to this room. */
#ifndef GF256_TABLES_H
#define GF256_TABLES_H

#include <stdint.h>

typedef struct gf256_tables {
    uint8_t product[256][256];
    uint8_t inverse[256];
    /* Products with the octets 0..15 and with 0, 16, .. 240: for shuffles. */
    uint8_t nibbles[256][2][16];
    /* The 8 x 8 bit matrix that multiplies by a constant, as the affine instructions take it. */
    uint64_t affine[256];
} gf256_tables;

/* The tables; made once, safe for threads. */
const gf256_tables *gf256_get_tables(void);

#endif
