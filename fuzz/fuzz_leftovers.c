/* What killed runs may have left in a folder of symbols, and what only looks like it: folders with
 * the library's own names at any depth, marks, second names of symbols and layouts, links, pipes.
 * Encode and repair clear it away. They must not touch what is outside, nor lose a file that is
 * none of theirs; and an encode that succeeds leaves an encoding that can be read and replaced.
 *
 * The input: which encoding is there before, what to do (2 bytes), then 3 bytes for each thing that
 * lies about: the folder it is in, its name, what it is. */
#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "require.h"
#include "rq.h"
#include "support/files.h"
#include "support/splitmix.h"

enum { HEADER = 3, SIZE = 300, BLOCK_SIZE = 200, MAX_THINGS = 24, TEXT = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct run {
    char folder[FILES_PATH]; /* holds all that follows */
    char symbols[FILES_PATH], outside[FILES_PATH], output[FILES_PATH], layout[FILES_PATH];
    char inputs[2][FILES_PATH];
    char symbol_names[2][2][64]; /* one of each input's blocks; known once it was encoded */
    unsigned foreign;            /* files that are nobody's, each with a text of its own */
    unsigned seen;
} run;

static uint8_t contents[2][SIZE];

static void set_options(const run *r, rq_options *options, bool elsewhere)
{
    rq_options_init(options);
    options->symbol_size = 64;
    options->redundancy = 2;
    options->block_size = BLOCK_SIZE;
    options->memory_limit = 16 << 20;
    options->threads = 1;
    options->scratch_dir = r->folder;
    options->layout_path = elsewhere ? r->layout : NULL;
}

/* ---- what lies about ---- */

static void keep_symbol_name(void *context, const char *name)
{
    char *kept = context;
    size_t length = strlen(name);
    if (!*kept && length > 40 && length < 64)
        memcpy(kept, name, length + 1);
}

/* Symbols have names that depend on nothing but the inputs. */
static void learn_names(run *r, int input)
{
    rq_options options;
    char folder[FILES_PATH], block[FILES_PATH];
    set_options(r, &options, false);
    files_join(folder, r->folder, "names");
    require(rq_encode(&options, r->inputs[input], folder, NULL, NULL) == RQ_OK);
    for (int i = 0; i < 2; i++) {
        files_join(block, folder, i ? "block_1" : "block_0");
        files_list(block, keep_symbol_name, r->symbol_names[input][i]);
    }
    files_remove(folder);
}

static const char *name_of(const run *r, uint8_t which)
{
    static const char *const names[] = {"foreign",
                                        "foreign-2",
                                        "_raptorq_layout.json",
                                        "old_layout",
                                        "layout_elsewhere",
                                        ".rq-new",
                                        ".rq-scratch-0123456789abcdef",
                                        "block_0",
                                        "block_1",
                                        "block_7",
                                        "old_0",
                                        "old_1",
                                        "chunk_0",
                                        ".rq-commit",
                                        ".rq-partial-0123456789abcdef",
                                        ".rq-partial-"};
    enum { COUNT = sizeof names / sizeof *names };
    which %= COUNT + 4;
    return which < COUNT ? names[which] : r->symbol_names[which % 2][which / 2 % 2];
}

/* A folder within the symbols' that is there or is made. */
static bool open_place(const run *r, uint8_t which, char place[FILES_PATH])
{
    static const char *const places[][3] = {{NULL},
                                            {"block_0"},
                                            {"block_1"},
                                            {".rq-commit"},
                                            {".rq-commit", "block_0"},
                                            {".rq-commit", "block_1"},
                                            {".rq-commit", "old_0"},
                                            {".rq-commit", "old_1"},
                                            {".rq-commit", "block_7"},
                                            {".rq-partial-0123456789abcdef"},
                                            {".rq-partial-0123456789abcdef", "block_0"},
                                            {".rq-partial-0123456789abcdef", "old_0"},
                                            {".rq-partial-0123456789abcdef", "block_0", "block_0"},
                                            {".rq-commit", "block_0", "foreign"},
                                            {"block_0", ".rq-commit"},
                                            {"chunk_0"}};
    const char *const *parts = places[which % (sizeof places / sizeof *places)];
    char next[FILES_PATH];
    struct stat status;
    snprintf(place, FILES_PATH, "%s", r->symbols);
    for (int i = 0; i < 3 && parts[i]; i++) {
        files_join(next, place, parts[i]);
        (void)mkdir(next, 0700);
        if (lstat(next, &status) != 0 || !S_ISDIR(status.st_mode))
            return false;
        snprintf(place, FILES_PATH, "%s", next);
    }
    return true;
}

static void put_foreign(run *r, const char *path)
{
    char text[TEXT + 1];
    snprintf(text, sizeof text, "foreign %08u", r->foreign);
    files_write(path, text, TEXT);
    r->foreign++;
}

static void put_thing(run *r, const uint8_t *thing)
{
    char folder[FILES_PATH], path[FILES_PATH], other[FILES_PATH];
    struct stat status;
    const char *name = name_of(r, thing[1]);
    bool is_foreign = strncmp(name, "foreign", 7) == 0;
    if (!open_place(r, thing[0], folder))
        return;
    files_join(path, folder, name);
    if (lstat(path, &status) == 0)
        return;
    switch (thing[2] % 8) {
    case 0:
        (void)symlink(r->outside, path);
        break;
    case 1:
        files_join(other, r->outside, "secret");
        (void)symlink(other, path);
        break;
    case 2:
        (void)mkfifo(path, 0600);
        break;
    case 3:
        (void)mkdir(path, 0700);
        break;
    case 4: /* a second name of the layout, or of a symbol, that is there */
        files_join(other, r->symbols, thing[2] & 8 ? "_raptorq_layout.json" : "block_0");
        if (!(thing[2] & 8))
            files_join(other, other, r->symbol_names[0][0]);
        (void)link(other, path);
        break;
    case 5:
        files_write(path, "", 0);
        break;
    default:
        if (is_foreign)
            put_foreign(r, path);
        else
            files_write(path, "{}", 2);
    }
}

/* ---- what must hold ---- */

static void make_outside(const run *r)
{
    char path[FILES_PATH];
    files_make_folder(r->outside);
    files_join(path, r->outside, "secret");
    files_write(path, "secret", 6);
    files_join(path, r->outside, ".rq-new");
    files_write(path, "mark", 4);
    files_join(path, r->outside, r->symbol_names[0][0]);
    files_write(path, "symbol", 6);
}

static void check_outside(const run *r)
{
    char path[FILES_PATH];
    require(files_list(r->outside, NULL, NULL) == 3);
    files_join(path, r->outside, "secret");
    require(files_equal(path, "secret", 6));
    files_join(path, r->outside, ".rq-new");
    require(files_equal(path, "mark", 4));
    files_join(path, r->outside, r->symbol_names[0][0]);
    require(files_equal(path, "symbol", 6));
}

typedef struct search {
    run *run;
    const char *folder;
} search;

static void count_foreign(void *context, const char *name)
{
    const search *in = context;
    char path[FILES_PATH];
    struct stat status;
    files_join(path, in->folder, name);
    require(lstat(path, &status) == 0);
    if (S_ISDIR(status.st_mode)) {
        search inside = {in->run, path};
        files_list(path, count_foreign, &inside);
    } else if (S_ISREG(status.st_mode) && status.st_size == TEXT) {
        char *text = files_read(path, NULL);
        in->run->seen += strncmp(text, "foreign ", 8) == 0;
        free(text);
    }
}

static void check_foreign(run *r)
{
    search all = {r, r->symbols};
    r->seen = 0;
    files_list(r->symbols, count_foreign, &all);
    require(r->seen == r->foreign);
}

static void check_decodes(const run *r, int input, bool elsewhere)
{
    rq_options options;
    rq_error error;
    set_options(r, &options, elsewhere);
    require(rq_decode(&options, r->symbols, r->output, NULL, &error) == RQ_OK);
    require(files_equal(r->output, contents[input], SIZE));
}

static int encode(run *r, int input, bool elsewhere)
{
    rq_options options;
    rq_error error;
    set_options(r, &options, elsewhere);
    int code = rq_encode(&options, r->inputs[input], r->symbols, NULL, &error);
    require(code == RQ_OK || code == RQ_ERROR_IO || code == RQ_ERROR_PATH);
    require(code == error.code && (code == RQ_OK) == (error.message[0] == '\0'));
    if (code == RQ_OK)
        check_decodes(r, input, elsewhere);
    return code;
}

static void repair(const run *r)
{
    rq_options options;
    rq_error error;
    set_options(r, &options, false);
    int code = rq_repair(&options, r->symbols, NULL, &error);
    require(code == error.code && code <= RQ_OK && code >= RQ_ERROR_CANCELLED);
}

/* An encode that succeeded is followed by others that do. */
static void act(run *r, uint8_t what)
{
    bool elsewhere = what & 8;
    int input = what & 1, code;
    switch (what >> 1 & 3) {
    case 0:
        repair(r);
        break;
    case 1:
        code = encode(r, input, elsewhere);
        require(code != RQ_OK || encode(r, !input, elsewhere) == RQ_OK);
        break;
    default:
        (void)encode(r, input, elsewhere);
    }
    check_outside(r);
    check_foreign(r);
}

/* ---- the order of things ---- */

static void begin(run *r)
{
    memset(r, 0, sizeof *r);
    files_temporary(r->folder);
    files_join(r->symbols, r->folder, "symbols");
    files_join(r->outside, r->folder, "outside");
    files_join(r->output, r->folder, "output");
    files_join(r->layout, r->folder, "layout");
    for (int i = 0; i < 2; i++) {
        static char names[2][2][64];
        splitmix_fill((uint64_t)i + 1, contents[i], SIZE);
        files_join(r->inputs[i], r->folder, i ? "input_1" : "input_0");
        files_write(r->inputs[i], contents[i], SIZE);
        if (!names[i][0][0]) {
            learn_names(r, i);
            memcpy(names[i], r->symbol_names[i], sizeof names[i]);
        }
        memcpy(r->symbol_names[i], names[i], sizeof names[i]);
    }
    make_outside(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static run r;
    if (size < HEADER)
        return 0;
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    begin(&r);
    if (data[0] % 4 < 2)
        require(encode(&r, data[0] % 2, data[0] & 4) == RQ_OK);
    else
        files_make_folder(r.symbols);
    for (size_t i = 0; i < MAX_THINGS && HEADER + (i + 1) * 3 <= size; i++)
        put_thing(&r, data + HEADER + i * 3);
    act(&r, data[1]);
    act(&r, data[2]);
    files_remove(r.folder);
    return 0;
}
