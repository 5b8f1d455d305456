/* src/store: symbols in folders, and one encoding in the place of another. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/digest.h"
#include "layout/layout.h"
#include "platform/thread.h"
#include "store/exchange.h"
#include "store/store.h"
#include "support/folder.h"

static char root[FOLDER_PATH_SIZE];    /* of the test */
static char symbols[FOLDER_PATH_SIZE]; /* the store's, in root; there is none at first */

static int set_up(void **state)
{
    (void)state;
    folder_make(root);
    snprintf(symbols, sizeof symbols, "%s", folder_join(root, "out"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(root);
    return 0;
}

/* Symbol i of an encoding: its bytes and their name. */
static size_t make_symbol(unsigned encoding, uint64_t block, unsigned i, char data[64],
                          digest *name)
{
    int size = snprintf(data, 64, "encoding %u block %u symbol %u", encoding, (unsigned)block, i);
    digest_of(data, (size_t)size, name);
    return (size_t)size;
}

static const char *symbol_path(uint64_t block, const digest *name)
{
    char text[DIGEST_NAME_SIZE], path[128];
    digest_name(name, text);
    snprintf(path, sizeof path, "block_%u/%s", (unsigned)block, text);
    return folder_join(symbols, path);
}

enum { SYMBOLS = 5 }; /* of a block */

/* Everything but commit. */
static store *write_encoding(const char *layout_path, unsigned encoding, unsigned blocks)
{
    store *out;
    char data[64];
    digest name;
    size_t written;
    assert_int_equal(store_directory_open(symbols, layout_path, true, NULL, &out, NULL), RQ_OK);
    assert_int_equal(out->begin(out, NULL), RQ_OK);
    for (unsigned block = 0; block < blocks; block++) {
        assert_int_equal(out->begin_block(out, block, NULL), RQ_OK);
        for (unsigned i = 0; i < SYMBOLS; i++) {
            size_t size = make_symbol(encoding, block, i, data, &name);
            assert_int_equal(out->put(out, block, &name, data, size, NULL), RQ_OK);
            assert_int_equal(out->put(out, block, &name, data, size, NULL), RQ_OK);
        }
        assert_int_equal(out->end_block(out, block, NULL), RQ_OK);
    }
    assert_int_equal(out->put_layout(out, "layout ", 7, &written, NULL), RQ_OK);
    int length = snprintf(data, sizeof data, "%u", encoding);
    assert_int_equal(out->put_layout(out, data, (size_t)length, &written, NULL), RQ_OK);
    return out;
}

static int claim_and_commit(store *out, bool durable, rq_error *error)
{
    bool claimed = false;
    int code = RQ_OK;
    while (code == RQ_OK && !claimed)
        code = out->claim(out, &claimed, error);
    return code == RQ_OK ? out->commit(out, durable, error) : code;
}

static void encode(const char *layout_path, unsigned encoding, unsigned blocks, bool durable)
{
    store *out = write_encoding(layout_path, encoding, blocks);
    rq_error error = {0};
    int code = claim_and_commit(out, durable, &error);
    if (code != RQ_OK)
        fail_msg("%s", error.message);
    out->close(out);
}

static int count_symbol(void *context, const digest *name)
{
    (void)name;
    ++*(int *)context;
    return 0;
}

/* The folder holds that encoding, whole, and nothing of another. */
static void assert_encoding(const char *layout_path, unsigned encoding, unsigned blocks)
{
    store *in;
    char data[64], buffer[64], text[64] = {0};
    digest name;
    snprintf(data, sizeof data, "layout %u", encoding);
    assert_true(folder_read(layout_path, text, sizeof text - 1) > 0);
    assert_string_equal(text, data);
    assert_int_equal(store_directory_open(symbols, NULL, false, NULL, &in, NULL), RQ_OK);
    for (unsigned block = 0; block < blocks; block++) {
        int listed = 0;
        assert_int_equal(in->open_block(in, block, NULL), RQ_OK);
        for (unsigned i = 0; i < SYMBOLS; i++) {
            size_t size = make_symbol(encoding, block, i, data, &name);
            assert_int_equal(in->get(in, block, &name, buffer, size), STORE_GOOD);
            assert_memory_equal(buffer, data, size);
        }
        assert_int_equal(in->list(in, block, count_symbol, &listed, NULL), RQ_OK);
        assert_int_equal(listed, SYMBOLS);
    }
    in->close(in);
}

static bool has_encoding(unsigned encoding, unsigned blocks)
{
    store *in;
    char data[64], buffer[64];
    digest name;
    bool all = true;
    assert_int_equal(store_directory_open(symbols, NULL, false, NULL, &in, NULL), RQ_OK);
    for (unsigned block = 0; block < blocks; block++) {
        for (unsigned i = 0; i < SYMBOLS; i++) {
            size_t size = make_symbol(encoding, block, i, data, &name);
            all = in->get(in, block, &name, buffer, size) == STORE_GOOD && all;
        }
    }
    in->close(in);
    return all;
}

static const char *inner_layout(void)
{
    return folder_join(symbols, LAYOUT_FILE_NAME);
}

static void writing_and_reading(void **state)
{
    (void)state;
    encode(NULL, 1, 40, false); /* more blocks than are kept open */
    assert_int_equal(folder_count(symbols), 41);
    assert_encoding(inner_layout(), 1, 40);
}

static void an_encoding_replaces_another(void **state)
{
    (void)state;
    encode(NULL, 1, 7, false);
    encode(NULL, 2, 3, true);
    assert_encoding(inner_layout(), 2, 3);
    assert_int_equal(folder_count(symbols), 4); /* blocks 3 to 6 are gone, nothing is left over */
    encode(NULL, 3, 5, false);
    assert_encoding(inner_layout(), 3, 5);
    assert_int_equal(folder_count(symbols), 6);
}

static void not_committed_is_undone(void **state)
{
    (void)state;
    encode(NULL, 1, 2, false);
    store *out = write_encoding(NULL, 2, 4);
    assert_encoding(inner_layout(), 1, 2);
    out->close(out);
    assert_encoding(inner_layout(), 1, 2);
    assert_int_equal(folder_count(symbols), 3);
}

static void a_layout_elsewhere(void **state)
{
    (void)state;
    const char *path = folder_join(root, "layout.json");
    encode(NULL, 1, 2, false);
    store *out = write_encoding(path, 2, 1);
    assert_false(folder_exists(path));
    out->close(out);
    assert_false(folder_exists(path));
    assert_encoding(inner_layout(), 1, 2);
    encode(path, 3, 1, true);
    assert_encoding(path, 3, 1);
    assert_false(folder_exists(inner_layout())); /* it described what is gone */
    assert_int_equal(folder_count(symbols), 1);

    rq_error error;
    assert_int_equal(
        store_directory_open(symbols, folder_join(root, "no/x"), true, NULL, &out, NULL), RQ_OK);
    assert_int_equal(out->begin(out, &error), RQ_ERROR_IO);
    assert_non_null(strstr(error.message, "no/x"));
    out->close(out);
    assert_int_equal(folder_count(symbols), 1);
}

/* Whatever way its path leads there. */
static void a_layout_elsewhere_that_is_here(void **state)
{
    (void)state;
    char direct[PATH_MAX], roundabout[PATH_MAX], link[PATH_MAX];
    snprintf(direct, sizeof direct, "%s", inner_layout());
    snprintf(roundabout, sizeof roundabout, "%s/./../%s/%s", symbols, strrchr(symbols, '/') + 1,
             LAYOUT_FILE_NAME);
    snprintf(link, sizeof link, "%s", folder_join(root, "link"));
    assert_int_equal(symlink(direct, link), 0);
    const char *const paths[] = {direct, roundabout, link};
    for (unsigned i = 0; i < 6; i++) {
        encode(paths[i % 3], i, 1 + i % 2, i % 2 == 0);
        assert_encoding(inner_layout(), i, 1 + i % 2);
        assert_int_equal(folder_count(symbols), 2 + i % 2);
    }
}

static void what_is_not_ours_stays(void **state)
{
    (void)state;
    encode(NULL, 1, 3, false);
    folder_write(folder_join(symbols, "notes.txt"), "n", 1);
    folder_write(folder_join(symbols, "block_0/mine"), "m", 1);
    folder_write(folder_join(symbols, "block_2/mine"), "m", 1);
    assert_int_equal(mkdir(folder_join(symbols, "block_2/folder"), 0777), 0);
    folder_write(folder_join(symbols, "block_2/folder/x"), "x", 1);
    assert_int_equal(symlink("/", folder_join(symbols, "block_1/link")), 0);
    encode(NULL, 2, 2, false);
    assert_encoding(inner_layout(), 2, 2);
    assert_true(folder_exists(folder_join(symbols, "notes.txt")));
    assert_true(folder_exists(folder_join(symbols, "block_0/mine")));
    assert_true(folder_exists(folder_join(symbols, "block_1/link")));
    assert_true(folder_exists(folder_join(symbols, "block_2/folder/x")));
    assert_int_equal(folder_count(folder_join(symbols, "block_2")), 2);
    assert_int_equal(folder_count(symbols), 5);
}

static void a_block_in_the_way(void **state)
{
    (void)state;
    store *out;
    rq_error error;
    assert_int_equal(mkdir(symbols, 0777), 0);
    assert_int_equal(symlink("/", folder_join(symbols, "block_0")), 0);
    assert_int_equal(store_directory_open(symbols, NULL, true, NULL, &out, NULL), RQ_OK);
    assert_int_equal(out->begin(out, NULL), RQ_OK);
    assert_int_equal(out->begin_block(out, 0, &error), RQ_ERROR_IO);
    assert_non_null(strstr(error.message, "block_0"));
    out->close(out);
    assert_int_equal(folder_count(symbols), 1);
}

/* Puts a thing of that kind in the place of a file. */
static void set_trap(const char *path, int kind)
{
    (void)remove(path);
    if (kind == 0)
        assert_int_equal(symlink(root, path), 0);
    else if (kind == 1)
        assert_int_equal(symlink("nowhere", path), 0);
    else if (kind == 2)
        assert_int_equal(mkfifo(path, 0666), 0);
    else
        assert_int_equal(mkdir(path, 0777), 0);
    if (kind == 4)
        folder_write(folder_join(path, "mine"), "m", 1);
}

enum { TRAPS = 5 };

/* An encoding takes the place of one with traps in it, and the next can take its place. */
static void a_trap_in_the_place_of_a_symbol(void **state)
{
    (void)state;
    char data[64], path[FOLDER_PATH_SIZE];
    digest name;
    for (int kind = 0; kind < TRAPS; kind++) {
        encode(NULL, 1, 1, false);
        make_symbol(1, 0, 2, data, &name);
        snprintf(path, sizeof path, "%s", symbol_path(0, &name));
        set_trap(path, kind);
        encode(NULL, 1, 1, false);
        encode(NULL, 2, 1, false);
        assert_encoding(inner_layout(), 2, 1);
        assert_int_equal(folder_count(symbols), 2);
        /* A folder with something in it is nobody's symbol: it stays, under a name like its own. */
        assert_int_equal(folder_count(folder_join(symbols, "block_0")), SYMBOLS + (kind == 4));
        folder_remove(symbols);
    }
}

static void a_trap_in_the_place_of_the_layout(void **state)
{
    (void)state;
    store *out;
    rq_error error;
    char path[FOLDER_PATH_SIZE];
    snprintf(path, sizeof path, "%s", inner_layout());
    for (int kind = 0; kind < TRAPS; kind++) {
        encode(NULL, 1, 1, false);
        set_trap(path, kind);
        assert_int_equal(store_directory_open(symbols, NULL, true, NULL, &out, NULL), RQ_OK);
        assert_int_equal(out->begin(out, &error), RQ_ERROR_IO);
        assert_non_null(strstr(error.message, LAYOUT_FILE_NAME));
        out->close(out);
        assert_int_equal(folder_count(symbols), 2);
        assert_true(has_encoding(1, 1));
        folder_remove(symbols);
    }
}

/* One that came when it was too late to refuse it goes, and keeps no later run out. A folder with
 * something in it goes up. */
static void a_trap_in_the_working_folder(void **state)
{
    (void)state;
    char path[FOLDER_PATH_SIZE];
    for (int kind = 0; kind < TRAPS; kind++) {
        encode(NULL, 1, 1, false);
        assert_int_equal(mkdir(folder_join(symbols, ".rq-commit"), 0777), 0);
        snprintf(path, sizeof path, "%s", folder_join(symbols, ".rq-commit/" EXCHANGE_OLD_LAYOUT));
        set_trap(path, kind);
        encode(NULL, 2, 1, false);
        assert_encoding(inner_layout(), 2, 1);
        assert_int_equal(folder_count(symbols), 2 + (kind == 4));
        folder_remove(symbols);
    }
}

/* What is no folder and came in a block's place while the encodings are exchanged: nothing has been
 * done yet, and nothing is. */
static void a_trap_in_the_place_of_an_old_block(void **state)
{
    (void)state;
    char block[FOLDER_PATH_SIZE], aside[FOLDER_PATH_SIZE];
    snprintf(block, sizeof block, "%s", folder_join(symbols, "block_1"));
    snprintf(aside, sizeof aside, "%s", folder_join(root, "aside"));
    for (int kind = 0; kind < 3; kind++) {
        rq_error error;
        encode(NULL, 1, 2, false);
        store *out = write_encoding(NULL, 2, 2);
        assert_int_equal(rename(block, aside), 0);
        set_trap(block, kind);
        assert_int_equal(claim_and_commit(out, false, &error), RQ_ERROR_IO);
        assert_non_null(strstr(error.message, "as it was"));
        out->close(out);
        assert_int_equal(remove(block), 0);
        assert_int_equal(rename(aside, block), 0);
        assert_encoding(inner_layout(), 1, 2);
        assert_int_equal(folder_count(symbols), 3);
        folder_remove(symbols);
    }
}

/* ---- what killed runs leave ---- */

static void litter_of_killed_runs_goes(void **state)
{
    (void)state;
    char data[64], text[DIGEST_NAME_SIZE], path[256];
    digest name;
    encode(NULL, 1, 1, false);
    make_symbol(9, 0, 0, data, &name);
    digest_name(&name, text);
    assert_int_equal(mkdir(folder_join(symbols, ".rq-partial-0123456789abcdef"), 0777), 0);
    assert_int_equal(mkdir(folder_join(symbols, ".rq-partial-0123456789abcdef/block_0"), 0777), 0);
    snprintf(path, sizeof path, ".rq-partial-0123456789abcdef/block_0/%s", text);
    folder_write(folder_join(symbols, path), "half", 4);
    folder_write(folder_join(symbols, ".rq-partial-0123456789abcdef/" LAYOUT_FILE_NAME), "{", 1);
    store *alive = write_encoding(NULL, 2, 1);
    assert_false(folder_exists(folder_join(symbols, ".rq-partial-0123456789abcdef")));
    encode(NULL, 3, 1, false); /* beside a live one */
    assert_int_equal(claim_and_commit(alive, false, NULL), RQ_OK);
    alive->close(alive);
    assert_encoding(inner_layout(), 2, 1);
    assert_int_equal(folder_count(symbols), 2);
}

static unsigned layout_there(const char *path)
{
    char text[16] = {0};
    return folder_read(path, text, sizeof text - 1) == 8 ? (unsigned)(text[7] - '0') : 0;
}

/* The steps of commit, of which the first `steps` are done when the run is killed. */
enum { CLAIM, GATHER, SWAP, PUBLISH, SETTLE, STEPS };

/* Puts encoding 2, of `blocks` blocks, in the place of encoding 1, of 3 - blocks. */
static void stop_exchange(int steps, unsigned blocks, bool elsewhere)
{
    working_folder working = {.folder = PLATFORM_FOLDER_CLOSED};
    encode(NULL, 2, blocks, false);
    assert_int_equal(rename(symbols, folder_join(root, "second")), 0);
    encode(NULL, 1, 3 - blocks, false);
    assert_int_equal(rename(folder_join(root, "second"), folder_join(symbols, ".rq-partial-0")), 0);
    strcpy(working.name, ".rq-partial-0");
    assert_int_equal(platform_open_folder(symbols, &working.root), 0);
    assert_int_equal(platform_open_subfolder(working.root, working.name, &working.folder), 0);
    if (elsewhere)
        assert_int_equal(platform_folder_move(working.folder, LAYOUT_FILE_NAME, working.folder,
                                              EXCHANGE_ELSEWHERE),
                         0);
    bool claimed = false;
    if (steps > CLAIM)
        assert_int_equal(working_folder_claim(&working, &claimed), 0);
    assert_int_equal(claimed, steps > CLAIM);
    if (steps > GATHER)
        assert_int_equal(exchange_gather(&working), 0);
    if (steps > SWAP)
        assert_int_equal(exchange_swap(&working), 0);
    if (steps > PUBLISH)
        assert_int_equal(platform_folder_move(working.folder,
                                              elsewhere ? EXCHANGE_ELSEWHERE : LAYOUT_FILE_NAME,
                                              working.root, LAYOUT_FILE_NAME),
                         0);
    if (steps > SETTLE)
        assert_int_equal(exchange_settle(&working), 0);
    working_folder_leave(&working);
    platform_close_folder(&working.root);
}

/* In the place of the old block, when the new one is in its own. It goes up. */
static void a_trap_in_the_place_of_a_swapped_block(void **state)
{
    (void)state;
    char block[FOLDER_PATH_SIZE];
    snprintf(block, sizeof block, "%s", folder_join(symbols, ".rq-commit/block_0"));
    for (int kind = 0; kind < 3; kind++) {
        stop_exchange(SETTLE, 2, false);
        folder_remove(block);
        set_trap(block, kind);
        encode(NULL, 3, 1, false);
        assert_encoding(inner_layout(), 3, 1);
        assert_int_equal(folder_count(symbols), 3);
        encode(NULL, 4, 1, false);
        assert_encoding(inner_layout(), 4, 1);
        assert_int_equal(folder_count(symbols), 3);
        folder_remove(symbols);
    }
}

static void next_run_fails(void)
{
    store *out;
    assert_int_equal(store_directory_open(symbols, NULL, true, NULL, &out, NULL), RQ_OK);
    assert_int_equal(out->begin(out, NULL), RQ_OK);
    out->close(out);
}

/* At every moment the layout that is there has its symbols; and the next run, though it fails,
 * leaves that encoding and nothing else. */
static void killed_within_the_exchange(void **state)
{
    (void)state;
    for (unsigned blocks = 1; blocks <= 2; blocks++) {
        for (int steps = 0; steps <= STEPS; steps++) {
            stop_exchange(steps, blocks, false);
            unsigned encoding = layout_there(inner_layout());
            unsigned count = encoding == 2 ? blocks : 3 - blocks;
            assert_int_equal(encoding, steps > PUBLISH ? 2 : 1);
            assert_true(has_encoding(encoding, count));
            next_run_fails();
            assert_encoding(inner_layout(), encoding, count);
            assert_int_equal(folder_count(symbols), count + 1);
            folder_remove(symbols);
        }
    }
}

/* Whether the layout elsewhere was put in place the next run cannot know: what either layout lists
 * stays until an encoding is complete. */
static void killed_with_a_layout_elsewhere(void **state)
{
    (void)state;
    for (int steps = 0; steps <= PUBLISH; steps++) {
        stop_exchange(steps, 1, true);
        for (int run = 0; run < 2; run++) {
            assert_int_equal(layout_there(inner_layout()), 1);
            assert_true(has_encoding(1, 2));
            assert_int_equal(has_encoding(2, 1), steps == PUBLISH);
            next_run_fails();
        }
        assert_int_equal(folder_count(symbols), 3);
        encode(NULL, 3, 1, false);
        assert_encoding(inner_layout(), 3, 1);
        assert_int_equal(folder_count(symbols), 2);
        folder_remove(symbols);
    }
}

/* Where two folders cannot be exchanged in one step, a run may be killed between the steps. */
static void killed_within_a_swap_in_steps(void **state)
{
    (void)state;
    static const char *const moves[][2] = {
        {"block_0", ".rq-commit/old_0"},
        {".rq-commit/block_0", "block_0"},
        {".rq-commit/old_0", ".rq-commit/block_0"},
    };
    for (int steps = 0; steps <= 3; steps++) {
        stop_exchange(SWAP, 1, false);
        for (int i = 0; i < steps; i++) {
            char from[FOLDER_PATH_SIZE];
            snprintf(from, sizeof from, "%s", folder_join(symbols, moves[i][0]));
            assert_int_equal(rename(from, folder_join(symbols, moves[i][1])), 0);
        }
        assert_true(steps == 1 || has_encoding(1, 2));
        next_run_fails();
        assert_encoding(inner_layout(), 1, 2);
        assert_int_equal(folder_count(symbols), 3);
        folder_remove(symbols);
    }
}

/* A folder that a run made goes with it if the run fails, and only then. */
static void a_folder_made_in_vain(void **state)
{
    (void)state;
    char outer[FOLDER_PATH_SIZE];
    memcpy(outer, symbols, sizeof outer);
    snprintf(symbols, sizeof symbols, "%s", folder_join(root, "out/deep/er"));
    store *out = write_encoding(NULL, 1, 2);
    out->close(out);
    assert_false(folder_exists(outer));
    assert_int_equal(mkdir(outer, 0777), 0);
    out = write_encoding(NULL, 1, 2);
    out->close(out);
    assert_true(folder_exists(outer));
    assert_int_equal(folder_count(outer), 0);
    out = write_encoding(NULL, 1, 2);
    folder_write(folder_join(symbols, "notes"), "n", 1);
    out->close(out);
    assert_true(folder_exists(folder_join(symbols, "notes")));
    encode(NULL, 2, 2, true);
    assert_encoding(inner_layout(), 2, 2);
}

typedef struct race {
    unsigned encoding, times;
} race;

static void encode_often(void *context)
{
    const race *mine = context;
    for (unsigned i = 0; i < mine->times; i++)
        encode(NULL, mine->encoding, mine->encoding, false);
}

/* Whoever is last, the folder holds one encoding and not a mixture. */
static void race_from_nothing(unsigned times)
{
    race first = {2, times}, second = {5, times};
    platform_thread thread;
    assert_int_equal(mkdir(symbols, 0777), 0);
    assert_int_equal(platform_thread_start(&thread, encode_often, &first), 0);
    encode_often(&second);
    platform_thread_join(thread);
    char text[16] = {0};
    assert_int_equal(folder_read(inner_layout(), text, sizeof text), 8);
    unsigned last = (unsigned)(text[7] - '0');
    assert_encoding(inner_layout(), last, last);
    assert_int_equal(folder_count(symbols), (int)last + 1);
}

static void two_runs_into_one_folder(void **state)
{
    (void)state;
    race_from_nothing(20);
}

/* The first encoding there leaves no old one in its working folder. */
static void two_runs_into_a_new_folder(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        race_from_nothing(1);
        folder_remove(symbols);
    }
}

static void commit_store(void *context)
{
    store *out = context;
    (void)claim_and_commit(out, false, NULL);
}

/* The working folder of the one run there is. */
static const char *only_partial(void)
{
    const char *found = NULL;
    DIR *stream = opendir(symbols);
    assert_non_null(stream);
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strncmp(entry->d_name, ".rq-partial-", 12) == 0)
            found = folder_join(symbols, entry->d_name);
    }
    (void)closedir(stream);
    assert_non_null(found);
    return found;
}

