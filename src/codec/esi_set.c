#include "codec/esi_set.h"

#include <string.h>

void esi_set_begin(esi_set *set, const rq_allocator *allocator)
{
    *set = (esi_set){.allocator = allocator};
}

/* Whoever sends the ids may choose them so that they meet in a few slots, if he knows the factor.
 * Where the slots lie he does not know; the high half of that times the golden ratio depends on all
 * of it. */
static uint32_t factor_for(const uint32_t *slots)
{
    return (uint32_t)((uintptr_t)slots * UINT64_C(0x9e3779b97f4a7c15) >> 32) | 1;
}

/* The slot that holds the id, or the empty one where it belongs. Multiplicative hashing. */
static uint32_t *find(const esi_set *set, uint32_t esi)
{
    uint32_t i = esi * set->factor;
    for (i ^= i >> 15;; i++) {
        uint32_t *slot = &set->slots[i & (set->capacity - 1)];
        if (*slot == esi || *slot == UINT32_MAX)
            return slot;
    }
}

static bool grow(esi_set *set)
{
    esi_set larger = *set;
    larger.capacity = set->capacity ? 2 * set->capacity : 64;
    larger.slots = memory_allocate(set->allocator, larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    larger.factor = factor_for(larger.slots);
    memset(larger.slots, 0xff, larger.capacity * sizeof *larger.slots);
    for (uint32_t i = 0; i < set->capacity; i++) {
        if (set->slots[i] != UINT32_MAX)
            *find(&larger, set->slots[i]) = set->slots[i];
    }
    esi_set_free(set);
    *set = larger;
    return true;
}

bool esi_set_has(const esi_set *set, uint32_t esi)
{
    return set->capacity > 0 && *find(set, esi) == esi;
}

int esi_set_add(esi_set *set, uint32_t esi)
{
    if (esi_set_has(set, esi))
        return 0;
    if (2 * set->count >= set->capacity && !grow(set))
        return RQ_ERROR_MEMORY;
    *find(set, esi) = esi;
    set->count++;
    return 1;
}

void esi_set_free(esi_set *set)
{
    memory_release(set->allocator, set->slots, set->capacity, sizeof *set->slots);
    set->slots = NULL;
}
