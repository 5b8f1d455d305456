#include "gf256/tables.h"

#include "gf256/gf256.h"
#include "platform/thread.h"

static gf256_tables tables;
static platform_once tables_once = PLATFORM_ONCE_INITIALIZER;

static uint8_t multiply_slowly(uint8_t a, uint8_t b)
{
    uint32_t product = 0;
    for (uint32_t bit = 0; bit < 8; bit++) {
        if (b >> bit & 1)
            product ^= (uint32_t)a << bit;
    }
    for (uint32_t bit = 14; bit >= 8; bit--) {
        if (product >> bit & 1)
            product ^= 0x11du << (bit - 8);
    }
    return (uint8_t)product;
}

/* Bit b of row 7 - i (the byte i) tells whether input bit b enters output bit 7 - i. */
static uint64_t affine_matrix(uint8_t c)
{
    uint64_t matrix = 0;
    for (uint32_t input = 0; input < 8; input++) {
        uint8_t column = multiply_slowly(c, (uint8_t)(1u << input));
        for (uint32_t output = 0; output < 8; output++) {
            if (column >> output & 1)
                matrix |= (uint64_t)1 << (8 * (7 - output) + input);
        }
    }
    return matrix;
}

static void make_tables(void)
{
    for (uint32_t a = 0; a < 256; a++) {
        for (uint32_t b = 0; b < 256; b++) {
            uint8_t product = multiply_slowly((uint8_t)a, (uint8_t)b);
            tables.product[a][b] = product;
            if (product == 1)
                tables.inverse[a] = (uint8_t)b;
        }
        for (uint32_t nibble = 0; nibble < 16; nibble++) {
            tables.nibbles[a][0][nibble] = tables.product[a][nibble];
            tables.nibbles[a][1][nibble] = tables.product[a][nibble << 4];
        }
        tables.affine[a] = affine_matrix((uint8_t)a);
    }
}

const gf256_tables *gf256_get_tables(void)
{
    platform_run_once(&tables_once, make_tables);
    return &tables;
}

uint8_t gf256_multiply(uint8_t a, uint8_t b)
{
    return gf256_get_tables()->product[a][b];
}

uint8_t gf256_inverse(uint8_t a)
{
    return gf256_get_tables()->inverse[a];
}