/* A run that waits for the end of an exchange finds that the next has begun: a third run's. What it
 * waited for is no more, and what is there now has the same name but is not to be touched. */
static void an_exchange_after_the_one_waited_for(void **state)
{
    (void)state;
    platform_thread thread;
    platform_folder top, first, third;
    char commit[FOLDER_PATH_SIZE], mark[FOLDER_PATH_SIZE];
    snprintf(commit, sizeof commit, "%s", folder_join(symbols, ".rq-commit"));
    snprintf(mark, sizeof mark, "%s", folder_join(symbols, "block_0/" EXCHANGE_MARK));
    encode(NULL, 1, 1, false);
    assert_int_equal(platform_open_folder(symbols, &top), 0);
    assert_int_equal(mkdir(commit, 0777), 0);
    folder_write(folder_join(commit, "of the first"), "x", 1);
    assert_int_equal(platform_open_subfolder(top, ".rq-commit", &first), 0);
    assert_int_equal(platform_folder_lock(first), 0);
    store *second = write_encoding(NULL, 2, 1);
    assert_int_equal(platform_thread_start(&thread, commit_store, second), 0);
    usleep(100000); /* it waits */

    /* The first run ends; a third one has swapped its blocks. */
    assert_int_equal(rename(commit, folder_join(root, "gone")), 0);
    folder_remove(folder_join(root, "gone"));
    assert_int_equal(mkdir(commit, 0777), 0);
    folder_write(folder_join(commit, LAYOUT_FILE_NAME), "{", 1);
    folder_write(mark, "", 0);
    assert_int_equal(platform_open_subfolder(top, ".rq-commit", &third), 0);
    assert_int_equal(platform_folder_lock(third), 0);
    platform_close_folder(&first);
    usleep(100000);
    assert_true(folder_exists(mark));

    /* It ends, too. */
    assert_int_equal(unlink(mark), 0);
    platform_close_folder(&third);
    platform_thread_join(thread);
    second->close(second);
    platform_close_folder(&top);
    assert_encoding(inner_layout(), 2, 1);
    assert_int_equal(folder_count(symbols), 2);
}

