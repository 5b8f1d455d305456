#include <string.h>

#include "error/error.h"
#include "layout/layout.h"
#include "platform/file.h"
#include "platform/system.h"
#include "store/block_folders.h"
#include "store/block_name.h"
#include "store/directory_error.h"
#include "store/exchange.h"
#include "store/layout_file.h"
#include "store/mending.h"
#include "store/store.h"
#include "store/working_folder.h"

enum { WAIT_MINUTES = 10 }; /* for another run's commit */

typedef struct directory_store {
    store calls; /* first: a store is a directory_store */
    const rq_allocator *allocator;
    char *path;
    char *layout_path; /* NULL: LAYOUT_FILE_NAME in the folder */
    platform_folder root;
    block_folders folders; /* of root for reading, of working for writing */
    bool has_folders;

    /* writing, mending */
    platform_made_folders made; /* to be taken back while there is no encoding in it */
    working_folder working;
    bool claimed;
    uint64_t waits_since;         /* for another run's commit: clock; 0: it does not */
    platform_file layout;         /* in working; where there is a layout_path it stays empty */
    layout_file layout_elsewhere; /* at layout_path */
} directory_store;

static directory_store *of(store *self)
{
    return (directory_store *)self;
}

/* ---- errors ---- */

static int no_memory(rq_error *error)
{
    return error_set(error, RQ_ERROR_MEMORY, "No memory for a folder of symbols. Raise the limit");
}

/* failure: the system's, or -1 where there is no memory. */
static int folder_error(const directory_store *directory, const char *what, int failure,
                        rq_error *error)
{
    char why[128];
    if (failure < 0)
        return no_memory(error);
    return error_set(error, RQ_ERROR_IO, "Cannot %s in symbols directory \"%s\": %s. %s", what,
                     directory->path, platform_error_text(failure, why, sizeof why),
                     store_directory_remedy(failure));
}

static int block_error(const directory_store *directory, const char *what, uint64_t block,
                       int failure, rq_error *error)
{
    char why[128], name[BLOCK_NAME_SIZE];
    if (failure < 0)
        return no_memory(error);
    block_name(BLOCK_PREFIX, block, name);
    return error_set(error, RQ_ERROR_IO, "Cannot %s \"%s/%s\": %s. %s", what, directory->path, name,
                     platform_error_text(failure, why, sizeof why),
                     store_directory_remedy(failure));
}

/* ---- reading ---- */

/* A store for writing has no folders before begin. */
static int take_folder(directory_store *directory, uint64_t block, platform_folder *folder)
{
    return directory->has_folders ? block_folders_take(&directory->folders, block, folder) : -1;
}

static int directory_open_block(store *self, uint64_t block, rq_error *error)
{
    directory_store *directory = of(self);
    platform_folder folder;
    int failure = take_folder(directory, block, &folder);
    if (failure != 0)
        return block_error(directory, "open", block, failure, error);
    block_folders_put_back(&directory->folders, block);
    return RQ_OK;
}

static store_found read_symbol(platform_folder folder, const digest *name, uint64_t offset,
                               void *buffer, size_t size, bool whole)
{
    char text[DIGEST_NAME_SIZE];
    size_t got;
    bool ends;
    digest_name(name, text);
    int failure = platform_folder_read(folder, text, offset, buffer, size, &got, &ends);
    if (platform_error_is_missing(failure))
        return STORE_MISSING;
    if (platform_error_is_shortage(failure))
        return STORE_UNKNOWN;
    return failure == 0 && got == size && (ends || !whole) ? STORE_GOOD : STORE_DAMAGED;
}

static store_found get(store *self, uint64_t block, const digest *name, uint64_t offset,
                       void *buffer, size_t size, bool whole)
{
    directory_store *directory = of(self);
    platform_folder folder;
    int failure = take_folder(directory, block, &folder);
    if (failure != 0)
        return directory->has_folders && (failure < 0 || platform_error_is_shortage(failure))
                   ? STORE_UNKNOWN
                   : STORE_DAMAGED;
    store_found found = read_symbol(folder, name, offset, buffer, size, whole);
    block_folders_put_back(&directory->folders, block);
    return found;
}

static store_found directory_get(store *self, uint64_t block, const digest *name, void *buffer,
                                 size_t size)
{
    return get(self, block, name, 0, buffer, size, true);
}

static store_found directory_get_range(store *self, uint64_t block, const digest *name,
                                       uint64_t offset, void *buffer, size_t size)
{
    return get(self, block, name, offset, buffer, size, false);
}

