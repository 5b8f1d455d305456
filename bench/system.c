#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#ifndef _DARWIN_C_SOURCE
#define _DARWIN_C_SOURCE
#endif
#include "system.h"

#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/system.h"

void system_processor(char *name, size_t size)
{
    char line[256];
    name[0] = '\0';
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && !name[0] && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon && colon[1]) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(name, size, "%s", colon + 2);
        }
    }
    if (file)
        fclose(file);
}

uint64_t system_cache_size(int level)
{
    long size = 0;
#if defined(_SC_LEVEL1_DCACHE_SIZE)
    static const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE,
                                _SC_LEVEL3_CACHE_SIZE};
    size = sysconf(names[level - 1]);
#else
    (void)level;
#endif
    return size > 0 ? (uint64_t)size : 0;
}

/* ---- processes ---- */

static void fail_outcome(system_outcome *outcome, const char *what, const char *why)
{
    outcome->failed = 1;
    snprintf(outcome->message, sizeof outcome->message, "%s%s%s", what, why ? ": " : "",
             why ? why : "");
}

static uint64_t peak_memory(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
#ifdef __APPLE__
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024;
#endif
}

static void be_child(void (*run)(void *context, system_outcome *outcome), void *context, int result)
{
    system_outcome outcome = {0};
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    run(context, &outcome);
    outcome.peak = peak_memory();
    _exit(write(result, &outcome, sizeof outcome) == (ssize_t)sizeof outcome ? 0 : 1);
}

/* The child's own report, or how it ended without one. */
static void wait_for(pid_t child, int result, system_outcome *outcome)
{
    size_t got = 0;
    ssize_t part;
    while (got < sizeof *outcome) {
        part = read(result, (char *)outcome + got, sizeof *outcome - got);
        if (part == 0 || (part < 0 && errno != EINTR))
            break;
        got += part > 0 ? (size_t)part : 0;
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (got == sizeof *outcome)
        return;
    char how[64];
    snprintf(how, sizeof how, WIFSIGNALED(status) ? "signal %d" : "status %d",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    *outcome = (system_outcome){0};
    fail_outcome(outcome, "the process ended", how);
}

void system_run_apart(void (*run)(void *context, system_outcome *outcome), void *context,
                      system_outcome *outcome)
{
    int ends[2];
    *outcome = (system_outcome){0};
    if (pipe(ends) != 0) {
        fail_outcome(outcome, "pipe", strerror(errno));
        return;
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        be_child(run, context, ends[1]);
    close(ends[1]);
    if (child < 0)
        fail_outcome(outcome, "fork", strerror(errno));
    else
        wait_for(child, ends[0], outcome);
    close(ends[0]);
}

void system_run_program(char *const *arguments, system_outcome *outcome)
{
    *outcome = (system_outcome){0};
    uint64_t start = platform_clock();
    pid_t child = fork();
    if (child == 0) {
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child < 0 || status != 0)
        fail_outcome(outcome, arguments[0], "it failed");
    outcome->seconds = (double)(platform_clock() - start) * 1e-9;
}

/* ---- libraries ---- */

void *system_load(const char *path, char *why, size_t size)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        snprintf(why, size, "%s", dlerror());
    return library;
}

system_function system_find(void *library, const char *name)
{
    /* POSIX has the two kinds of pointers convertible, ISO C does not. */
    system_function function = NULL;
    void *object = dlsym(library, name);
    memcpy(&function, &object, sizeof function);
    return function;
}

/* ---- interrupts ---- */

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

void system_watch_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool system_interrupted(void)
{
    return interrupted;
}

/* ---- files ---- */

bool system_make_unique_folder(char *path_ending_in_XXXXXX)
{
    return mkdtemp(path_ending_in_XXXXXX) != NULL;
}

bool system_make_folder(const char *path)
{
    return mkdir(path, 0777) == 0;
}

bool system_link(const char *from, const char *to)
{
    return link(from, to) == 0;
}

static int remove_entry(const char *path, const struct stat *information, int type,
                        struct FTW *where)
{
    (void)information;
    (void)type;
    (void)where;
    return remove(path);
}

bool system_remove_tree(const char *path)
{
    return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0;
}
