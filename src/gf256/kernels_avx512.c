/* AVX-512 with GFNI: 64 octets at a time; any constant multiplication is one instruction. */
#include <immintrin.h>
#include <stddef.h>

/* The first octets. */
static inline __mmask64 mask_of(size_t octets)
{
    return octets < 64 ? ((__mmask64)1 << octets) - 1 : ~(__mmask64)0;
}

#define VECTOR                   __m512i
#define VECTOR_SIZE              64
#define LOAD(p)                  _mm512_loadu_si512((const void *)(p))
#define STORE(p, v)              _mm512_storeu_si512((void *)(p), v)
#define STREAM(p, v)             _mm512_stream_si512((void *)(p), v)
#define FENCE()                  _mm_sfence()
#define LOAD_PART(p, octets)     _mm512_maskz_loadu_epi8(mask_of(octets), (const void *)(p))
#define STORE_PART(p, octets, v) _mm512_mask_storeu_epi8((void *)(p), mask_of(octets), v)
#define ZERO()                   _mm512_setzero_si512()
#define XOR(a, b)                _mm512_xor_si512(a, b)
#define MULTIPLIER               __m512i
#define PREPARE(c)               _mm512_set1_epi64((long long)tables->affine[c])
#define MULTIPLY(m, v)           _mm512_gf2p8affine_epi64_epi8(v, m, 0)
/* The matrix of the constant 2: bit 7 goes to bits 0, 2, 3 and 4, all others move up. */
#define TWICE(v)     _mm512_gf2p8affine_epi64_epi8(v, _mm512_set1_epi64(0x8001828488102040), 0)
#define KERNELS      gf256_avx512
#define KERNELS_NAME "avx512"

#include "gf256/strip.inc.h"