/* Whoever may read the folder can hold the lock: nobody waits for it who could not be told to end.
 */
static void a_name_that_is_held(void **state)
{
    (void)state;
    platform_folder top, held;
    bool claimed = true;
    store *out = write_encoding(NULL, 1, 1);
    assert_int_equal(mkdir(folder_join(symbols, ".rq-commit"), 0777), 0);
    folder_write(folder_join(symbols, ".rq-commit/" EXCHANGE_MARK), "", 0);
    assert_int_equal(platform_open_folder(symbols, &top), 0);
    assert_int_equal(platform_open_subfolder(top, ".rq-commit", &held), 0);
    assert_int_equal(platform_folder_lock(held), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(out->claim(out, &claimed, NULL), RQ_OK);
        assert_false(claimed);
    }
    assert_int_equal(out->commit(out, false, NULL), RQ_ERROR_PARAMETER);
    platform_close_folder(&held);
    platform_close_folder(&top);
    assert_int_equal(claim_and_commit(out, false, NULL), RQ_OK);
    out->close(out);
    assert_encoding(inner_layout(), 1, 1);
    assert_int_equal(folder_count(symbols), 2);
}

/* A name of ours that something else has is told of before any work is done. */
static void a_name_that_is_taken(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        store *out;
        rq_error error;
        encode(NULL, 1, 1, false);
        set_trap(folder_join(symbols, ".rq-commit"), kind);
        assert_int_equal(store_directory_open(symbols, NULL, true, NULL, &out, NULL), RQ_OK);
        assert_int_equal(out->begin(out, &error), RQ_ERROR_IO);
        assert_non_null(strstr(error.message, ".rq-commit"));
        assert_non_null(strstr(error.message, "is no folder"));
        out->close(out);
        assert_true(has_encoding(1, 1));
        folder_remove(symbols);
    }
}

