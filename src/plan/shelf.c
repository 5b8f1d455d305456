#include "plan/shelf.h"

/* ---- all with the mutex held ---- */

static shelf_entry *find(shelf *s, uint32_t K_prime)
{
    for (int i = 0; i < SHELF_ENTRIES; i++) {
        if (s->entries[i].item && s->entries[i].K_prime == K_prime)
            return &s->entries[i];
    }
    return NULL;
}

static shelf_entry *find_free(shelf *s)
{
    for (int i = 0; i < SHELF_ENTRIES; i++) {
        if (!s->entries[i].item)
            return &s->entries[i];
    }
    return NULL;
}

/* Takes the one longest unused off the shelf: what must be freed then, or NULL. */
static void *remove_oldest(shelf *s)
{
    shelf_entry *oldest = NULL;
    for (int i = 0; i < SHELF_ENTRIES; i++) {
        shelf_entry *e = &s->entries[i];
        if (e->item && e->users == 0 && (!oldest || e->last_use < oldest->last_use))
            oldest = e;
    }
    if (!oldest)
        return NULL;
    void *item = oldest->item;
    s->bytes -= oldest->size;
    oldest->item = NULL;
    return item;
}

static const void *use(shelf *s, shelf_entry *e)
{
    e->users++;
    e->last_use = ++s->uses;
    return e->item;
}

/* ---- the door ---- */

const void *shelf_take(shelf *s, uint32_t K_prime)
{
    platform_mutex_lock(&s->mutex);
    shelf_entry *e = find(s, K_prime);
    const void *item = e ? use(s, e) : NULL;
    platform_mutex_unlock(&s->mutex);
    return item;
}

void shelf_give_back(shelf *s, const void *item)
{
    platform_mutex_lock(&s->mutex);
    for (int i = 0; i < SHELF_ENTRIES; i++) {
        if (item && s->entries[i].item == item)
            s->entries[i].users--;
    }
    platform_mutex_unlock(&s->mutex);
}

bool shelf_reserve(shelf *s, uint64_t size)
{
    bool fits = false;
    void *old = NULL;
    do {
        s->free_item(old);
        platform_mutex_lock(&s->mutex);
        fits = size <= s->capacity && s->bytes <= s->capacity - size && find_free(s);
        old = fits || size > s->capacity ? NULL : remove_oldest(s);
        s->bytes += fits ? size : 0;
        platform_mutex_unlock(&s->mutex);
    } while (old);
    return fits;
}

const void *shelf_keep(shelf *s, uint32_t K_prime, void *item, uint64_t reserved, uint64_t size)
{
    platform_mutex_lock(&s->mutex);
    shelf_entry *there = find(s, K_prime), *place = find_free(s);
    bool kept = item && !there && place && size <= reserved;
    s->bytes -= reserved;
    if (kept) {
        *place = (shelf_entry){.item = item, .size = size, .K_prime = K_prime};
        s->bytes += size;
        there = place;
    }
    const void *used = there ? use(s, there) : NULL;
    platform_mutex_unlock(&s->mutex);
    if (item && !kept)
        s->free_item(item);
    return used;
}
