#define _GNU_SOURCE
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "support/splitmix.h"

#define SHAPE  "-q -s 512 -r 2 -b 6K"
#define LAYOUT "_raptorq_layout.json"

enum { OLD_SIZE = 26000, NEW_SIZE = 20000, MOST_ARGUMENTS = 24, PARAMETERS = 256, TREES = 10 };

static const char previous_text[] = "previous\n";

/* What can be at a place. unplaced_symbols: the new symbols when their layout is elsewhere. */
static tree nothing, previous, old_file, new_file, old_symbols, new_symbols, new_layout,
    unplaced_symbols, lossy_symbols, damaged_symbols;

static char rq_path[FILES_PATH], decode_with_parameters[PARAMETERS + 64];

/* ---- the cases ---- */

/* It may have made some symbols whole, and touched no other. */
static bool is_repaired_in_part(const tree *found, const tree *before)
{
    return tree_is_between(found, before, &new_symbols);
}

/* A stream ends where it failed. */
static bool is_begun(const tree *found, const tree *before)
{
    (void)before;
    const tree_entry *stream = found->entries, *whole = new_file.entries;
    return found->count == 1 && stream->size <= whole->size &&
           memcmp(stream->data, whole->data, stream->size) == 0;
}

const fault_case cases[] = {
    {.name = "encode",
     .command = "encode " SHAPE " new.bin target",
     .places = {{"target", &old_symbols, &new_symbols}}},
    {.name = "encode_empty",
     .command = "encode " SHAPE " new.bin target",
     .places = {{"target", &nothing, &new_symbols}},
     .may_be = tree_is_but_for_folders},
    {.name = "encode_layout",
     .command = "encode " SHAPE " --layout layout new.bin target",
     .places = {{"target", &old_symbols, &unplaced_symbols}, {"layout", &previous, &new_layout}}},
    {.name = "metadata",
     .command = "metadata " SHAPE " new.bin layout",
     .places = {{"layout", &previous, &new_layout}}},
    {.name = "metadata_empty",
     .command = "metadata " SHAPE " new.bin layout",
     .places = {{"layout", &nothing, &new_layout}}},
    {.name = "decode",
     .command = "decode -q lossy output",
     .places = {{"output", &previous, &new_file}, {"lossy", &lossy_symbols, &lossy_symbols}}},
    {.name = "decode_empty",
     .command = "decode -q lossy output",
     .places = {{"output", &nothing, &new_file}, {"lossy", &lossy_symbols, &lossy_symbols}}},
    {.name = "decode_stream",
     .command = "decode -q lossy -",
     .places = {{"out", &nothing, &new_file}, {"lossy", &lossy_symbols, &lossy_symbols}},
     .may_be = is_begun},
    {.name = "decode_parameters",
     .command = decode_with_parameters,
     .places = {{"output", &previous, &new_file}, {"lossy", &lossy_symbols, &lossy_symbols}}},
    {.name = "verify",
     .command = "verify -q whole",
     .places = {{"whole", &new_symbols, &new_symbols}}},
    {.name = "repair",
     .command = "repair -q -m 1 target",
     .places = {{"target", &damaged_symbols, &new_symbols}},
     .may_be = is_repaired_in_part},
};

const size_t case_count = sizeof cases / sizeof *cases;

/* ---- what they work on ---- */

static void must_run(const char *command)
{
    if (case_run(command) != 0) {
        fprintf(stderr, "rq %s: fails\n", command);
        exit(2);
    }
}

static tree make_file(const char *path, uint64_t seed, size_t size)
{
    uint8_t data[OLD_SIZE];
    splitmix_fill(seed, data, size);
    files_write(path, data, size);
    return tree_read(path);
}

static void damage(const char *symbol, unsigned way)
{
    static const char text[] = "damaged\n";
    if (remove(symbol) != 0)
        files_give_up("remove", symbol);
    if (way == 0)
        files_write(symbol, text, strlen(text));
    else if (way == 1)
        files_make_folder(symbol);
    else if (symlink("/dev/null", symbol) != 0)
        files_give_up("make the link", symbol);
}

struct losing {
    const char *block;
    unsigned symbols;
};

/* Of every three symbols one is lost. */
static void lose_symbol(void *context, const char *name)
{
    struct losing *job = context;
    char path[FILES_PATH];
    files_join(path, job->block, name);
    if (job->symbols++ % 3 == 0 && remove(path) != 0)
        files_give_up("remove", path);
}

/* Of every six symbols one is damaged: its bytes, or there is a folder or a link instead. */
static void damage_symbol(void *context, const char *name)
{
    struct losing *job = context;
    char path[FILES_PATH];
    files_join(path, job->block, name);
    if (job->symbols++ % 6 == 0)
        damage(path, job->symbols / 6 % 3);
}

