#include "store/exchange.h"

#include "layout/layout.h"
#include "store/find_folder.h"

/* ---- what is there ---- */

static int find_file(platform_folder folder, const char *name, bool *found)
{
    platform_file file;
    uint64_t size;
    int failure = platform_folder_open_read(folder, name, &file, &size);
    platform_close(&file);
    *found = failure == 0;
    return platform_error_is_missing(failure) ? 0 : failure;
}

typedef struct collection {
    block_numbers *numbers;
    const char *prefix;
    platform_folder folder;
} collection;

static int collect_entry(void *context, const char *name, bool regular)
{
    collection *state = context;
    bool is_folder;
    uint64_t block;
    if (regular || !block_number(state->prefix, name, &block))
        return 0;
    int failure = find_folder(state->folder, name, &is_folder);
    if (failure != 0 || !is_folder)
        return failure;
    return block_numbers_add(state->numbers, block) ? 0 : -1;
}

/* Adds the numbers of the folders with that prefix in folder. */
static int collect(platform_folder folder, const char *prefix, block_numbers *numbers)
{
    collection state = {numbers, prefix, folder};
    int failure = platform_folder_list(folder, collect_entry, &state);
    block_numbers_sort(numbers);
    return failure;
}

/* In the block of that number in folder. Where something else has its name, that is an error for
 * which platform_error_is_foreign is true. */
static int find_mark(platform_folder folder, uint64_t number, platform_folder *block, bool *marked)
{
    char name[BLOCK_NAME_SIZE];
    *marked = false;
    block_name(BLOCK_PREFIX, number, name);
    int failure = platform_open_subfolder(folder, name, block);
    if (failure != 0)
        return platform_error_is_missing(failure) ? 0 : failure;
    failure = find_file(*block, EXCHANGE_MARK, marked);
    if (failure != 0 || !*marked)
        platform_close_folder(block);
    return failure;
}

/* The same where what has a block's name and is none is nothing of ours. */
static int find_mark_or_none(const working_folder *working, uint64_t number, platform_folder *block,
                             bool *marked)
{
    int failure = find_mark(working->root, number, block, marked);
    return platform_error_is_foreign(failure) ? 0 : failure;
}

/* A move of what may not be there. */
static int move(platform_folder from, const char *name, platform_folder to, const char *new_name)
{
    int failure = platform_folder_move(from, name, to, new_name);
    return platform_error_is_missing(failure) ? 0 : failure;
}

/* Runs call for each block until one fails. */
static int each_block(working_folder *working, int (*call)(working_folder *, uint64_t block))
{
    int failure = 0;
    for (size_t i = 0; failure == 0 && i < working->blocks.count; i++)
        failure = call(working, working->blocks.items[i]);
    return failure;
}

/* ---- gather ---- */

typedef struct pair {
    platform_folder from, to;
} pair;

static int link_entry(void *context, const char *name, bool regular)
{
    const pair *state = context;
    if (!regular || !is_symbol_name(name))
        return 0;
    int failure = platform_folder_link(state->from, name, state->to, name);
    /* The new encoding has that symbol, too; or somebody took the old one away just now. */
    return platform_error_is_existing(failure) || platform_error_is_missing(failure) ? 0 : failure;
}

static int set_mark(platform_folder folder)
{
    platform_file mark;
    int failure = platform_folder_create(folder, EXCHANGE_MARK, &mark);
    return failure == 0 ? platform_finish(&mark) : failure;
}

static int gather_into(working_folder *working, platform_folder block, const char *name)
{
    pair state = {.to = block};
    int failure = set_mark(block);
    if (failure != 0 || working->apart)
        return failure;
    failure = platform_open_subfolder(working->root, name, &state.from);
    if (failure != 0)
        return platform_error_is_missing(failure) ? 0 : failure;
    failure = platform_folder_list(state.from, link_entry, &state);
    platform_close_folder(&state.from);
    working->apart = platform_error_is_unsupported(failure);
    return working->apart ? 0 : failure;
}

static int gather_block(working_folder *working, uint64_t number)
{
    char name[BLOCK_NAME_SIZE];
    platform_folder block;
    block_name(BLOCK_PREFIX, number, name);
    /* An old block that has no successor gets one without symbols. */
    int failure = platform_make_subfolder(working->folder, name);
    if (failure != 0 && !platform_error_is_existing(failure))
        return failure;
    failure = platform_open_subfolder(working->folder, name, &block);
    if (failure != 0)
        return failure;
    failure = gather_into(working, block, name);
    platform_close_folder(&block);
    return failure;
}

/* No other run is exchanging, so a mark of an old block is of none that goes on: an undo would take
 * the block for a new one. */
static int forget_mark(working_folder *working, uint64_t number)
{
    platform_folder block;
    bool marked;
    int failure = find_mark_or_none(working, number, &block, &marked);
    if (failure != 0 || !marked)
        return failure;
    failure = platform_folder_remove_file(block, EXCHANGE_MARK);
    platform_close_folder(&block);
    return failure;
}

