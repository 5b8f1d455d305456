#include "platform/posix/posix.h"

#include <stdint.h>
#include <sys/mman.h>

#include "platform/system.h"

#if !defined(MAP_ANONYMOUS) && defined(MAP_ANON)
#define MAP_ANONYMOUS MAP_ANON
#endif

/* A huge page of the usual processors: one fault instead of 512, each of which takes longer than
 * filling the page. */
static const size_t huge_page = (size_t)2 << 20;

static void *map(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

#ifdef MADV_HUGEPAGE
/* Only whole huge pages at their own alignment are ever huge. What is mapped too much for that goes
 * back at once. */
static void *map_aligned(size_t size)
{
    size_t whole = size + huge_page, page = (size_t)platform_page_size();
    uint8_t *pages = whole < size ? NULL : map(whole);
    if (!pages)
        return map(size);
    size_t before = (huge_page - (uintptr_t)pages % huge_page) % huge_page;
    size_t used = (size + page - 1) / page * page;
    if (before > 0)
        (void)munmap(pages, before);
    if (whole > before + used)
        (void)munmap(pages + before + used, whole - before - used);
    (void)madvise(pages + before, size, MADV_HUGEPAGE);
    return pages + before;
}
#endif

void *platform_pages_allocate(size_t size)
{
#ifdef MADV_HUGEPAGE
    if (size >= huge_page)
        return map_aligned(size);
#else
    (void)huge_page;
#endif
    return size > 0 ? map(size) : NULL;
}

void platform_pages_release(void *pages, size_t size)
{
    if (pages)
        (void)munmap(pages, size);
}
