/* WebAssembly's memory only grows: pages are pieces of the heap. */
#include <stdlib.h>
#include <string.h>

#include "platform/system.h"

size_t platform_page_size(void)
{
    return 65536;
}

void *platform_pages_allocate(size_t size)
{
    const size_t page = platform_page_size();
    if (size == 0 || size > SIZE_MAX - page)
        return NULL;
    void *pages = aligned_alloc(page, (size + page - 1) / page * page);
    if (pages)
        memset(pages, 0, size);
    return pages;
}

void platform_pages_release(void *pages, size_t size)
{
    (void)size;
    free(pages);
}
