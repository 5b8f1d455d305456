#include "platform/posix/posix.h"

#include <sys/mman.h>

#include "platform/system.h"

#if !defined(MAP_ANONYMOUS) && defined(MAP_ANON)
#define MAP_ANONYMOUS MAP_ANON
#endif

/* From here on huge pages save more time than their rounding may cost in memory. */
static const size_t huge_from = (size_t)4 << 20;

void *platform_pages_allocate(size_t size)
{
    if (size == 0)
        return NULL;
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (size >= huge_from)
        (void)madvise(pages, size, MADV_HUGEPAGE);
#else
    (void)huge_from;
#endif
    return pages;
}

void platform_pages_release(void *pages, size_t size)
{
    if (pages)
        (void)munmap(pages, size);
}
