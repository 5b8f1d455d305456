#include "file_runs.h"

#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "keep_symbols.h"
#include "platform/file.h"
#include "random.h"
#include "session_call.h"

enum { PATH_SIZE = 4096, PIECE = 64 * 1024 };

/* Where things are, of one library. */
typedef struct places {
    char input[PATH_SIZE], symbols[PATH_SIZE], kept[PATH_SIZE], output[PATH_SIZE];
    char layout[PATH_SIZE], metadata[PATH_SIZE], copy[PATH_SIZE];
} places;

static places places_of(const file_runs *runs, int library)
{
    places p;
#define PLACE(field, name) snprintf(p.field, PATH_SIZE, "%s/%s-%d", runs->root, name, library)
    snprintf(p.input, PATH_SIZE, "%s/input", runs->root);
    PLACE(symbols, "symbols");
    PLACE(kept, "kept");
    PLACE(output, "output");
    PLACE(metadata, "metadata");
    PLACE(copy, "copy");
    snprintf(p.layout, PATH_SIZE, "%s/symbols-%d/_raptorq_layout.json", runs->root, library);
#undef PLACE
    return p;
}

/* ---- the input, and comparing outputs with it ---- */

static void write_input(const file_runs *runs)
{
    static uint8_t piece[PIECE];
    random_stream random = {1};
    places p = places_of(runs, OURS);
    FILE *file = fopen(p.input, "wb");
    for (uint64_t left = runs->options->size; file && left > 0;) {
        size_t size = left < PIECE ? (size_t)left : PIECE;
        random_fill(&random, piece, size);
        if (fwrite(piece, 1, size, file) != size)
            break;
        left -= size;
    }
    if (!file || ferror(file) || fclose(file) != 0)
        fail("cannot write '%s'", p.input);
}

static bool same_bytes(platform_file a, platform_file b)
{
    static uint8_t of_a[PIECE], of_b[PIECE];
    size_t got_a, got_b;
    do {
        if (platform_read(a, of_a, PIECE, &got_a) != 0 ||
            platform_read(b, of_b, PIECE, &got_b) != 0 || got_a != got_b ||
            memcmp(of_a, of_b, got_a) != 0)
            return false;
    } while (got_a > 0);
    return true;
}

static bool same_file(const char *a, const char *b)
{
    platform_file file_a = PLATFORM_FILE_CLOSED, file_b = PLATFORM_FILE_CLOSED;
    platform_file_info info;
    bool same = platform_open_read(a, &file_a, &info) == 0 &&
                platform_open_read(b, &file_b, &info) == 0 && same_bytes(file_a, file_b);
    platform_close(&file_a);
    platform_close(&file_b);
    return same;
}

/* ---- runs ---- */

static void times_begin(file_times *times, uint64_t runs)
{
    *times = (file_times){.seconds = make_array((size_t)runs, sizeof *times->seconds)};
}

static void times_add(file_times *times, const system_outcome *outcome)
{
    times->seconds[times->count++] = outcome->seconds;
    times->peak = outcome->peak > times->peak ? outcome->peak : times->peak;
}

static const char *library_path(const file_runs *runs, int library)
{
    return library == THEIRS ? runs->options->against : NULL;
}

/* Theirs may fail: that is told and leaves a gap. */
static void tell_failure(file_runs *runs, int library, const char *what, const char *why)
{
    const char *path = library_path(runs, library);
    fprintf(stderr, "rq-bench: %s, %s: %s\n", path ? path : "this library", what, why);
    runs->failed |= library == OURS;
}

static bool lose_symbols(file_runs *runs, int library, const places *p)
{
    keep_symbols keep = {p->symbols, p->layout, p->kept, KEPT_PERCENT};
    system_outcome outcome;
    system_run_apart(keep_symbols_run, &keep, &outcome);
    if (outcome.failed)
        tell_failure(runs, library, "losing symbols", outcome.message);
    runs->kept = outcome.count;
    return !outcome.failed;
}

static void run_kind(file_runs *runs, int kind, int library)
{
    static const char *const names[RUN_KINDS] = {"encode_file", "create_metadata", "decode_symbols",
                                                 "decode_symbols of some"};
    places p = places_of(runs, library);
    session_call call = {
        library_path(runs, library), CALL_ENCODE, runs->options, p.input, p.symbols, p.layout};
    if (kind == RUN_METADATA) {
        call.function = CALL_METADATA;
        call.layout = p.metadata;
    } else if (kind != RUN_ENCODE) {
        call.function = CALL_DECODE;
        call.from = kind == RUN_DECODE_SOME ? p.kept : p.symbols;
        call.to = p.output;
    }
    if (kind == RUN_DECODE_SOME && !lose_symbols(runs, library, &p))
        return;
    system_outcome outcome;
    system_run_apart(session_call_run, &call, &outcome);
    if (outcome.failed) {
        tell_failure(runs, library, names[kind], outcome.message);
        return;
    }
    bool decoded = call.function == CALL_DECODE;
    if (decoded && !same_file(p.input, p.output))
        tell_failure(runs, library, names[kind], "the output is not the input");
    else
        times_add(&runs->times[kind][library], &outcome);
    if (decoded)
        remove(p.output);
}

static void run_copy(file_runs *runs)
{
    places p = places_of(runs, OURS);
    char *arguments[] = {"cp", "-r", p.symbols, p.copy, NULL};
    system_outcome outcome;
    system_run_program(arguments, &outcome);
    if (outcome.failed)
        tell_failure(runs, OURS, "copying", outcome.message);
    else
        times_add(&runs->copy, &outcome);
    system_remove_tree(p.copy);
}

void file_runs_begin(file_runs *runs, const bench_options *options)
{
    *runs = (file_runs){.options = options};
    for (int kind = 0; kind < RUN_KINDS; kind++) {
        for (int library = 0; library < LIBRARIES; library++)
            times_begin(&runs->times[kind][library], options->runs);
    }
    times_begin(&runs->copy, options->runs);
    int length = snprintf(runs->root, sizeof runs->root, "%s/rq-bench.XXXXXX", options->folder);
    if (length >= (int)sizeof runs->root || !system_make_unique_folder(runs->root))
        fail("cannot make a folder in '%s'", options->folder);
    write_input(runs);
}

void file_runs_round(file_runs *runs, uint64_t number)
{
    int libraries = runs->options->against ? LIBRARIES : 1;
    for (int kind = 0; kind < RUN_KINDS; kind++) {
        for (int i = 0; i < libraries && !system_interrupted(); i++)
            run_kind(runs, kind, (int)((unsigned)i + number) % libraries);
    }
    if (!system_interrupted())
        run_copy(runs);
    for (int library = 0; library < libraries; library++) {
        places p = places_of(runs, library);
        system_remove_tree(p.symbols);
        system_remove_tree(p.kept);
        remove(p.metadata);
    }
}

void file_runs_end(file_runs *runs)
{
    for (int kind = 0; kind < RUN_KINDS; kind++) {
        for (int library = 0; library < LIBRARIES; library++)
            release_array(runs->times[kind][library].seconds, (size_t)runs->options->runs,
                          sizeof(double));
    }
    release_array(runs->copy.seconds, (size_t)runs->options->runs, sizeof(double));
    if (!system_remove_tree(runs->root))
        fprintf(stderr, "rq-bench: cannot remove '%s'\n", runs->root);
}
