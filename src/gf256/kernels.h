/* The tables of kernels there may be; private to this room. */
#ifndef GF256_KERNELS_H
#define GF256_KERNELS_H

#include "gf256/gf256.h"

extern const gf256_kernels gf256_scalar;
extern const gf256_kernels gf256_avx2;
extern const gf256_kernels gf256_avx2_gfni;
extern const gf256_kernels gf256_avx512;
extern const gf256_kernels gf256_neon;
extern const gf256_kernels gf256_wasm;

#endif
