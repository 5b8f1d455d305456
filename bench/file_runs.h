/* rq-bench file: the runs, whose times are collected here. */
#ifndef BENCH_FILE_RUNS_H
#define BENCH_FILE_RUNS_H

#include "options.h"

enum { RUN_ENCODE, RUN_METADATA, RUN_DECODE_ALL, RUN_DECODE_SOME, RUN_KINDS };
enum { OURS, THEIRS, LIBRARIES };
enum { KEPT_PERCENT = 25 };

typedef struct file_times {
    double *seconds; /* one a run that succeeded */
    uint64_t count;
    uint64_t peak; /* bytes, of the run that took most */
} file_times;

typedef struct file_runs {
    const bench_options *options;
    char root[4096 - 256]; /* the folder in which all happens */
    file_times times[RUN_KINDS][LIBRARIES], copy;
    uint64_t kept; /* symbols in the last decoding from some of them */
    bool failed;   /* ours did, or a result was wrong */
} file_runs;

void file_runs_begin(file_runs *runs, const bench_options *options);
/* Does everything once, with the other library first in every second round. */
void file_runs_round(file_runs *runs, uint64_t number);
/* Removes the folder. */
void file_runs_end(file_runs *runs);

#endif
