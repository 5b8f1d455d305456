#include "object/wanted.h"

#include <string.h>

/* An item: 32 bits of the name, then this, then the place. */
#define DAMAGED      FINDING_PLACES
#define PLACES       (FINDING_PLACES - 1)
#define PREFIX(item) ((uint32_t)((item) >> 32))

static uint32_t prefix_of(const digest *name)
{
    const uint8_t *b = name->bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

int wanted_begin(wanted *w, examination *x)
{
    w->examination = x;
    w->items = x->findings + x->good + x->useless;
    w->count = x->damaged + x->missing;
    atomic_init(&w->left, w->count);
    w->mended = memory_allocate(x->job->allocator, w->count, 1);
    if (!w->mended)
        return job_fail_memory(x->job, "the list of symbols");
    memset(w->mended, 0, w->count);
    for (size_t i = 0; i < w->count; i++) {
        uint32_t place = finding_place(w->items[i]);
        uint64_t damaged = finding_what(w->items[i]) == FOUND_DAMAGED ? DAMAGED : 0;
        digest name;
        int status = examine_name(x, place, &name);
        if (status != RQ_OK) {
            memory_release(x->job->allocator, w->mended, w->count, 1);
            return status;
        }
        w->items[i] = (uint64_t)prefix_of(&name) << 32 | damaged | place;
    }
    examine_sort(w->items, w->count);
    return RQ_OK;
}

void wanted_end(wanted *w, examination *x)
{
    x->damaged = x->missing = 0;
    for (size_t i = 0; i < w->count; i++) {
        uint64_t item = w->items[i];
        uint32_t what = w->mended[i]     ? FOUND_MENDED
                        : item & DAMAGED ? FOUND_DAMAGED
                                         : FOUND_MISSING;
        x->damaged += what == FOUND_DAMAGED;
        x->missing += what == FOUND_MISSING;
        w->items[i] = (uint64_t)what << 32 | (item & PLACES);
    }
    examine_sort(w->items, w->count);
    memory_release(x->job->allocator, w->mended, w->count, 1);
}

int wanted_find(const wanted *w, const digest *name, size_t from, size_t *item)
{
    uint32_t prefix = prefix_of(name);
    size_t low = from, high = w->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (PREFIX(w->items[middle]) < prefix)
            low = middle + 1;
        else
            high = middle;
    }
    for (*item = low; *item < w->count && PREFIX(w->items[*item]) == prefix; ++*item) {
        digest listed;
        int status = examine_name(w->examination, w->items[*item] & PLACES, &listed);
        if (status != RQ_OK || (digest_equal(&listed, name) && !w->mended[*item]))
            return status;
    }
    *item = w->count;
    return RQ_OK;
}

bool wanted_is_damaged(const wanted *w, size_t item)
{
    return w->items[item] & DAMAGED;
}

void wanted_mark(wanted *w, size_t item)
{
    w->mended[item] = 1;
    atomic_fetch_sub(&w->left, 1);
}

int wanted_example(const wanted *w, digest *name)
{
    size_t i = 0;
    while (w->mended[i])
        i++;
    return examine_name(w->examination, w->items[i] & PLACES, name);
}
