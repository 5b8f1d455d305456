/* A piece of memory that is given out from both ends, for work that takes many pieces and gives all
 * back: what is fresh from the system costs a page fault every 4 KiB.
 *
 * `lasting` gives out from the front, `passing` from the back; what was given out last at its end
 * can be used again once it is released, the rest when the arena ends. What does not fit comes from
 * the parent. One thread at a time. */
#ifndef MEMORY_ARENA_H
#define MEMORY_ARENA_H

#include "memory/memory.h"

typedef struct memory_arena {
    rq_allocator parent;
    uint8_t *memory;
    size_t size, front, back; /* front..back is free */
    rq_allocator lasting, passing;
} memory_arena;

/* size: bytes. The arena must stay where it is until it ends. Without so much memory, all comes
 * from the parent. */
void memory_arena_begin(memory_arena *arena, size_t size, const rq_allocator *parent);
/* All pieces must be released before. */
void memory_arena_end(memory_arena *arena);

#endif