/* A mark that some run left in an old block makes it no new one. */
static void a_mark_that_is_of_no_run(void **state)
{
    (void)state;
    encode(NULL, 1, 2, false);
    store *out = write_encoding(NULL, 2, 2);
    folder_write(folder_join(symbols, "block_0/" EXCHANGE_MARK), "", 0);
    folder_write(folder_join(only_partial(), "block_1/" EXCHANGE_MARK), "", 0);
    rq_error error;
    assert_int_equal(claim_and_commit(out, false, &error), RQ_ERROR_IO); /* it has a mark already */
    assert_non_null(strstr(error.message, "as it was"));
    out->close(out);
    assert_encoding(inner_layout(), 1, 2);
    assert_int_equal(folder_count(symbols), 3);
}

/* Nor in what a run leaves that is killed before it has forgotten such marks. */
static void a_mark_and_a_kill_after_the_claim(void **state)
{
    (void)state;
    stop_exchange(GATHER, 2, false);
    folder_write(folder_join(symbols, "block_0/" EXCHANGE_MARK), "", 0);
    next_run_fails();
    assert_encoding(inner_layout(), 1, 1);
    assert_int_equal(folder_count(symbols), 2);
}

/* Somebody takes a new block away, and puts nothing or something else there, before the run that
 * was killed is undone: the old block, which lies in the working folder, is not lost. */
