#include "platform/system.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

enum {
    LEAF1_ECX_OSXSAVE = 27,
    LEAF1_ECX_AVX = 28,
    LEAF7_EBX_AVX2 = 5,
    LEAF7_EBX_AVX512F = 16,
    LEAF7_EBX_AVX512BW = 30,
    LEAF7_EBX_AVX512VL = 31,
    LEAF7_ECX_GFNI = 8,
};

/* XCR0: which registers the system saves when it switches threads. */
enum {
    SAVES_YMM = 0x06, /* XMM and the upper halves */
    SAVES_ZMM = 0xe6, /* those, masks, upper halves and ZMM16 to 31 */
};

static bool has(unsigned word, unsigned bit)
{
    return (word >> bit & 1) != 0;
}

static unsigned saved_registers(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

platform_cpu_features platform_cpu(void)
{
    platform_cpu_features features = {0};
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !has(c, LEAF1_ECX_OSXSAVE) || !has(c, LEAF1_ECX_AVX))
        return features;
    unsigned saved = saved_registers();
    if ((saved & SAVES_YMM) != SAVES_YMM || !__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return features;
    features.avx2 = has(b, LEAF7_EBX_AVX2);
    features.gfni = features.avx2 && has(c, LEAF7_ECX_GFNI);
    features.avx512 = features.gfni && (saved & SAVES_ZMM) == SAVES_ZMM &&
                      has(b, LEAF7_EBX_AVX512F) && has(b, LEAF7_EBX_AVX512BW) &&
                      has(b, LEAF7_EBX_AVX512VL);
    return features;
}

#else

platform_cpu_features platform_cpu(void)
{
    platform_cpu_features features = {0};
#if defined(__aarch64__) || defined(__ARM_NEON)
    features.neon = true; /* part of the instruction set that this was compiled for */
#endif
    return features;
}

#endif
