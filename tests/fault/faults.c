/* faults [OPTION...] RQ INTERPOSER [CALL...] [CASE...]: makes one system call after the other fail
 * under rq, in every way that it can. CALL (fails.h) and CASE (cases.c) limit it to these.
 *
 *   -j N           in N processes (1)
 *   --samples N    not every call of a kind: the first, the N-th, the N * N-th, ...
 *   --ways N       only the first N of the ways in which a call fails
 *   --seed N       other files are encoded
 *
 * A run that fails must end with a documented status, leave what was there before as it was, and
 * leave nothing open (and under ASan no memory that nothing points to); one that succeeds must have
 * the right result; one that is killed must leave an encoding that decodes; and the same command
 * without faults must then succeed and leave no litter. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trial.h"

enum { MOST_ERRORS = 4, MOST_FAILURES = 50, MOST_PROCESSES = 256 };

/* How each call fails, memory and threads first. */
static const struct kind {
    const char *call;
    const char *errors[MOST_ERRORS]; /* NULL: no more */
} kinds[] = {
    {"memory", {"ENOMEM"}},
    {"thread", {"EAGAIN"}},
    {"open", {"EIO", "EACCES", "EMFILE", "EINTR"}},
    {"create", {"ENOSPC", "EROFS"}},
    {"read", {"EIO", "EINTR", "short"}},
    {"write", {"EIO", "ENOSPC", "EINTR", "short"}},
    {"sync", {"EIO", "EINTR"}},
    {"rename", {"EIO", "EACCES", "ENOSPC"}},
    {"link", {"EIO", "EPERM", "EXDEV"}},
    {"mkdir", {"ENOSPC", "EACCES"}},
    {"unlink", {"EIO", "EACCES"}},
    {"truncate", {"EIO", "EINTR"}},
    {"close", {"EIO", "EINTR"}},
    {"stat", {"EIO", "EACCES"}},
    {"list", {"EIO", "EACCES"}},
    {"lock", {"ENOLCK", "EINTR"}},
    {"other", {"EIO", "EACCES"}},
};

/* What all processes have in common. */
typedef struct common {
    trial_tally tally;
    atomic_uint next; /* series to be taken */
    atomic_bool stop;
} common;

static common *shared;
static unsigned mine, passed; /* series: the one to do next, and those that were met */

/* As the command line says; samples: 0 for all. */
static unsigned samples, ways = MOST_ERRORS;
static unsigned long seed = 1;
static char *const *wanted;
static int wanted_count;

/* ---- series: one command, and one call of a kind after the other ---- */

static bool is_call(const char *name)
{
    bool found = strcmp(name, "file") == 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        found = found || strcmp(name, kinds[i].call) == 0;
    return found;
}

static const fault_case *case_of(const char *name)
{
    for (size_t i = 0; i < case_count; i++)
        if (strcmp(name, cases[i].name) == 0)
            return &cases[i];
    return NULL;
}

/* Of calls and of cases those that the command line names, or all if it names none. */
static bool is_wanted(const char *name)
{
    bool limited = false;
    for (int i = 0; i < wanted_count; i++) {
        if (strcmp(wanted[i], name) == 0)
            return true;
        limited = limited || is_call(wanted[i]) == is_call(name);
    }
    return !limited;
}

static unsigned after(unsigned at)
{
    return samples == 0 ? at + 1 : samples * at;
}

static void all_of(trial made, bool sampled)
{
    for (made.at = 1; !atomic_load(&shared->stop) && trial_run(&made);
         made.at = sampled ? after(made.at) : made.at + 1)
        if (atomic_load(&shared->tally.failures) > MOST_FAILURES &&
            !atomic_exchange(&shared->stop, true))
            puts("too many failures");
}

/* Every process meets all series, and each series is one process's. */
static void series(const char *name, trial made, bool sampled)
{
    if (!is_wanted(made.call) || !is_wanted(name) || passed++ != mine)
        return;
    made.tried = case_of(name);
    if (made.tried == NULL)
        files_give_up("find the case", name);
    all_of(made, sampled);
    mine = atomic_fetch_add(&shared->next, 1);
}

static void each(const char *name, const char *call, const char *error, trial_system system)
{
    series(name, (trial){.call = call, .error = error, .system = system}, true);
}

/* ---- the campaign ---- */

static void every_call_in_every_way(void)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t e = 0; e < MOST_ERRORS && e < ways && kinds[k].errors[e] != NULL; e++)
            for (size_t i = 0; i < case_count; i++)
                each(cases[i].name, kinds[k].call, kinds[k].errors[e], TRIAL_USUAL);
}

static void kills(void)
{
    for (size_t i = 0; i < case_count; i++)
        each(cases[i].name, "file", "kill", TRIAL_USUAL);
    /* All within the exchange of two encodings. */
    series("encode", (trial){.call = "rename", .error = "kill"}, false);
}

