/* The block folders that are in use, kept open: opening a symbol through its folder's handle spares
 * the walk along its path. Thread-safe but for init and free. */
#ifndef STORE_BLOCK_FOLDERS_H
#define STORE_BLOCK_FOLDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "memory/memory.h"
#include "platform/file.h"
#include "platform/thread.h"

typedef struct open_block {
    uint64_t block;
    platform_folder folder;
    uint32_t users;
    uint64_t last_use;
} open_block;

typedef struct block_folders {
    const rq_allocator *allocator;
    platform_folder parent; /* borrowed */
    bool parent_instead;    /* of a missing block folder */
    platform_mutex mutex;
    uint64_t clock;
    open_block *items;
    size_t count, capacity;
} block_folders;

int block_folders_init(block_folders *folders, platform_folder parent, bool parent_instead,
                       const rq_allocator *allocator);
void block_folders_free(block_folders *folders);

/* *folder is good until block_folders_put_back. Returns 0 or the system's error number; -1 if there
 * is no memory. */
int block_folders_take(block_folders *folders, uint64_t block, platform_folder *folder);
void block_folders_put_back(block_folders *folders, uint64_t block);
/* Closes the block's folder unless it is in use. */
void block_folders_drop(block_folders *folders, uint64_t block);

#endif