static bool directory_has(store *self, uint64_t block, const digest *name, size_t size)
{
    directory_store *directory = of(self);
    char text[DIGEST_NAME_SIZE];
    platform_folder folder;
    if (take_folder(directory, block, &folder) != 0)
        return false;
    digest_name(name, text);
    bool there = platform_folder_has(folder, text, size);
    block_folders_put_back(&directory->folders, block);
    return there;
}

typedef struct listing {
    store_visit visit;
    void *context;
    int stopped; /* what visit returned */
} listing;

static int list_entry(void *context, const char *name, bool regular)
{
    listing *state = context;
    digest symbol;
    if (regular && digest_from_name(name, strlen(name), &symbol))
        state->stopped = state->visit(state->context, &symbol);
    return state->stopped;
}

static int directory_list(store *self, uint64_t block, store_visit visit, void *context,
                          rq_error *error)
{
    directory_store *directory = of(self);
    listing state = {visit, context, 0};
    platform_folder folder;
    int failure = take_folder(directory, block, &folder);
    if (failure == 0) {
        failure = platform_folder_list(folder, list_entry, &state);
        block_folders_put_back(&directory->folders, block);
    }
    if (state.stopped != 0)
        return state.stopped;
    return failure == 0 ? RQ_OK : block_error(directory, "list", block, failure, error);
}

/* ---- writing ---- */

/* What is no file but has the layout's name would be lost at commit: better told now. */
static int check_layout(const directory_store *directory, rq_error *error)
{
    platform_file file;
    uint64_t size;
    int failure = platform_folder_open_read(directory->root, LAYOUT_FILE_NAME, &file, &size);
    platform_close(&file);
    if (!platform_error_is_foreign(failure))
        return RQ_OK;
    return error_set(error, RQ_ERROR_IO, "Cannot replace \"%s/%s\": it is no regular file",
                     directory->path, LAYOUT_FILE_NAME);
}

/* A layout_path that leads to where the layout is without one is as none. */
static void forget_path_to_here(directory_store *directory)
{
    char *path = directory->layout_path;
    if (!path || !platform_folder_has_path(directory->root, LAYOUT_FILE_NAME, path))
        return;
    memory_release(directory->allocator, path, strlen(path) + 1, 1);
    directory->layout_path = NULL;
}

static int begin_layout(directory_store *directory, rq_error *error)
{
    forget_path_to_here(directory);
    const char *name = directory->layout_path ? EXCHANGE_ELSEWHERE : LAYOUT_FILE_NAME;
    int status = check_layout(directory, error);
    if (status != RQ_OK)
        return status;
    int failure = platform_folder_create(directory->working.folder, name, &directory->layout);
    if (failure != 0)
        return folder_error(directory, "create the layout", failure, error);
    if (directory->layout_path)
        return layout_file_begin(&directory->layout_elsewhere, directory->layout_path, error);
    return RQ_OK;
}

/* Of a run that was killed it may hold what is nowhere else. */
static int exchange_error(const directory_store *directory, int failure, rq_error *error)
{
    char why[128];
    platform_folder folder;
    if (failure < 0)
        return no_memory(error);
    int found = platform_open_subfolder(directory->root, WORKING_FOLDER_COMMIT, &folder);
    platform_close_folder(&folder);
    if (platform_error_is_foreign(found))
        return error_set(error, RQ_ERROR_IO,
                         "\"%s/%s\" is no folder, but rq needs the name: remove it",
                         directory->path, WORKING_FOLDER_COMMIT);
    return error_set(error, RQ_ERROR_IO,
                     "Cannot exchange encodings by way of \"%s/%s\": %s. Keep that folder. Check "
                     "permissions, free space, and what is in the place of the layout and blocks",
                     directory->path, WORKING_FOLDER_COMMIT,
                     platform_error_text(failure, why, sizeof why));
}

static int begin_working(directory_store *directory, bool undo_exchanges, rq_error *error)
{
    int failure = working_folder_clear(directory->root, undo_exchanges, directory->allocator);
    if (failure != 0)
        return undo_exchanges
                   ? exchange_error(directory, failure, error)
                   : folder_error(directory, "clear away what earlier runs left", failure, error);
    failure = working_folder_begin(&directory->working, directory->root, directory->allocator);
    return failure == 0 ? RQ_OK : folder_error(directory, "make a folder", failure, error);
}

