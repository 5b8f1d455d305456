/* NEON on AArch64: 16 octets at a time; products are looked up by nibbles. */
#include <arm_neon.h>
#include <stdint.h>

typedef struct lookup_multiplier {
    uint8x16_t low, high;
} lookup_multiplier;

static inline lookup_multiplier prepare(const uint8_t nibbles[2][16])
{
    return (lookup_multiplier){vld1q_u8(nibbles[0]), vld1q_u8(nibbles[1])};
}

static inline uint8x16_t multiply(lookup_multiplier m, uint8x16_t v)
{
    uint8x16_t low = vandq_u8(v, vdupq_n_u8(15)), high = vshrq_n_u8(v, 4);
    return veorq_u8(vqtbl1q_u8(m.low, low), vqtbl1q_u8(m.high, high));
}

static inline uint8x16_t twice(uint8x16_t v)
{
    uint8x16_t carry = vcltzq_s8(vreinterpretq_s8_u8(v));
    return veorq_u8(vshlq_n_u8(v, 1), vandq_u8(carry, vdupq_n_u8(0x1d)));
}

#define VECTOR         uint8x16_t
#define VECTOR_SIZE    16
#define LOAD(p)        vld1q_u8(p)
#define STORE(p, v)    vst1q_u8(p, v)
#define STREAM(p, v)   vst1q_u8(p, v)
#define FENCE()        ((void)0)
#define ZERO()         vdupq_n_u8(0)
#define XOR(a, b)      veorq_u8(a, b)
#define MULTIPLIER     lookup_multiplier
#define PREPARE(c)     prepare(tables->nibbles[c])
#define MULTIPLY(m, v) multiply(m, v)
#define TWICE(v)       twice(v)
#define KERNELS        gf256_neon
#define KERNELS_NAME   "neon"

#include "gf256/strip.inc.h"
