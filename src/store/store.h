/* Where symbols live. object/ knows nothing of folders: it asks a store. directory.c is the store
 * of the drop-in ABI; object stores and clusters fit behind the same calls.
 *
 * All functions may be called by several threads at once except open, begin, commit, the begin
 * and end of mending, and close. They return RQ_OK or an RQ_ERROR_ code and fill error (may be
 * NULL) with words. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest/digest.h"
#include "memory/memory.h"

typedef struct store store;

/* What a look-up of one symbol found. */
typedef enum store_found {
    STORE_GOOD,    /* there, and of the size asked for: not yet checked against its name */
    STORE_MISSING, /* not there */
    STORE_DAMAGED, /* there but too short, too long, unreadable or no regular file */
    STORE_UNKNOWN, /* the system has no descriptor or no memory left to look */
} store_found;

typedef int (*store_visit)(void *context, const digest *name);

struct store {
    bool forgets; /* put does nothing: the symbols' names are all that is wanted */
    /* ---- reading ---- */
    /* Readies block for reading: its folder block_N or, where that is missing, chunk_N, as the
     * first generation of writers called it, or, where that is missing too, the store's root. */
    int (*open_block)(store *store, uint64_t block, rq_error *error);
    /* Reads the whole symbol of exactly size bytes. What cannot be read is damaged. */
    store_found (*get)(store *store, uint64_t block, const digest *name, void *buffer, size_t size);
    /* Reads size bytes at offset; STORE_GOOD only if all were there. */
    store_found (*get_range)(store *store, uint64_t block, const digest *name, uint64_t offset,
                             void *buffer, size_t size);
    /* True if get would find size bytes, as far as can be told without reading any. */
    bool (*has)(store *store, uint64_t block, const digest *name, size_t size);
    /* Calls visit for the name of every symbol in the block's folder, in no order; what has no
     * name of a symbol or is no regular file is passed over. */
    int (*list)(store *store, uint64_t block, store_visit visit, void *context, rq_error *error);

    /* ---- writing: begin, then per block begin_block, put, end_block; then claim, commit ---- */
    int (*begin)(store *store, rq_error *error);
    int (*begin_block)(store *store, uint64_t block, rq_error *error);
    /* A symbol of that name and these bytes. Putting the same name twice is no error. */
    int (*put)(store *store, uint64_t block, const digest *name, const void *data, size_t size,
               rq_error *error);
    int (*end_block)(store *store, uint64_t block, rq_error *error);
    /* The layout's next bytes, in order. *written tells how many of them were taken: fewer, or
     * none, where it goes to a FIFO whose reader does not read, so that the work can be ended. */
    int (*put_layout)(store *store, const void *data, size_t size, size_t *written,
                      rq_error *error);
    /* Takes the right to publish, which one run at a time has. *claimed is false, after a moment,
     * where another run has it: ask again, unless the work has been ended meanwhile. */
    int (*claim)(store *store, bool *claimed, rq_error *error);
    /* Publishes: symbols first, then the layout; what an earlier encoding left goes. */
    int (*commit)(store *store, bool durable, rq_error *error);

    /* ---- mending, of a store that is open for reading: begin, then put back, then end ---- */
    int (*begin_mending)(store *store, rq_error *error);
    /* True if something is in the symbol's place that put_back would not remove. */
    bool (*is_blocked)(store *store, uint64_t block, const digest *name);
    /* Puts a symbol of that name and these bytes where get looks for it, at once and whole. */
    int (*put_back)(store *store, uint64_t block, const digest *name, const void *data, size_t size,
                    rq_error *error);
    /* durable: what was put back is on the disk afterwards. */
    int (*end_mending)(store *store, bool durable, rq_error *error);

    /* Frees the store; what was begun and not committed is undone. */
    void (*close)(store *store);
};

/* The store in the folder at path. For reading the folder must exist (RQ_ERROR_PATH, "Symbols
 * directory does not exist: PATH"); for writing begin makes it. layout_path: where commit puts the
 * layout; NULL: LAYOUT_FILE_NAME in the folder. */
int store_directory_open(const char *path, const char *layout_path, bool for_writing,
                         const rq_allocator *allocator, store **out, rq_error *error);

/* A store that writes no symbol and keeps the layout: at layout_path, which appears at commit, or,
 * where that is NULL or "", in memory, to be had with store_null_layout until close. */
int store_null_open(const char *layout_path, const rq_allocator *allocator, store **out,
                    rq_error *error);
const char *store_null_layout(const store *store, size_t *length);

/* The numbers N of the folders block_N and chunk_N in the folder at path, ascending; at most
 * capacity are written (any of them, where there are more), *count gets how many there are. For
 * decoding without a layout. */
int store_directory_blocks(const char *path, uint64_t *numbers, size_t capacity, size_t *count,
                           rq_error *error);

#endif
