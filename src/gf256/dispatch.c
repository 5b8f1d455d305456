/* Which kernels this build has, this CPU can run, and the caller wants. */
#include "gf256/gf256.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gf256/kernels.h"
#include "platform/system.h"
#include "rq.h"

static _Atomic(const gf256_kernels *) chosen;

const gf256_kernels *gf256_available(size_t i)
{
    const gf256_kernels *found[6];
    size_t count = 0;
    const platform_cpu_features cpu = platform_cpu();
    (void)cpu;
#if defined(RQ_HAVE_AVX512)
    if (cpu.avx512)
        found[count++] = &gf256_avx512;
#endif
#if defined(RQ_HAVE_AVX2_GFNI)
    if (cpu.avx2 && cpu.gfni)
        found[count++] = &gf256_avx2_gfni;
#endif
#if defined(RQ_HAVE_AVX2)
    if (cpu.avx2)
        found[count++] = &gf256_avx2;
#endif
#if defined(RQ_HAVE_NEON)
    if (cpu.neon)
        found[count++] = &gf256_neon;
#endif
#if defined(RQ_HAVE_WASM)
    found[count++] = &gf256_wasm;
#endif
    found[count++] = &gf256_scalar;
    return i < count ? found[i] : NULL;
}

bool gf256_select(const char *name)
{
    for (size_t i = 0; gf256_available(i); i++) {
        if (!name || strcmp(gf256_available(i)->name, name) == 0) {
            atomic_store(&chosen, gf256_available(i));
            return true;
        }
    }
    return false;
}

const gf256_kernels *gf256(void)
{
    const gf256_kernels *kernels = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (kernels)
        return kernels;
    /* Two threads may come here at once; they choose the same. A wrong RQ_KERNEL is ignored. */
    const char *name = getenv("RQ_KERNEL");
    if (!name || !gf256_select(name))
        gf256_select(NULL);
    return atomic_load(&chosen);
}

const char *rq_kernel_name(void)
{
    return gf256()->name;
}

int rq_kernel_select(const char *name)
{
    return gf256_select(name) ? RQ_OK : RQ_ERROR_PARAMETER;
}
