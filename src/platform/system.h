/* The machine: processors, memory, time, randomness for names. */
#ifndef PLATFORM_SYSTEM_H
#define PLATFORM_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint32_t platform_cpu_count(void);   /* usable by this process, at least 1 */
uint64_t platform_memory_size(void); /* bytes of main memory, 0 if unknown */
uint64_t platform_clock(void);       /* nanoseconds, monotonic, from any start */
void platform_pause(void);           /* some milliseconds, between looks at what others do */
uint64_t platform_random(void);      /* differs between processes and calls; no secret */
uint64_t platform_process_id(void);

/* What kernels may use, already checked against what the operating system saves. */
typedef struct platform_cpu_features {
    bool avx2;
    bool gfni;   /* with VEX encoding, for 256-bit vectors */
    bool avx512; /* F, BW, VL and GFNI */
    bool neon;
} platform_cpu_features;

platform_cpu_features platform_cpu(void);

size_t platform_page_size(void);
/* Whole pages, zeroed, given back to the system when released. NULL if there are none. */
void *platform_pages_allocate(size_t size);
void platform_pages_release(void *pages, size_t size);

#endif