static void a_new_block_that_is_taken_away(void **state)
{
    (void)state;
    char block[FOLDER_PATH_SIZE];
    snprintf(block, sizeof block, "%s", folder_join(symbols, "block_0"));
    for (int kind = 0; kind < 4; kind++) {
        store *out;
        stop_exchange(PUBLISH, 1, false);
        folder_remove(block);
        if (kind < 3) {
            set_trap(block, kind);
            assert_int_equal(store_directory_open(symbols, NULL, true, NULL, &out, NULL), RQ_OK);
            assert_int_equal(out->begin(out, NULL), RQ_ERROR_IO);
            out->close(out);
            assert_int_equal(remove(block), 0);
        }
        next_run_fails();
        assert_encoding(inner_layout(), 1, 2);
        assert_int_equal(folder_count(symbols), 3);
        folder_remove(symbols);
    }
}

/* A thing with the name of what would be the old layout is not it. */
static void a_false_old_layout(void **state)
{
    (void)state;
    char path[FOLDER_PATH_SIZE];
    for (int kind = 0; kind <= TRAPS; kind++) {
        rq_error error;
        encode(NULL, 1, 2, false);
        store *out = write_encoding(NULL, 2, 2);
        snprintf(path, sizeof path, "%s", folder_join(only_partial(), EXCHANGE_OLD_LAYOUT));
        if (kind == TRAPS)
            folder_write(path, "layout 9", 8);
        else
            set_trap(path, kind);
        assert_int_equal(claim_and_commit(out, false, &error), RQ_ERROR_IO);
        assert_non_null(strstr(error.message, "as it was"));
        out->close(out);
        assert_encoding(inner_layout(), 1, 2);
        encode(NULL, 3, 1, false);
        assert_encoding(inner_layout(), 3, 1);
        folder_remove(symbols);
    }
}

