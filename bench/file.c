/* rq-bench file: whole files through the session functions, beside another library's. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "fail.h"
#include "file_runs.h"
#include "measure.h"
#include "platform/system.h"
#include "run_table.h"
#include "system.h"

static const table_column file_columns[] = {
    {"size", "file, bytes", 0},
    {"redundancy", "redundancy", 0},
    {"runs", "runs", 0},
    {"kept", "symbols kept of 25%", 0},
};

static const table_column columns[] = {
    {"call", "call", 0},
    {"seconds", "s", 4},
    {"rate", "MB/s of the file", 0},
    {"copies", "in times of cp -r", 2},
    {"peak", "peak MiB", 1},
    {"their_seconds", "other, s", 4},
    {"their_peak", "other, peak MiB", 1},
    {"ratio", "times as fast", 2},
};

static double median_of(const file_times *times)
{
    return times->count > 0 ? median(times->seconds, (size_t)times->count) : NAN;
}

static double mebibytes(const file_times *times)
{
    return times->count > 0 && times->peak > 0 ? (double)times->peak / (1 << 20) : NAN;
}

static void add_row(table *t, const char *name, const file_runs *runs, const file_times *ours,
                    const file_times *theirs)
{
    double seconds = median_of(ours), copy = median_of(&runs->copy);
    double their_seconds = theirs ? median_of(theirs) : NAN;
    table_text(t, name);
    table_number(t, seconds);
    table_number(t, (double)runs->options->size / seconds * 1e-6);
    table_number(t, seconds / copy);
    table_number(t, mebibytes(ours));
    table_number(t, their_seconds);
    table_number(t, theirs ? mebibytes(theirs) : NAN);
    table_number(t, their_seconds / seconds);
}

/* What a session takes: see raptorq_init_session. */
static uint32_t session_threads(void)
{
    const char *text = getenv("RQ_THREADS");
    unsigned long threads = text ? strtoul(text, NULL, 10) : 0;
    return threads > 0 && threads <= 1024 ? (uint32_t)threads : platform_cpu_count();
}

static void print_results(const file_runs *runs)
{
    static const char *const names[RUN_KINDS] = {"encode_file", "create_metadata",
                                                 "decode_symbols, all", "decode_symbols, 25%"};
    enum { RUN, FILES, CALLS, TABLES };
    const bench_options *o = runs->options;
    table tables[TABLES];
    run_table_begin(&tables[RUN], (uint32_t)o->symbol_size, session_threads());
    table_begin(&tables[FILES], "file", "The file", file_columns,
                sizeof file_columns / sizeof *file_columns);
    table_number(&tables[FILES], (double)o->size);
    table_number(&tables[FILES], (double)o->redundancy);
    table_number(&tables[FILES], (double)o->runs);
    table_number(&tables[FILES], (double)runs->kept);
    table_begin(&tables[CALLS], "calls", "Medians, from making a session to freeing it", columns,
                sizeof columns / sizeof *columns);
    for (int kind = 0; kind < RUN_KINDS; kind++)
        add_row(&tables[CALLS], names[kind], runs, &runs->times[kind][OURS],
                &runs->times[kind][THEIRS]);
    add_row(&tables[CALLS], "cp -r of the symbols", runs, &runs->copy, NULL);
    tables_print(tables, TABLES, o->json);
    tables_free(tables, TABLES);
}

int command_file(const bench_options *options)
{
    file_runs runs;
    system_watch_interrupts();
    file_runs_begin(&runs, options);
    for (uint64_t i = 0; i < options->runs && !system_interrupted(); i++)
        file_runs_round(&runs, i);
    bool ended = !system_interrupted();
    if (ended)
        print_results(&runs);
    file_runs_end(&runs);
    return ended && !runs.failed ? STATUS_OK : STATUS_FAILED;
}