/* A disk that is full, or broken, from some moment on. */
static void full_disks(void)
{
    static const char *const names[] = {"encode", "encode_layout",     "metadata",
                                        "decode", "decode_parameters", "repair"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        each(names[i], "write", "ENOSPC", TRIAL_ALL_LATER);
        each(names[i], "create", "ENOSPC", TRIAL_ALL_LATER);
        each(names[i], "sync", "EIO", TRIAL_ALL_LATER);
    }
}

/* File systems that have no nameless files, cannot exchange two folders, or have no links. */
static void poor_file_systems(void)
{
    static const char *const calls[] = {"create", "write", "sync", "rename",
                                        "unlink", "close", "stat", "lock"};
    static const char *const names[] = {"encode_layout", "metadata", "decode", "decode_empty",
                                        "repair"};
    const size_t call_count = sizeof calls / sizeof *calls;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t k = 0; k < call_count; k++)
            each(names[i], calls[k], "EIO", TRIAL_NO_TMPFILE);
        each(names[i], "file", "kill", TRIAL_NO_TMPFILE);
    }
    each("encode", "rename", "EIO", TRIAL_NO_EXCHANGE);
    each("encode", "file", "kill", TRIAL_NO_EXCHANGE);
    each("encode", "link", "EPERM", TRIAL_ALL_LATER);
}

/* ---- processes ---- */

static _Noreturn void work(const char *rq, const char *interposer, const char *folder)
{
    files_make_folder(folder);
    trial_begin(rq, interposer, folder, seed, &shared->tally);
    mine = atomic_fetch_add(&shared->next, 1);
    every_call_in_every_way();
    kills();
    full_disks();
    poor_file_systems();
    trial_end();
    fflush(stdout);
    exit(0);
}

static void stop(int signal)
{
    (void)signal;
    atomic_store(&shared->stop, true);
}

static void begin(const char *rq, const char *interposer, const char *root, long processes)
{
    char folder[FILES_PATH], name[16];
    for (long i = 0; i < processes; i++) {
        snprintf(name, sizeof name, "%ld", i);
        files_join(folder, root, name);
        fflush(stdout);
        pid_t process = fork();
        if (process < 0)
            files_give_up("start", "a process");
        if (process == 0)
            work(rq, interposer, folder);
    }
}

/* Waits for all. True if they went through. */
static bool ended(void)
{
    bool well = true;
    for (int status;;) {
        if (wait(&status) >= 0) {
            well = well && status == 0;
            if (status != 0)
                atomic_store(&shared->stop, true);
        } else if (errno != EINTR) {
            return well;
        }
    }
}

/* ---- the command line ---- */

static _Noreturn void misused(void)
{
    fputs("usage: faults [-j N] [--samples N] [--ways N] [--seed N] RQ INTERPOSER [CALL...] "
          "[CASE...]\n",
          stderr);
    exit(2);
}

static long processes_and_options(int argc, char **argv)
{
    static const struct option known[] = {{"samples", required_argument, NULL, 'n'},
                                          {"ways", required_argument, NULL, 'w'},
                                          {"seed", required_argument, NULL, 's'},
                                          {NULL, 0, NULL, 0}};
    long processes = 1;
    for (int option; (option = getopt_long(argc, argv, "j:", known, NULL)) != -1;) {
        if (option == 'j')
            processes = strtol(optarg, NULL, 10);
        else if (option == 'n')
            samples = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'w')
            ways = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 's')
            seed = strtoul(optarg, NULL, 10);
        else
            misused();
    }
    if (argc - optind < 2 || processes < 1 || processes > MOST_PROCESSES || samples == 1 ||
        ways == 0)
        misused();
    wanted = argv + optind + 2;
    wanted_count = argc - optind - 2;
    for (int i = 0; i < wanted_count; i++)
        if (!is_call(wanted[i]) && case_of(wanted[i]) == NULL)
            misused();
    return processes;
}

static char *path_of(const char *program)
{
    char *path = realpath(program, NULL);
    if (path == NULL)
        files_give_up("find", program);
    return path;
}

int main(int argc, char **argv)
{
    char root[FILES_PATH];
    long processes = processes_and_options(argc, argv);
    char *rq = path_of(argv[optind]), *interposer = path_of(argv[optind + 1]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        files_give_up("share", "memory");
    (void)sigaction(SIGINT, &(struct sigaction){.sa_handler = stop}, NULL);
    (void)sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);
    if (access("/dev/shm", W_OK) == 0) /* for so many small files, where nothing else is said */
        (void)setenv("TMPDIR", "/dev/shm", 0);
    files_temporary(root);
    begin(rq, interposer, root, processes);
    bool well = ended();
    files_remove(root);
    free(rq);
    free(interposer);

    const trial_tally *tally = &shared->tally;
    printf("%u runs, %u faults, %u failures\n", tally->runs, tally->faults, tally->failures);
    if (tally->faults == 0)
        puts("the interposer does nothing");
    else if (atomic_load(&shared->stop))
        puts("did not go through");
    return well && tally->faults > 0 && tally->failures == 0 && !shared->stop ? 0 : 1;
}
