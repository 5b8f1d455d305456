/* What the machine can do with rows of octets, measured with the library's own kernels. */
#ifndef BENCH_ROOFLINE_H
#define BENCH_ROOFLINE_H

#include <stdint.h>

/* GB/s of destination ^= source over random rows of 1280 octets, in a set that fits the second
 * level cache. */
double roofline_xor_L2(double seconds);

#endif
