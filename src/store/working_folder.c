#include "store/working_folder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "layout/layout.h"
#include "platform/system.h"
#include "store/exchange.h"
#include "store/find_folder.h"

#define PARTIAL_PREFIX ".rq-partial-"
#define COMMIT_NAME    WORKING_FOLDER_COMMIT
#define HOLD_NAME      ".rq-over" /* keeps the name while an exchange that is over is cleared away */

enum { NAMES = 16 }; /* tried for a new folder */

/* Runs call for every entry until it does away with none: what a listing shows while its folder
 * changes is left open by POSIX. */
typedef struct sweep {
    platform_folder folder, root;
    uint64_t block; /* whose folder it is */
    size_t gone;
} sweep;

static void sweep_all(sweep *state, platform_visit visit)
{
    do {
        state->gone = 0;
        (void)platform_folder_list(state->folder, visit, state);
    } while (state->gone > 0);
}

/* Whatever it is, but for a folder with something in it. */
static int remove_any(platform_folder folder, const char *name)
{
    int failure = platform_folder_remove_file(folder, name);
    return failure == 0 ? 0 : platform_folder_remove_folder(folder, name);
}

/* Under a name like its own. */
static int move_beside(platform_folder to, const sweep *state, const char *name)
{
    char other_name[256];
    snprintf(other_name, sizeof other_name, "%.200s-%016" PRIx64, name, platform_random());
    return platform_folder_move(state->folder, name, to, other_name);
}

static int move_to(platform_folder heir, const sweep *state, const char *name)
{
    platform_file file;
    uint64_t size;
    int found = platform_folder_open_read(heir, name, &file, &size);
    platform_close(&file);
    return platform_error_is_missing(found) ? platform_folder_move(state->folder, name, heir, name)
                                            : move_beside(heir, state, name);
}

/* The block folder of that number, made if there is none; but not where it would hide the block
 * that the first generation of writers named otherwise. */
static int open_heir(const sweep *state, platform_folder *heir)
{
    char name[BLOCK_NAME_SIZE], old_name[BLOCK_NAME_SIZE];
    bool is_old;
    block_name(BLOCK_PREFIX, state->block, name);
    block_name(OLD_BLOCK_PREFIX, state->block, old_name);
    if (find_folder(state->root, old_name, &is_old) == 0 && !is_old)
        (void)platform_make_subfolder(state->root, name);
    return platform_open_subfolder(state->root, name, heir);
}

/* Moves a thing that is not ours to the block folder of its number or, where that cannot be, up
 * into root. What stayed would keep the working folder from going. */
static int rescue(const sweep *state, const char *name)
{
    platform_folder heir;
    if (open_heir(state, &heir) != 0)
        return move_beside(state->root, state, name);
    int failure = move_to(heir, state, name);
    platform_close_folder(&heir);
    return failure;
}

/* What has the name of a symbol goes as a symbol does, be it a link or a pipe. */
static int sweep_block_entry(void *context, const char *name, bool regular)
{
    sweep *state = context;
    bool goes = is_symbol_name(name) || strcmp(name, EXCHANGE_MARK) == 0;
    int failure = goes ? remove_any(state->folder, name) : -1;
    if (failure != 0 && !(goes && regular))
        failure = rescue(state, name);
    state->gone += failure == 0;
    return 0;
}

static int remove_block(platform_folder parent, const char *name, platform_folder root,
                        uint64_t block)
{
    sweep state = {.root = root, .block = block};
    int failure = platform_open_subfolder(parent, name, &state.folder);
    if (failure != 0)
        return failure;
    sweep_all(&state, sweep_block_entry);
    platform_close_folder(&state.folder);
    return platform_folder_remove_folder(parent, name);
}

static bool is_ours(const char *name)
{
    return strcmp(name, LAYOUT_FILE_NAME) == 0 || strcmp(name, EXCHANGE_OLD_LAYOUT) == 0 ||
           strcmp(name, EXCHANGE_ELSEWHERE) == 0 || strcmp(name, EXCHANGE_MARK) == 0 ||
           strcmp(name, HOLD_NAME) == 0;
}

/* What is not ours goes up into root, but for what is in a block: never under its own name, which
 * might mean something there. */
static int sweep_working_entry(void *context, const char *name, bool regular)
{
    sweep *state = context;
    uint64_t block;
    bool is_block =
        block_number(BLOCK_PREFIX, name, &block) || block_number(EXCHANGE_OLD_PREFIX, name, &block);
    bool goes = is_symbol_name(name) || is_ours(name);
    int failure = -1;
    if (is_block)
        failure = remove_block(state->folder, name, state->root, block);
    else if (goes)
        failure = remove_any(state->folder, name);
    bool foreign = is_block ? platform_error_is_foreign(failure) : !(goes && regular);
    if (failure != 0 && foreign)
        failure = move_beside(state->root, state, name);
    state->gone += failure == 0;
    return 0;
}

/* ---- its end ---- */

/* Is the folder still what its name stands for? Whoever is empty could be replaced, by another run
 * that takes the name: with something in it, it stays what it is. */
static int hold_name(const working_folder *working, bool *named)
{
    platform_file hold;
    if (platform_folder_create(working->folder, HOLD_NAME, &hold) == 0)
        platform_close(&hold);
    return platform_folder_same(working->root, working->name, working->folder, ".", named);
}

