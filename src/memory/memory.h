/* Where memory comes from. Rooms below object/ take an rq_allocator and nothing else. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rq.h"

enum { MEMORY_ALIGNMENT = 64 }; /* of strips and rows: a cache line, the widest vector */

/* The C library's memory; large pieces straight from the system, so that freeing gives them back:
 * for what keeps to a budget. */
extern const rq_allocator memory_system;
/* The same, but larger pieces are left to the C library too, which may find them again: for calls
 * that are made over and over, each with its own memory, of which nobody keeps count. */
extern const rq_allocator memory_heap;

/* What size bytes of memory_system really take of the process, with what lies around them. */
uint64_t memory_system_cost(size_t size);

/* NULL gives memory_heap. */
const rq_allocator *memory_or_heap(const rq_allocator *allocator);
/* False for a caller's allocator that lacks a function. */
bool memory_usable(const rq_allocator *allocator);

/* count * size bytes aligned to MEMORY_ALIGNMENT, NULL on overflow, on 0 bytes, or if there is
 * none. memory_release takes NULL. The pair must be given the same count and size. */
void *memory_allocate(const rq_allocator *allocator, size_t count, size_t size);
void memory_release(const rq_allocator *allocator, void *memory, size_t count, size_t size);

/* Pieces of this size and more lie on huge pages, where the system has them. */
enum { MEMORY_HUGE_PAGE = 2 * 1024 * 1024 };

/* At least size bytes, so many that a large piece has next to no small pages: for pieces that are
 * made anew each time, of which ten small pages cost more than a huge one. */
static inline uint64_t memory_whole(uint64_t size)
{
    enum { SMALL = 32 * 1024 };
    uint64_t rest = size % MEMORY_HUGE_PAGE;
    bool rounds = size > MEMORY_HUGE_PAGE && rest > SMALL && size <= UINT64_MAX - MEMORY_HUGE_PAGE;
    return rounds ? size - rest + MEMORY_HUGE_PAGE : size;
}

/* a + b; false on overflow. */
bool memory_add(uint64_t a, uint64_t b, uint64_t *sum);

#endif
