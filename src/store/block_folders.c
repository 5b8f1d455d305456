#include "store/block_folders.h"

#include <string.h>

#include "store/block_name.h"

enum { KEPT_OPEN = 16 }; /* more only while more are in use: descriptors are few */

int block_folders_init(block_folders *folders, platform_folder parent, bool parent_instead,
                       const rq_allocator *allocator)
{
    *folders =
        (block_folders){.allocator = allocator, .parent = parent, .parent_instead = parent_instead};
    return platform_mutex_init(&folders->mutex);
}

static void close_item(const block_folders *folders, open_block *item)
{
    if (item->folder.descriptor != folders->parent.descriptor)
        platform_close_folder(&item->folder);
}

void block_folders_free(block_folders *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        close_item(folders, &folders->items[i]);
    memory_release(folders->allocator, folders->items, folders->capacity, sizeof *folders->items);
    platform_mutex_destroy(&folders->mutex);
}

static open_block *find(block_folders *folders, uint64_t block)
{
    for (size_t i = 0; i < folders->count; i++)
        if (folders->items[i].block == block)
            return &folders->items[i];
    return NULL;
}

/* A place for one more: that of the folder unused for longest, once enough are open. */
static open_block *make_room(block_folders *folders)
{
    open_block *oldest = NULL;
    for (size_t i = 0; folders->count >= KEPT_OPEN && i < folders->count; i++) {
        open_block *item = &folders->items[i];
        if (item->users == 0 && (!oldest || item->last_use < oldest->last_use))
            oldest = item;
    }
    if (oldest) {
        close_item(folders, oldest);
        *oldest = folders->items[--folders->count];
    }
    if (folders->count < folders->capacity)
        return &folders->items[folders->count];
    size_t capacity = folders->capacity ? folders->capacity * 2 : KEPT_OPEN;
    open_block *items = memory_allocate(folders->allocator, capacity, sizeof *items);
    if (!items)
        return NULL;
    if (folders->count > 0)
        memcpy(items, folders->items, folders->count * sizeof *items);
    memory_release(folders->allocator, folders->items, folders->capacity, sizeof *items);
    folders->items = items;
    folders->capacity = capacity;
    return &folders->items[folders->count];
}

static int open_folder(const block_folders *folders, uint64_t block, platform_folder *folder)
{
    char name[BLOCK_NAME_SIZE];
    block_name(BLOCK_PREFIX, block, name);
    int failure = platform_open_subfolder(folders->parent, name, folder);
    if (!folders->parent_instead ||
        !(platform_error_is_missing(failure) || platform_error_is_foreign(failure)))
        return failure;
    block_name(OLD_BLOCK_PREFIX, block, name);
    failure = platform_open_subfolder(folders->parent, name, folder);
    if (platform_error_is_missing(failure) || platform_error_is_foreign(failure)) {
        *folder = folders->parent;
        failure = 0;
    }
    return failure;
}

static int add(block_folders *folders, uint64_t block, open_block **added)
{
    open_block *item = make_room(folders);
    if (!item)
        return -1;
    *item = (open_block){.block = block};
    int failure = open_folder(folders, block, &item->folder);
    if (failure == 0) {
        folders->count++;
        *added = item;
    }
    return failure;
}

int block_folders_take(block_folders *folders, uint64_t block, platform_folder *folder)
{
    platform_mutex_lock(&folders->mutex);
    open_block *item = find(folders, block);
    int failure = item ? 0 : add(folders, block, &item);
    if (failure == 0) {
        item->users++;
        item->last_use = ++folders->clock;
        *folder = item->folder;
    }
    platform_mutex_unlock(&folders->mutex);
    return failure;
}

void block_folders_put_back(block_folders *folders, uint64_t block)
{
    platform_mutex_lock(&folders->mutex);
    open_block *item = find(folders, block);
    if (item)
        item->users--;
    platform_mutex_unlock(&folders->mutex);
}

void block_folders_drop(block_folders *folders, uint64_t block)
{
    platform_mutex_lock(&folders->mutex);
    open_block *item = find(folders, block);
    if (item && item->users == 0) {
        close_item(folders, item);
        *item = folders->items[--folders->count];
    }
    platform_mutex_unlock(&folders->mutex);
}