static int directory_begin(store *self, rq_error *error)
{
    directory_store *directory = of(self);
    if (directory->root.descriptor >= 0)
        return error_set(error, RQ_ERROR_PARAMETER,
                         "This store is for reading, or has begun already");
    int failure = platform_make_folders(directory->path, &directory->made);
    if (failure == 0)
        failure = platform_open_folder(directory->path, &directory->root);
    if (failure != 0)
        return folder_error(directory, "make a folder", failure, error);
    int status = begin_working(directory, true, error);
    if (status != RQ_OK)
        return status;
    failure = block_folders_init(&directory->folders, directory->working.folder, false,
                                 directory->allocator);
    if (failure != 0)
        return folder_error(directory, "begin", failure, error);
    directory->has_folders = true;
    return begin_layout(directory, error);
}

static int not_begun(const directory_store *directory, rq_error *error)
{
    if (directory->working.name[0] != '\0')
        return RQ_OK;
    return error_set(error, RQ_ERROR_PARAMETER, "This store has not begun to write");
}

/* What is no folder but has a block's name would be lost at commit: better told now. */
static int check_way(const directory_store *directory, const char *name)
{
    platform_folder there;
    int failure = platform_open_subfolder(directory->root, name, &there);
    platform_close_folder(&there);
    return failure;
}

static int directory_begin_block(store *self, uint64_t block, rq_error *error)
{
    directory_store *directory = of(self);
    char name[BLOCK_NAME_SIZE];
    platform_folder folder;
    if (not_begun(directory, error) != RQ_OK)
        return RQ_ERROR_PARAMETER;
    block_name(BLOCK_PREFIX, block, name);
    int failure = check_way(directory, name);
    if (failure != 0 && !platform_error_is_missing(failure))
        return block_error(directory, "replace", block, failure, error);
    failure = platform_make_subfolder(directory->working.folder, name);
    if (failure == 0)
        failure = block_folders_take(&directory->folders, block, &folder);
    if (failure != 0)
        return block_error(directory, "make", block, failure, error);
    block_folders_put_back(&directory->folders, block);
    return RQ_OK;
}

static int directory_put(store *self, uint64_t block, const digest *name, const void *data,
                         size_t size, rq_error *error)
{
    directory_store *directory = of(self);
    char text[DIGEST_NAME_SIZE];
    platform_folder folder;
    if (not_begun(directory, error) != RQ_OK)
        return RQ_ERROR_PARAMETER;
    int failure = block_folders_take(&directory->folders, block, &folder);
    if (failure == 0) {
        digest_name(name, text);
        failure = platform_folder_write_new(folder, text, data, size);
        block_folders_put_back(&directory->folders, block);
    }
    if (failure == 0 || platform_error_is_existing(failure)) /* the same name: the same bytes */
        return RQ_OK;
    return block_error(directory, "write a symbol to", block, failure, error);
}

static int directory_end_block(store *self, uint64_t block, rq_error *error)
{
    directory_store *directory = of(self);
    if (not_begun(directory, error) != RQ_OK)
        return RQ_ERROR_PARAMETER;
    block_folders_drop(&directory->folders, block);
    return RQ_OK;
}

static int directory_put_layout(store *self, const void *data, size_t size, size_t *written,
                                rq_error *error)
{
    directory_store *directory = of(self);
    if (not_begun(directory, error) != RQ_OK)
        return RQ_ERROR_PARAMETER;
    if (directory->layout_path)
        return layout_file_write(&directory->layout_elsewhere, data, size, written, error);
    *written = size;
    int failure = platform_write(directory->layout, data, size);
    return failure == 0 ? RQ_OK : folder_error(directory, "write the layout", failure, error);
}

/* ---- commit ---- */

/* The layout's appearance is what makes the new encoding the one that is there. */
static int publish_elsewhere(directory_store *directory, bool durable, rq_error *error)
{
    return layout_file_commit(&directory->layout_elsewhere, durable, error);
}

static int publish_here(directory_store *directory, bool durable, rq_error *error)
{
    platform_folder working = directory->working.folder, root = directory->root;
    int failure = platform_folder_move(working, LAYOUT_FILE_NAME, root, LAYOUT_FILE_NAME);
    if (failure != 0)
        return folder_error(directory, "publish the layout", failure, error);
    failure = durable ? platform_folder_sync_names(root) : 0;
    if (failure == 0)
        return RQ_OK;
    /* A second name, that there is one layout or the other at any moment. */
    if (platform_folder_link(root, LAYOUT_FILE_NAME, working, LAYOUT_FILE_NAME) != 0)
        (void)platform_folder_move(root, LAYOUT_FILE_NAME, working, LAYOUT_FILE_NAME);
    return folder_error(directory, "sync the names", failure, error);
}

