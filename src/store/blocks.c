#include "error/error.h"
#include "platform/file.h"
#include "store/block_name.h"
#include "store/directory_error.h"
#include "store/find_folder.h"
#include "store/store.h"

typedef struct search {
    platform_folder root;
    uint64_t *numbers;
    size_t capacity, count;
} search;

static int search_entry(void *context, const char *name, bool regular)
{
    search *state = context;
    uint64_t block;
    char first[BLOCK_NAME_SIZE];
    bool is_folder, is_second = false;
    if (regular)
        return 0;
    if (!block_number(BLOCK_PREFIX, name, &block)) {
        if (!block_number(OLD_BLOCK_PREFIX, name, &block))
            return 0;
        block_name(BLOCK_PREFIX, block, first);
        is_second = true;
    }
    int failure = find_folder(state->root, name, &is_folder);
    if (failure != 0 || !is_folder)
        return failure;
    /* Of block_N and chunk_N a store opens the first: the second does not count beside it. */
    if (is_second)
        failure = find_folder(state->root, first, &is_folder);
    if (failure != 0 || (is_second && is_folder))
        return failure;
    if (state->count < state->capacity)
        state->numbers[state->count] = block;
    state->count++;
    return 0;
}

int store_directory_blocks(const char *path, uint64_t *numbers, size_t capacity, size_t *count,
                           rq_error *error)
{
    char why[128];
    search state = {.numbers = numbers, .capacity = capacity};
    *count = 0;
    int failure = platform_open_folder(path, &state.root);
    if (failure != 0)
        return store_directory_open_error(path, failure, error);
    failure = platform_folder_list(state.root, search_entry, &state);
    platform_close_folder(&state.root);
    if (failure != 0)
        return error_set(error, RQ_ERROR_IO, "Cannot list symbols directory \"%s\": %s", path,
                         platform_error_text(failure, why, sizeof why));
    block_numbers written = {.items = numbers,
                             .count = state.count < capacity ? state.count : capacity};
    block_numbers_sort(&written);
    *count = state.count;
    return RQ_OK;
}
