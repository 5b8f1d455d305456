#include "codec/repair_symbols.h"

#include <string.h>

#include "gf256/gf256.h"

/* Symbols of a slab follow it, each from the shift beyond a multiple of GF256_UNIT on. */
struct repair_slab {
    repair_slab *next;
    size_t size; /* bytes */
    uint32_t used, capacity;
};

enum { SLAB_LEAD = GF256_UNIT, FEW = 16 };

_Static_assert(sizeof(repair_slab) <= SLAB_LEAD, "symbols begin behind the slab");

static size_t stride(const repair_symbols *s)
{
    return (s->T + (size_t)s->shift + GF256_UNIT - 1) / GF256_UNIT * GF256_UNIT;
}

void repair_symbols_begin(repair_symbols *s, uint32_t T, uint32_t shift,
                          const rq_allocator *allocator)
{
    *s = (repair_symbols){.allocator = allocator, .T = T, .shift = shift};
}

void repair_symbols_clear(repair_symbols *s)
{
    while (s->slabs) {
        repair_slab *slab = s->slabs;
        s->slabs = slab->next;
        memory_release(s->allocator, slab, slab->size, 1);
    }
    memory_release(s->allocator, s->items, s->capacity, sizeof *s->items);
    repair_symbols_begin(s, s->T, s->shift, s->allocator);
}

static bool reserve_item(repair_symbols *s)
{
    if (s->count < s->capacity)
        return true;
    uint32_t capacity = s->capacity + s->capacity / 2 + 16;
    repair_symbol *more = memory_allocate(s->allocator, capacity, sizeof *more);
    if (!more)
        return false;
    if (s->count > 0)
        memcpy(more, s->items, s->count * sizeof *more);
    memory_release(s->allocator, s->items, s->capacity, sizeof *more);
    s->items = more;
    s->capacity = capacity;
    return true;
}

/* Room for one more symbol, and for more of those expected the more there are. */
static bool reserve_data(repair_symbols *s, uint32_t expected)
{
    if (s->slabs && s->slabs->used < s->slabs->capacity)
        return true;
    uint64_t capacity = FEW + 3 * (uint64_t)s->count;
    capacity = capacity < expected ? capacity : expected;
    uint64_t bytes = memory_whole(SLAB_LEAD + (capacity > 0 ? capacity : 1) * stride(s));
    if (bytes > SIZE_MAX)
        return false;
    size_t size = (size_t)bytes;
    repair_slab *slab = memory_allocate(s->allocator, size, 1);
    if (!slab)
        return false;
    *slab = (repair_slab){.next = s->slabs, .size = size};
    slab->capacity = (uint32_t)((size - SLAB_LEAD) / stride(s));
    s->slabs = slab;
    return true;
}

bool repair_symbols_reserve(repair_symbols *s, uint32_t expected)
{
    return reserve_item(s) && reserve_data(s, expected);
}

uint8_t *repair_symbols_add(repair_symbols *s, uint32_t esi)
{
    uint8_t *data = (uint8_t *)s->slabs + SLAB_LEAD + s->slabs->used++ * stride(s) + s->shift;
    s->items[s->count++] = (repair_symbol){esi, data};
    return data;
}
