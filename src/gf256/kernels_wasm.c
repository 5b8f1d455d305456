/* WebAssembly SIMD: 16 octets at a time; products are looked up by nibbles. */
#include <stdint.h>
#include <wasm_simd128.h>

typedef struct lookup_multiplier {
    v128_t low, high;
} lookup_multiplier;

static inline lookup_multiplier prepare(const uint8_t nibbles[2][16])
{
    return (lookup_multiplier){wasm_v128_load(nibbles[0]), wasm_v128_load(nibbles[1])};
}

static inline v128_t multiply(lookup_multiplier m, v128_t v)
{
    v128_t low = wasm_v128_and(v, wasm_u8x16_splat(15)), high = wasm_u8x16_shr(v, 4);
    return wasm_v128_xor(wasm_i8x16_swizzle(m.low, low), wasm_i8x16_swizzle(m.high, high));
}

static inline v128_t twice(v128_t v)
{
    v128_t carry = wasm_i8x16_shr(v, 7);
    return wasm_v128_xor(wasm_i8x16_shl(v, 1), wasm_v128_and(carry, wasm_u8x16_splat(0x1d)));
}

#define VECTOR         v128_t
#define VECTOR_SIZE    16
#define LOAD(p)        wasm_v128_load(p)
#define STORE(p, v)    wasm_v128_store(p, v)
#define STREAM(p, v)   wasm_v128_store(p, v)
#define FENCE()        ((void)0)
#define ZERO()         wasm_u8x16_splat(0)
#define XOR(a, b)      wasm_v128_xor(a, b)
#define MULTIPLIER     lookup_multiplier
#define PREPARE(c)     prepare(tables->nibbles[c])
#define MULTIPLY(m, v) multiply(m, v)
#define TWICE(v)       twice(v)
#define KERNELS        gf256_wasm
#define KERNELS_NAME   "wasm"

#include "gf256/strip.inc.h"