/* ---- reading what others wrote ---- */

static void damaged_and_foreign_symbols(void **state)
{
    (void)state;
    char data[64], buffer[64];
    digest name[SYMBOLS];
    size_t size = 0;
    store *in;
    encode(NULL, 1, 1, false);
    for (unsigned i = 0; i < SYMBOLS; i++)
        size = make_symbol(1, 0, i, data, &name[i]);
    assert_int_equal(truncate(symbol_path(0, &name[0]), 3), 0);
    assert_int_equal(unlink(symbol_path(0, &name[1])), 0);
    assert_int_equal(mkfifo(symbol_path(0, &name[1]), 0666), 0);
    assert_int_equal(unlink(symbol_path(0, &name[2])), 0);
    assert_int_equal(symlink(symbol_path(0, &name[4]), symbol_path(0, &name[2])), 0);
    assert_int_equal(unlink(symbol_path(0, &name[3])), 0);

    assert_int_equal(store_directory_open(symbols, NULL, false, NULL, &in, NULL), RQ_OK);
    assert_int_equal(in->get(in, 0, &name[0], buffer, size), STORE_DAMAGED);
    assert_int_equal(in->get(in, 0, &name[1], buffer, size), STORE_DAMAGED);
    assert_int_equal(in->get(in, 0, &name[2], buffer, size), STORE_DAMAGED);
    assert_int_equal(in->get(in, 0, &name[3], buffer, size), STORE_MISSING);
    assert_int_equal(in->get(in, 0, &name[4], buffer, size), STORE_GOOD);
    assert_int_equal(in->get(in, 0, &name[4], buffer, size - 1), STORE_DAMAGED); /* too long */
    memset(buffer, 0, sizeof buffer);
    assert_int_equal(in->get_range(in, 0, &name[4], 2, buffer, 5), STORE_GOOD);
    assert_memory_equal(buffer, data + 2, 5);
    assert_int_equal(in->get_range(in, 0, &name[4], size - 4, buffer, 5), STORE_DAMAGED);
    assert_int_equal(in->get_range(in, 0, &name[4], UINT64_MAX, buffer, 5), STORE_DAMAGED);
    assert_true(in->has(in, 0, &name[4], size));
    assert_false(in->has(in, 0, &name[4], size - 1));
    assert_false(in->has(in, 0, &name[2], size)); /* a link */
    assert_false(in->has(in, 0, &name[3], size));
    int listed = 0;
    assert_int_equal(in->list(in, 0, count_symbol, &listed, NULL), RQ_OK);
    assert_int_equal(listed, 2); /* the truncated one, and the whole one */
    assert_int_equal(in->begin(in, NULL), RQ_ERROR_PARAMETER);
    in->close(in);
}

