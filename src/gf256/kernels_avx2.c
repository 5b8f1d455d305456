/* AVX2: 32 octets at a time; products are looked up by nibbles with a shuffle. */
#include <immintrin.h>
#include <stdint.h>

typedef struct shuffle_multiplier {
    __m256i low, high;
} shuffle_multiplier;

static inline shuffle_multiplier prepare(const uint8_t nibbles[2][16])
{
    shuffle_multiplier m;
    m.low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)nibbles[0]));
    m.high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)nibbles[1]));
    return m;
}

static inline __m256i multiply(shuffle_multiplier m, __m256i v)
{
    const __m256i mask = _mm256_set1_epi8(15);
    __m256i low = _mm256_and_si256(v, mask);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), mask);
    return _mm256_xor_si256(_mm256_shuffle_epi8(m.low, low), _mm256_shuffle_epi8(m.high, high));
}

/* Doubled octets lose bit 7; where it was set the polynomial's 0x1d comes in. */
static inline __m256i twice(__m256i v)
{
    __m256i carry = _mm256_cmpgt_epi8(_mm256_setzero_si256(), v);
    return _mm256_xor_si256(_mm256_add_epi8(v, v), _mm256_and_si256(carry, _mm256_set1_epi8(0x1d)));
}

#define VECTOR         __m256i
#define VECTOR_SIZE    32
#define LOAD(p)        _mm256_loadu_si256((const __m256i *)(p))
#define STORE(p, v)    _mm256_storeu_si256((__m256i *)(p), v)
#define STREAM(p, v)   _mm256_stream_si256((__m256i *)(p), v)
#define FENCE()        _mm_sfence()
#define ZERO()         _mm256_setzero_si256()
#define XOR(a, b)      _mm256_xor_si256(a, b)
#define MULTIPLIER     shuffle_multiplier
#define PREPARE(c)     prepare(tables->nibbles[c])
#define MULTIPLY(m, v) multiply(m, v)
#define TWICE(v)       twice(v)
#define KERNELS        gf256_avx2
#define KERNELS_NAME   "avx2"

#include "gf256/strip.inc.h"