int exchange_gather(working_folder *working)
{
    working->blocks.count = 0;
    working->apart = false;
    int failure = collect(working->folder, BLOCK_PREFIX, &working->blocks);
    if (failure == 0)
        failure = collect(working->root, BLOCK_PREFIX, &working->blocks);
    if (failure == 0)
        failure = each_block(working, forget_mark);
    /* From here on a mark in ROOT is this run's. Besides, when there was no old encoding all else
     * leaves the folder before the new one has settled; and an empty folder's name can be taken by
     * another run. */
    if (failure == 0)
        failure = set_mark(working->folder);
    return failure == 0 ? each_block(working, gather_block) : failure;
}

/* ---- swap ---- */

/* Where the system cannot do it in one step. What is left of it, finish_steps sets right. */
static int swap_in_steps(platform_folder working, const char *aside, platform_folder from,
                         platform_folder to, const char *block)
{
    int failure = platform_folder_move(to, block, working, aside);
    if (failure == 0)
        failure = platform_folder_move(from, block, to, block);
    return failure == 0 ? platform_folder_move(working, aside, from, block) : failure;
}

static int finish_steps(working_folder *working, uint64_t number)
{
    char block[BLOCK_NAME_SIZE], aside[BLOCK_NAME_SIZE];
    bool is_aside, is_here, is_there;
    block_name(BLOCK_PREFIX, number, block);
    block_name(EXCHANGE_OLD_PREFIX, number, aside);
    int failure = find_folder(working->folder, aside, &is_aside);
    if (failure != 0 || !is_aside)
        return failure;
    failure = find_folder(working->root, block, &is_there);
    if (failure == 0)
        failure = find_folder(working->folder, block, &is_here);
    if (failure != 0 || (is_here && is_there)) /* no step leaves three: it is nothing of ours */
        return failure;
    return platform_folder_move(working->folder, aside, is_there ? working->folder : working->root,
                                block);
}

/* The block in from goes to the other folder, and one that is there comes here. */
static int swap(working_folder *working, uint64_t number, platform_folder from, platform_folder to)
{
    char block[BLOCK_NAME_SIZE], aside[BLOCK_NAME_SIZE];
    block_name(BLOCK_PREFIX, number, block);
    int failure = platform_folder_exchange(from, block, to, block);
    if (platform_error_is_unsupported(failure)) {
        block_name(EXCHANGE_OLD_PREFIX, number, aside);
        failure = swap_in_steps(working->folder, aside, from, to, block);
    }
    return platform_error_is_missing(failure) ? platform_folder_move(from, block, to, block)
                                              : failure;
}

static int swap_in(working_folder *working, uint64_t block)
{
    return swap(working, block, working->folder, working->root);
}

/* Sees to it that the old layout can be had back. */
static int keep_layout(working_folder *working)
{
    int failure = -1;
    if (!working->apart) {
        failure = platform_folder_link(working->root, LAYOUT_FILE_NAME, working->folder,
                                       EXCHANGE_OLD_LAYOUT);
        if (!platform_error_is_unsupported(failure))
            return platform_error_is_missing(failure) ? 0 : failure;
        working->apart = true;
    }
    /* Of two encodings that cannot be there at once a killed run's goes, wherever its layout is. */
    failure = move(working->folder, EXCHANGE_ELSEWHERE, working->folder, LAYOUT_FILE_NAME);
    return failure == 0
               ? move(working->root, LAYOUT_FILE_NAME, working->folder, EXCHANGE_OLD_LAYOUT)
               : failure;
}

int exchange_swap(working_folder *working)
{
    int failure = keep_layout(working);
    return failure == 0 ? each_block(working, swap_in) : failure;
}

/* ---- undo ---- */

/* Is the new block of that number in the working folder still? */
static int find_new(const working_folder *working, uint64_t number, bool *found)
{
    platform_folder block;
    int failure = find_mark(working->folder, number, &block, found);
    if (failure == 0 && *found)
        platform_close_folder(&block);
    return failure;
}

/* Somebody put something else in a block's place. If the new block is here, it never was there. */
static int stay_back(const working_folder *working, uint64_t number, int failure)
{
    bool is_new;
    return find_new(working, number, &is_new) == 0 && is_new ? 0 : failure;
}

/* Nothing is in a block's place. If the old one is here, it goes back. */
static int bring_back(const working_folder *working, uint64_t number)
{
    char name[BLOCK_NAME_SIZE];
    bool is_new;
    if (!working->gathered)
        return 0;
    int failure = find_new(working, number, &is_new);
    if (failure != 0 || is_new)
        return platform_error_is_foreign(failure) ? 0 : failure;
    block_name(BLOCK_PREFIX, number, name);
    return move(working->folder, name, working->root, name);
}