static int publish(directory_store *directory, bool durable, rq_error *error)
{
    int failure = durable ? platform_folder_sync_names(directory->root) : 0;
    if (failure != 0)
        return folder_error(directory, "sync the names", failure, error);
    return directory->layout_path ? publish_elsewhere(directory, durable, error)
                                  : publish_here(directory, durable, error);
}

/* Puts the previous encoding back and says so, or where it is now. */
static void take_back(directory_store *directory, rq_error *error)
{
    rq_error cause = {.code = RQ_ERROR_IO};
    if (error)
        cause = *error;
    if (exchange_undo(&directory->working) == 0) {
        (void)error_set(error, cause.code, "%s. The directory is as it was", cause.message);
        return;
    }
    working_folder_leave(&directory->working);
    (void)error_set(error, cause.code,
                    "%s. The directory now holds parts of two encodings: encode into it again",
                    cause.message);
}

/* Everything up to the new layout's appearance. */
static int exchange(directory_store *directory, bool durable, rq_error *error)
{
    const char *what = "put the new symbols in place";
    int failure = exchange_gather(&directory->working);
    if (failure == 0 && durable) {
        what = "sync the symbols";
        failure = platform_folder_sync(directory->working.folder);
    }
    if (failure == 0) {
        what = "put the new symbols in place";
        failure = exchange_swap(&directory->working);
    }
    return failure == 0 ? publish(directory, durable, error)
                        : folder_error(directory, what, failure, error);
}

/* A layout that was here describes what is going. */
static int retire_layout(directory_store *directory)
{
    int failure = platform_folder_remove_file(directory->root, LAYOUT_FILE_NAME);
    if (failure == 0 || platform_error_is_missing(failure))
        failure = platform_folder_remove_file(directory->working.folder, EXCHANGE_ELSEWHERE);
    return platform_error_is_missing(failure) ? 0 : failure;
}

/* The encoding counts. What cannot be cleared away now, also in a second attempt, the next run
 * clears away. */
static void clear_old(directory_store *directory)
{
    int failure = -1;
    for (int i = 0; failure != 0 && i < 2; i++) {
        failure = directory->layout_path ? retire_layout(directory) : 0;
        if (failure == 0)
            failure = exchange_settle(&directory->working);
    }
    if (failure == 0)
        working_folder_remove(&directory->working);
    else
        working_folder_leave(&directory->working);
}

/* A run that is stopped, or a stranger, may hold the name's lock for ever. */
static int wait_longer(directory_store *directory, rq_error *error)
{
    const uint64_t now = platform_clock(), minute = UINT64_C(60000000000);
    if (directory->waits_since == 0)
        directory->waits_since = now;
    if (now - directory->waits_since < WAIT_MINUTES * minute)
        return RQ_OK;
    return error_set(error, RQ_ERROR_IO,
                     "Other runs have been exchanging encodings in \"%s/%s\" for %d minutes. End "
                     "them, and encode again",
                     directory->path, WORKING_FOLDER_COMMIT, WAIT_MINUTES);
}

static int directory_claim(store *self, bool *claimed, rq_error *error)
{
    directory_store *directory = of(self);
    *claimed = false;
    if (not_begun(directory, error) != RQ_OK)
        return RQ_ERROR_PARAMETER;
    int failure = platform_finish(&directory->layout);
    if (failure != 0)
        return folder_error(directory, "write the layout", failure, error);
    failure = working_folder_claim(&directory->working, claimed);
    directory->claimed = *claimed;
    if (failure != 0)
        return exchange_error(directory, failure, error);
    return *claimed ? RQ_OK : wait_longer(directory, error);
}

static int directory_commit(store *self, bool durable, rq_error *error)
{
    directory_store *directory = of(self);
    if (!directory->claimed)
        return error_set(error, RQ_ERROR_PARAMETER, "This store has not claimed the folder");
    directory->claimed = false;
    int code = exchange(directory, durable, error);
    if (code != RQ_OK) {
        take_back(directory, error);
        return code;
    }
    platform_keep_folders(&directory->made);
    clear_old(directory);
    return RQ_OK;
}

