/* Things that depend on K' alone, kept for the next who needs them; private to this room.
 *
 * A shelf holds at most so many bytes for the whole process; what nobody uses goes first, longest
 * unused before the rest. Any thread may use it, and its lock is never held while anything is made.
 */
#ifndef PLAN_SHELF_H
#define PLAN_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/thread.h"

enum { SHELF_ENTRIES = 16 };

typedef struct shelf_entry {
    void *item; /* NULL: free */
    uint64_t size;
    uint64_t last_use;
    uint32_t K_prime;
    uint32_t users;
} shelf_entry;

typedef struct shelf {
    const uint64_t capacity;             /* bytes */
    void (*const free_item)(void *item); /* takes NULL */
    platform_mutex mutex;
    uint64_t bytes, uses;
    shelf_entry entries[SHELF_ENTRIES];
} shelf;

/* The thing of this K', to be given back; NULL if it is not here. */
const void *shelf_take(shelf *shelf, uint32_t K_prime);
void shelf_give_back(shelf *shelf, const void *item);

/* Reserves size bytes for a thing about to be made. False: there is no room for it. */
bool shelf_reserve(shelf *shelf, uint64_t size);

/* Puts the thing made into the room reserved, of which it may use less, and takes it; NULL gives
 * the room back. Returns what shelf_take would: another's, if that was there first. */
const void *shelf_keep(shelf *shelf, uint32_t K_prime, void *item, uint64_t reserved,
                       uint64_t size);

#endif