static int swap_back(working_folder *working, uint64_t number)
{
    char name[BLOCK_NAME_SIZE];
    platform_folder block;
    bool marked, is_there = false;
    block_name(BLOCK_PREFIX, number, name);
    int failure = finish_steps(working, number);
    if (failure == 0)
        failure = find_mark(working->root, number, &block, &marked);
    if (platform_error_is_foreign(failure))
        return stay_back(working, number, failure);
    if (failure == 0 && marked) {
        platform_close_folder(&block);
        return swap(working, number, working->root, working->folder);
    }
    if (failure == 0)
        failure = find_folder(working->root, name, &is_there);
    return failure == 0 && !is_there ? bring_back(working, number) : failure;
}

/* Puts the old layout back if it has left its place, or takes the new one away if there was none. A
 * layout that is neither's is nothing of ours. */
static int undo_layout(const working_folder *working)
{
    bool is_there, is_new;
    int failure = find_file(working->root, LAYOUT_FILE_NAME, &is_there);
    if (failure == 0)
        failure = platform_folder_same(working->folder, LAYOUT_FILE_NAME, working->root,
                                       LAYOUT_FILE_NAME, &is_new);
    if (failure != 0 || (is_there && !is_new))
        return failure;
    if (working->gathered)
        return platform_folder_move(working->folder, EXCHANGE_OLD_LAYOUT, working->root,
                                    LAYOUT_FILE_NAME);
    return is_new ? platform_folder_remove_file(working->root, LAYOUT_FILE_NAME) : 0;
}

int exchange_undo(working_folder *working)
{
    bool begun = false;
    /* The old layout is kept as soon as all blocks are gathered. What has its name and is no file
     * is nothing of ours. */
    int failure = find_file(working->folder, EXCHANGE_OLD_LAYOUT, &working->gathered);
    if (failure != 0 && !platform_error_is_foreign(failure))
        return failure;
    /* The layout first: as yet the blocks have the symbols of both. */
    failure = undo_layout(working);
    if (failure == 0)
        failure = find_file(working->folder, EXCHANGE_MARK, &begun);
    /* Before, marks in ROOT may be of a run that is long gone. */
    return failure == 0 && begun ? each_block(working, swap_back) : failure;
}

/* ---- settle ---- */

static int drop_entry(void *context, const char *name, bool regular)
{
    const pair *state = context;
    bool is_link;
    if (!regular || !is_symbol_name(name))
        return 0;
    int failure = platform_folder_same(state->from, name, state->to, name, &is_link);
    return failure == 0 && is_link ? platform_folder_remove_file(state->to, name) : failure;
}

/* Removes the links to the old symbols, which lie in the working folder now, unless somebody put
 * something else in the old block's place. */
static int drop_links(const working_folder *working, const char *name, platform_folder block)
{
    pair state = {.to = block};
    int failure = platform_open_subfolder(working->folder, name, &state.from);
    if (platform_error_is_missing(failure) || platform_error_is_foreign(failure))
        return 0;
    if (failure != 0)
        return failure;
    failure = platform_folder_list(state.from, drop_entry, &state);
    platform_close_folder(&state.from);
    return failure;
}

static int settle(working_folder *working, uint64_t number, bool drops)
{
    char name[BLOCK_NAME_SIZE];
    platform_folder block;
    bool marked;
    int failure = find_mark_or_none(working, number, &block, &marked);
    if (failure != 0 || !marked)
        return failure;
    block_name(BLOCK_PREFIX, number, name);
    if (drops)
        failure = drop_links(working, name, block);
    if (failure == 0)
        failure = platform_folder_remove_file(block, EXCHANGE_MARK);
    platform_close_folder(&block);
    if (failure == 0) /* the successor of a block that has none */
        (void)platform_folder_remove_folder(working->root, name);
    return failure;
}

static int settle_block(working_folder *working, uint64_t number)
{
    return settle(working, number, true);
}

int exchange_settle(working_folder *working)
{
    return each_block(working, settle_block);
}

/* ---- recovery ---- */

/* Was the layout elsewhere put in place? That cannot be told: the symbols of both stay. */
static int keep_both(working_folder *working, uint64_t number)
{
    int failure = finish_steps(working, number);
    return failure == 0 ? settle(working, number, false) : failure;
}

int exchange_recover(working_folder *other)
{
    bool is_elsewhere = false, is_here = false;
    other->blocks.count = 0;
    int failure = collect(other->root, BLOCK_PREFIX, &other->blocks);
    if (failure == 0)
        failure = collect(other->folder, BLOCK_PREFIX, &other->blocks);
    if (failure == 0)
        failure = collect(other->folder, EXCHANGE_OLD_PREFIX, &other->blocks);
    if (failure == 0)
        failure = find_file(other->folder, EXCHANGE_ELSEWHERE, &is_elsewhere);
    if (failure == 0)
        failure = find_file(other->folder, LAYOUT_FILE_NAME, &is_here);
    if (failure != 0)
        return failure;
    return is_here        ? exchange_undo(other)
           : is_elsewhere ? each_block(other, keep_both)
                          : exchange_settle(other);
}