static void the_root_instead_of_a_block(void **state)
{
    (void)state;
    char data[64], buffer[64], text[DIGEST_NAME_SIZE];
    digest name;
    store *in;
    assert_int_equal(mkdir(symbols, 0777), 0);
    assert_int_equal(mkdir(folder_join(symbols, "chunk_1"), 0777), 0);
    size_t size = make_symbol(1, 0, 0, data, &name);
    digest_name(&name, text);
    folder_write(folder_join(symbols, text), data, size);
    assert_int_equal(store_directory_open(symbols, NULL, false, NULL, &in, NULL), RQ_OK);
    assert_int_equal(in->open_block(in, 0, NULL), RQ_OK);
    assert_int_equal(in->get(in, 0, &name, buffer, size), STORE_GOOD);
    assert_int_equal(in->get(in, 1, &name, buffer, size), STORE_MISSING);
    assert_int_equal(in->get(in, UINT64_MAX, &name, buffer, size), STORE_GOOD);
    in->close(in);
}

static void a_missing_folder(void **state)
{
    (void)state;
    store *in;
    rq_error error;
    char expected[FOLDER_PATH_SIZE + 64];
    size_t count;
    snprintf(expected, sizeof expected, "Symbols directory does not exist: %s", symbols);
    assert_int_equal(store_directory_open(symbols, NULL, false, NULL, &in, &error), RQ_ERROR_PATH);
    assert_null(in);
    assert_string_equal(error.message, expected);
    assert_int_equal(store_directory_blocks(symbols, NULL, 0, &count, &error), RQ_ERROR_PATH);
    assert_string_equal(error.message, expected);
}

