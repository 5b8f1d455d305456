/* What the benchmarks want of the operating system beyond platform/: the processor's name and
 * caches, processes of their own for what is measured, libraries by their path, trees of files. */
#ifndef BENCH_SYSTEM_H
#define BENCH_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The processor's name, "" if it is unknown. */
void system_processor(char *name, size_t size);
/* Bytes of the cache of level 1 (data) to 3, 0 if unknown. */
uint64_t system_cache_size(int level);

/* What came of a run in a child process. */
typedef struct system_outcome {
    double seconds;
    uint64_t peak;  /* bytes of memory it had at a time, at the most */
    uint64_t count; /* of whatever the run counts */
    int failed;
    char message[500]; /* why */
} system_outcome;

/* Calls run in a child process, which fills in seconds, failed and message; the rest is found out
 * here, and a crash is a failure like others. The child's standard output goes to standard error.
 */
void system_run_apart(void (*run)(void *context, system_outcome *outcome), void *context,
                      system_outcome *outcome);
/* Runs a program, likewise. arguments end with NULL. */
void system_run_program(char *const *arguments, system_outcome *outcome);

/* The function of that name in the library at path, NULL if there is none. In this process. */
typedef void (*system_function)(void);
void *system_load(const char *path, char *why, size_t size);
system_function system_find(void *library, const char *name);

/* True once the user wants the program to end: then it should clean up and do so. */
void system_watch_interrupts(void);
bool system_interrupted(void);

bool system_make_unique_folder(char *path_ending_in_XXXXXX);
bool system_make_folder(const char *path);
bool system_link(const char *from, const char *to); /* a second name for a file */
bool system_remove_tree(const char *path);

#endif
