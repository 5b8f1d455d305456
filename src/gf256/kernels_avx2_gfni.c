/* AVX2 with GFNI: 32 octets at a time, for CPUs that have the instruction but not 512-bit vectors.
 */
#include <immintrin.h>

#define VECTOR         __m256i
#define VECTOR_SIZE    32
#define LOAD(p)        _mm256_loadu_si256((const __m256i *)(p))
#define STORE(p, v)    _mm256_storeu_si256((__m256i *)(p), v)
#define STREAM(p, v)   _mm256_stream_si256((__m256i *)(p), v)
#define FENCE()        _mm_sfence()
#define ZERO()         _mm256_setzero_si256()
#define XOR(a, b)      _mm256_xor_si256(a, b)
#define MULTIPLIER     __m256i
#define PREPARE(c)     _mm256_set1_epi64x((long long)tables->affine[c])
#define MULTIPLY(m, v) _mm256_gf2p8affine_epi64_epi8(v, m, 0)
/* The matrix of the constant 2: bit 7 goes to bits 0, 2, 3 and 4, all others move up. */
#define TWICE(v)     _mm256_gf2p8affine_epi64_epi8(v, _mm256_set1_epi64x(0x8001828488102040), 0)
#define KERNELS      gf256_avx2_gfni
#define KERNELS_NAME "avx2-gfni"

#include "gf256/strip.inc.h"