static void choose_name(working_folder *working)
{
    snprintf(working->name, sizeof working->name, PARTIAL_PREFIX "%016" PRIx64, platform_random());
}

/* Makes way for the next run's exchange, whatever will become of what is in the folder. */
static int give_name_back(working_folder *working)
{
    bool named;
    int failure = hold_name(working, &named);
    if (failure != 0 || !named)
        return failure;
    choose_name(working);
    return platform_folder_move(working->root, COMMIT_NAME, working->root, working->name);
}

static int clear_away(working_folder *working)
{
    sweep state = {.folder = working->folder, .root = working->root};
    int failure = strcmp(working->name, COMMIT_NAME) == 0 ? give_name_back(working) : 0;
    if (failure != 0)
        return failure;
    sweep_all(&state, sweep_working_entry);
    (void)platform_folder_remove_folder(working->root, working->name);
    return 0;
}

void working_folder_leave(working_folder *working)
{
    block_numbers_free(&working->blocks);
    if (working->name[0] != '\0')
        platform_close_folder(&working->folder);
    working->name[0] = '\0';
}

void working_folder_remove(working_folder *working)
{
    if (working->name[0] != '\0')
        (void)clear_away(working);
    working_folder_leave(working);
}

/* ---- what killed runs left ---- */

/* Opens the working folder of another run. */
static int open_other(working_folder *other, platform_folder root, const char *name,
                      const rq_allocator *allocator)
{
    *other = (working_folder){.root = root};
    other->blocks.allocator = allocator;
    int failure = platform_open_subfolder(root, name, &other->folder);
    if (failure == 0)
        snprintf(other->name, sizeof other->name, "%s", name);
    return failure;
}

/* other is locked, so its run has ended; but between its opening and its locking it may have gone,
 * or its name may have become a third run's, whose exchange goes on. */
static int clear_other(working_folder *other)
{
    bool named;
    int failure = hold_name(other, &named);
    if (failure != 0 || !named)
        return failure;
    if (strcmp(other->name, COMMIT_NAME) == 0)
        failure = exchange_recover(other);
    return failure == 0 ? clear_away(other) : failure;
}

typedef struct clearing {
    platform_folder root;
    bool exchanges; /* undoes those as well */
    const rq_allocator *allocator;
} clearing;

static int clear_entry(void *context, const char *name, bool regular)
{
    const clearing *state = context;
    working_folder other;
    if (regular && strncmp(name, PLATFORM_SCRATCH_PREFIX, strlen(PLATFORM_SCRATCH_PREFIX)) == 0)
        (void)platform_folder_remove_file(state->root, name);
    bool exchanges = state->exchanges && strcmp(name, COMMIT_NAME) == 0;
    bool partial = strncmp(name, PARTIAL_PREFIX, strlen(PARTIAL_PREFIX)) == 0 && !regular;
    if (!(exchanges || partial) || strlen(name) >= sizeof other.name)
        return 0;
    int failure = open_other(&other, state->root, name, state->allocator);
    if (failure == 0 && platform_folder_lock(other.folder) == 0)
        failure = clear_other(&other);
    working_folder_leave(&other);
    return exchanges && !platform_error_is_missing(failure) ? failure : 0;
}

int working_folder_clear(platform_folder root, bool undo_exchanges, const rq_allocator *allocator)
{
    clearing state = {root, undo_exchanges, allocator};
    return platform_folder_list(root, clear_entry, &state);
}

/* ---- making ---- */

/* Another run may take the new folder for a dead one's until it is locked, and remove it. */
static int make_locked(working_folder *working)
{
    platform_folder again;
    int failure = platform_make_subfolder(working->root, working->name);
    if (failure != 0)
        return failure;
    failure = platform_open_subfolder(working->root, working->name, &working->folder);
    if (failure == 0)
        failure = platform_folder_lock(working->folder);
    if (failure == 0)
        failure = platform_open_subfolder(working->root, working->name, &again);
    if (failure == 0)
        platform_close_folder(&again);
    else
        platform_close_folder(&working->folder);
    if (failure != 0)
        (void)platform_folder_remove_folder(working->root, working->name);
    return failure;
}

int working_folder_begin(working_folder *working, platform_folder root,
                         const rq_allocator *allocator)
{
    int failure = 0;
    *working = (working_folder){.root = root, .folder = PLATFORM_FOLDER_CLOSED};
    working->blocks.allocator = allocator;
    for (int i = 0; i < NAMES; i++) {
        choose_name(working);
        failure = make_locked(working);
        if (failure == 0)
            return 0;
    }
    working->name[0] = '\0';
    return failure;
}

/* Does for a run that has the name and is dead what it would have done. */
static int clear_dead(const working_folder *working)
{
    working_folder other;
    int failure = open_other(&other, working->root, COMMIT_NAME, working->blocks.allocator);
    if (failure == 0)
        failure = platform_folder_lock(other.folder);
    if (failure == 0)
        failure = clear_other(&other);
    working_folder_leave(&other);
    return platform_error_is_missing(failure) || platform_error_is_busy(failure) ? 0 : failure;
}

int working_folder_claim(working_folder *working, bool *claimed)
{
    int failure = platform_folder_move(working->root, working->name, working->root, COMMIT_NAME);
    *claimed = failure == 0;
    if (*claimed)
        snprintf(working->name, sizeof working->name, COMMIT_NAME);
    if (!platform_error_is_existing(failure))
        return failure;
    failure = clear_dead(working);
    platform_pause();
    return failure;
}