/* ---- mending ---- */

static int directory_begin_mending(store *self, rq_error *error)
{
    return begin_working(of(self), false, error);
}

static bool directory_is_blocked(store *self, uint64_t block, const digest *name)
{
    directory_store *directory = of(self);
    char text[DIGEST_NAME_SIZE];
    platform_folder folder;
    if (take_folder(directory, block, &folder) != 0)
        return false;
    digest_name(name, text);
    bool blocked = mending_blocked(folder, text);
    block_folders_put_back(&directory->folders, block);
    return blocked;
}

static int directory_put_back(store *self, uint64_t block, const digest *name, const void *data,
                              size_t size, rq_error *error)
{
    directory_store *directory = of(self);
    char text[DIGEST_NAME_SIZE];
    platform_folder folder;
    if (not_begun(directory, error) != RQ_OK)
        return RQ_ERROR_PARAMETER;
    int failure = take_folder(directory, block, &folder);
    if (failure == 0) {
        digest_name(name, text);
        failure = mending_put(&directory->working, folder, text, data, size);
        block_folders_put_back(&directory->folders, block);
    }
    return failure == 0 ? RQ_OK
                        : block_error(directory, "put a symbol back in", block, failure, error);
}

static int directory_end_mending(store *self, bool durable, rq_error *error)
{
    directory_store *directory = of(self);
    if (not_begun(directory, error) != RQ_OK)
        return RQ_ERROR_PARAMETER;
    working_folder_remove(&directory->working);
    int failure = durable ? platform_folder_sync(directory->root) : 0;
    return failure == 0 ? RQ_OK : folder_error(directory, "sync the symbols", failure, error);
}

/* ---- life ---- */

static void directory_close(store *self)
{
    if (!self)
        return;
    directory_store *directory = of(self);
    platform_close(&directory->layout);
    layout_file_abandon(&directory->layout_elsewhere);
    if (directory->has_folders)
        block_folders_free(&directory->folders);
    working_folder_remove(&directory->working);
    platform_close_folder(&directory->root);
    platform_remove_folders(&directory->made);
    if (directory->path)
        memory_release(directory->allocator, directory->path, strlen(directory->path) + 1, 1);
    if (directory->layout_path)
        memory_release(directory->allocator, directory->layout_path,
                       strlen(directory->layout_path) + 1, 1);
    memory_release(directory->allocator, directory, 1, sizeof *directory);
}

static const store directory_calls = {
    .open_block = directory_open_block,
    .get = directory_get,
    .get_range = directory_get_range,
    .has = directory_has,
    .list = directory_list,
    .begin = directory_begin,
    .begin_block = directory_begin_block,
    .put = directory_put,
    .end_block = directory_end_block,
    .put_layout = directory_put_layout,
    .claim = directory_claim,
    .commit = directory_commit,
    .begin_mending = directory_begin_mending,
    .is_blocked = directory_is_blocked,
    .put_back = directory_put_back,
    .end_mending = directory_end_mending,
    .close = directory_close,
};

static char *copy_text(const char *text, const rq_allocator *allocator)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_allocate(allocator, size, 1);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

static int open_for_reading(directory_store *directory, rq_error *error)
{
    int failure = platform_open_folder(directory->path, &directory->root);
    if (failure != 0)
        return store_directory_open_error(directory->path, failure, error);
    if (block_folders_init(&directory->folders, directory->root, true, directory->allocator) != 0)
        return no_memory(error);
    directory->has_folders = true;
    return RQ_OK;
}

int store_directory_open(const char *path, const char *layout_path, bool for_writing,
                         const rq_allocator *allocator, store **out, rq_error *error)
{
    *out = NULL;
    directory_store *directory = memory_allocate(allocator, 1, sizeof *directory);
    if (!directory)
        return no_memory(error);
    *directory = (directory_store){.calls = directory_calls,
                                   .allocator = allocator,
                                   .root = PLATFORM_FOLDER_CLOSED,
                                   .layout = PLATFORM_FILE_CLOSED};
    int code = RQ_OK;
    directory->path = copy_text(path, allocator);
    if (layout_path)
        directory->layout_path = copy_text(layout_path, allocator);
    if (!directory->path || (layout_path && !directory->layout_path))
        code = no_memory(error);
    else if (!for_writing)
        code = open_for_reading(directory, error);
    if (code != RQ_OK)
        directory_close(&directory->calls);
    else
        *out = &directory->calls;
    return code;
}