static void each_symbol(const char *folder, void (*visit)(void *job, const char *name))
{
    char block[FILES_PATH];
    for (unsigned number = 0;; number++) {
        snprintf(block, sizeof block, "%s/block_%u", folder, number);
        struct losing job = {block, 0};
        if (!files_exists(block))
            return;
        (void)files_list(block, visit, &job);
    }
}

/* `rq info` tells the parameters in pieces, one line each. */
static void read_parameters(void)
{
    char parameters[PARAMETERS] = "", piece[PARAMETERS];
    must_run("info whole");
    char *text = files_read("out", NULL), *rest;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (sscanf(line, " parameters %255s", piece) == 1)
            strncat(parameters, piece, PARAMETERS - 1 - strlen(parameters));
    free(text);
    snprintf(decode_with_parameters, sizeof decode_with_parameters,
             "decode -q --params %s lossy output", parameters);
}

void cases_begin(const char *rq, uint64_t seed)
{
    snprintf(rq_path, sizeof rq_path, "%s", rq);
    previous = tree_of_file(previous_text, strlen(previous_text));
    new_file = make_file("new.bin", 2 * seed, NEW_SIZE);
    old_file = make_file("old.bin", 2 * seed + 1, OLD_SIZE);
    must_run("encode " SHAPE " old.bin target");
    old_symbols = tree_read("target");
    must_run("encode " SHAPE " new.bin whole");
    new_symbols = tree_read("whole");
    new_layout = tree_read("whole/" LAYOUT);
    read_parameters();
    tree_restore(&new_symbols, "lossy");
    each_symbol("lossy", lose_symbol);
    lossy_symbols = tree_read("lossy");
    tree_restore(&lossy_symbols, "target");
    each_symbol("target", damage_symbol);
    damaged_symbols = tree_read("target");
    tree_restore(&new_symbols, "target");
    if (remove("target/" LAYOUT) != 0)
        files_give_up("remove", "target/" LAYOUT);
    unplaced_symbols = tree_read("target");
}

void cases_end(void)
{
    tree *const all[TREES] = {&nothing,       &previous,       &old_file,   &new_file,
                              &old_symbols,   &new_symbols,    &new_layout, &unplaced_symbols,
                              &lossy_symbols, &damaged_symbols};
    for (size_t i = 0; i < TREES; i++)
        tree_free(all[i]);
}

/* ---- one command ---- */

int case_run(const char *command)
{
    char text[FILES_PATH], *rest, *arguments[MOST_ARGUMENTS] = {rq_path};
    size_t count = 1;
    snprintf(text, sizeof text, "%s", command);
    for (char *word = strtok_r(text, " ", &rest); word && count < MOST_ARGUMENTS - 1;
         word = strtok_r(NULL, " ", &rest))
        arguments[count++] = word;
    return run(arguments);
}

void case_prepare(const fault_case *prepared)
{
    for (size_t i = 0; i < CASE_PLACES && prepared->places[i].path != NULL; i++)
        tree_restore(prepared->places[i].before, prepared->places[i].path);
}

static bool is_at(const char *path, const tree *wanted,
                  bool (*agrees)(const tree *found, const tree *wanted))
{
    tree found = tree_read(path);
    bool is = agrees(&found, wanted);
    tree_free(&found);
    return is;
}

static bool all_right(const fault_case *examined,
                      bool (*agrees)(const tree *found, const tree *wanted))
{
    bool right = true;
    for (size_t i = 0; right && i < CASE_PLACES && examined->places[i].path != NULL; i++)
        right = is_at(examined->places[i].path, examined->places[i].right, agrees);
    return right;
}

bool case_is_right(const fault_case *examined)
{
    return all_right(examined, tree_is);
}

bool case_is_right_but_for_folders(const fault_case *examined)
{
    return all_right(examined, tree_is_but_for_folders);
}

bool case_is_kept(const fault_case *examined)
{
    bool kept = true;
    for (size_t i = 0; kept && i < CASE_PLACES && examined->places[i].path != NULL; i++)
        kept = is_at(examined->places[i].path, examined->places[i].before,
                     i == 0 && examined->may_be != NULL ? examined->may_be : tree_is);
    return kept;
}

static bool is_in(const char *path, const tree *file)
{
    return files_equal(path, file->entries->data, file->entries->size);
}

bool cases_can_decode(void)
{
    return case_run("decode -q target got") == 0 &&
           (is_in("got", &old_file) || is_in("got", &new_file));
}

bool cases_are_whole(void)
{
    return is_at("lossy", &lossy_symbols, tree_is) && is_at("new.bin", &new_file, tree_is);
}