static void block_folders_are_found(void **state)
{
    (void)state;
    static const char *const names[] = {
        "block_10", "chunk_2", "block_9",  "chunk_9",  "block_18446744073709551615",
        "block_03", "block_",  "block_1x", "chunk_-1", "block_18446744073709551616",
        "Block_1",  "block_0", "block_+7", "xblock_8", "block_00"};
    uint64_t numbers[8];
    size_t count;
    assert_int_equal(mkdir(symbols, 0777), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(mkdir(folder_join(symbols, names[i]), 0777), 0);
    folder_write(folder_join(symbols, "block_77"), "x", 1);
    assert_int_equal(mkfifo(folder_join(symbols, "block_78"), 0666), 0);
    assert_int_equal(symlink("block_0", folder_join(symbols, "block_79")), 0);
    assert_int_equal(store_directory_blocks(symbols, numbers, 8, &count, NULL), RQ_OK);
    static const uint64_t expected[] = {0, 2, 9, 10, UINT64_MAX};
    assert_int_equal(count, 5);
    assert_memory_equal(numbers, expected, sizeof expected);
    assert_int_equal(store_directory_blocks(symbols, numbers, 2, &count, NULL), RQ_OK);
    assert_int_equal(count, 5);
    assert_int_equal(store_directory_blocks(symbols, NULL, 0, &count, NULL), RQ_OK);
    assert_int_equal(count, 5);
}

static void any_order_of_calls(void **state)
{
    (void)state;
    store *out;
    digest name = {{0}};
    char byte = 0;
    int listed = 0;
    size_t written;
    assert_int_equal(store_directory_open(symbols, NULL, true, NULL, &out, NULL), RQ_OK);
    assert_int_equal(out->begin_block(out, 0, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(out->put(out, 0, &name, &byte, 1, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(out->put_layout(out, &byte, 1, &written, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(out->commit(out, false, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(out->get(out, 0, &name, &byte, 1), STORE_DAMAGED);
    assert_true(out->open_block(out, 0, NULL) != RQ_OK);
    assert_true(out->list(out, 0, count_symbol, &listed, NULL) != RQ_OK);
    assert_int_equal(out->begin(out, NULL), RQ_OK);
    assert_int_equal(out->begin(out, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(out->put(out, 3, &name, &byte, 1, NULL), RQ_ERROR_IO); /* no begin_block */
    assert_int_equal(out->commit(out, false, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(claim_and_commit(out, false, NULL), RQ_OK);
    assert_int_equal(out->commit(out, false, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(claim_and_commit(out, false, NULL), RQ_ERROR_PARAMETER);
    out->close(out);
}

/* ---- the store of no symbols ---- */

static void a_layout_alone(void **state)
{
    (void)state;
    store *null;
    size_t length, written;
    digest name = {{0}};
    static char piece[3000];
    memset(piece, 'p', sizeof piece);
    assert_int_equal(store_null_open("", NULL, &null, NULL), RQ_OK);
    assert_string_equal(store_null_layout(null, &length), "");
    assert_int_equal(null->begin(null, NULL), RQ_OK);
    assert_int_equal(null->begin_block(null, 0, NULL), RQ_OK);
    assert_int_equal(null->put(null, 0, &name, piece, 1, NULL), RQ_OK);
    assert_int_equal(null->end_block(null, 0, NULL), RQ_OK);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(null->put_layout(null, piece, sizeof piece, &written, NULL), RQ_OK);
        assert_int_equal(written, sizeof piece);
    }
    assert_int_equal(claim_and_commit(null, false, NULL), RQ_OK);
    const char *text = store_null_layout(null, &length);
    assert_int_equal(length, 20 * sizeof piece);
    assert_int_equal(strlen(text), length);
    null->close(null);

    const char *path = folder_join(root, "layout.json");
    assert_int_equal(store_null_open(path, NULL, &null, NULL), RQ_OK);
    assert_int_equal(null->begin(null, NULL), RQ_OK);
    assert_int_equal(null->put_layout(null, "abc", 3, &written, NULL), RQ_OK);
    assert_false(folder_exists(path));
    assert_int_equal(claim_and_commit(null, true, NULL), RQ_OK);
    null->close(null);
    assert_int_equal(folder_read(path, NULL, 0), 3);

    assert_int_equal(store_null_open("/dev/null", NULL, &null, NULL), RQ_OK);
    assert_int_equal(null->begin(null, NULL), RQ_OK);
    assert_int_equal(null->put_layout(null, "abc", 3, &written, NULL), RQ_OK);
    assert_int_equal(claim_and_commit(null, false, NULL), RQ_OK);
    null->close(null);
    struct stat status;
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writing_and_reading),
        TEST(an_encoding_replaces_another),
        TEST(not_committed_is_undone),
        TEST(a_layout_elsewhere),
        TEST(a_layout_elsewhere_that_is_here),
        TEST(what_is_not_ours_stays),
        TEST(a_block_in_the_way),
        TEST(a_trap_in_the_place_of_a_symbol),
        TEST(a_trap_in_the_place_of_the_layout),
        TEST(a_trap_in_the_working_folder),
        TEST(a_trap_in_the_place_of_an_old_block),
        TEST(a_trap_in_the_place_of_a_swapped_block),
        TEST(litter_of_killed_runs_goes),
        TEST(killed_within_the_exchange),
        TEST(killed_with_a_layout_elsewhere),
        TEST(killed_within_a_swap_in_steps),
        TEST(a_folder_made_in_vain),
        TEST(two_runs_into_one_folder),
        TEST(two_runs_into_a_new_folder),
        TEST(an_exchange_after_the_one_waited_for),
        TEST(a_name_that_is_held),
        TEST(a_name_that_is_taken),
        TEST(a_mark_that_is_of_no_run),
        TEST(a_mark_and_a_kill_after_the_claim),
        TEST(a_new_block_that_is_taken_away),
        TEST(a_false_old_layout),
        TEST(damaged_and_foreign_symbols),
        TEST(the_root_instead_of_a_block),
        TEST(a_missing_folder),
        TEST(block_folders_are_found),
        TEST(any_order_of_calls),
        TEST(a_layout_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
