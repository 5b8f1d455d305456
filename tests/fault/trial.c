#define _GNU_SOURCE
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

enum { STDERR_LINES = 20 };

static const char *interposer_path;
static trial_tally *sums;

static bool is(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

/* ---- telling ---- */

/* The command, the fault, and once it is known the function that failed. */
static char subject[2 * FILES_PATH];

static void add_to_subject(const char *text)
{
    strncat(subject, text, sizeof subject - 1 - strlen(subject));
}

static void begin_subject(const trial *made)
{
    snprintf(subject, sizeof subject, "rq %s  # %s, call %u of %s gives %s", made->tried->command,
             made->tried->name, made->at, made->call, made->error);
    if (made->system & TRIAL_ALL_LATER)
        add_to_subject(", and all later ones");
    if (made->system & TRIAL_NO_TMPFILE)
        add_to_subject(", without nameless files");
    if (made->system & TRIAL_NO_EXCHANGE)
        add_to_subject(", without exchanges");
}

/* In one piece: other processes print, too. */
static void fail(const char *what, const char *detail)
{
    char *words = files_exists("err") ? files_read("err", NULL) : NULL, *rest;
    atomic_fetch_add(&sums->failures, 1);
    printf("FAILED: %s\n    %s%s\n", subject, what, detail);
    char *line = words == NULL ? NULL : strtok_r(words, "\n", &rest);
    for (int i = 0; line != NULL && i < STDERR_LINES; i++) {
        printf("    stderr: %s\n", line);
        line = strtok_r(NULL, "\n", &rest);
    }
    fflush(stdout);
    free(words);
}

static void require(bool condition, const char *what)
{
    if (!condition)
        fail(what, "");
}

static void require_status(int status, const char *what)
{
    char number[32];
    snprintf(number, sizeof number, " (status %d)", status);
    if (status != 0)
        fail(what, number);
}

static void require_no_litter(const char *when)
{
    char path[FILES_PATH];
    if (tree_has_litter(".", path))
        fail(when, path);
}

/* What the interposer tells at the end of a program. */
static void require_all_closed(void)
{
    if (files_exists("open")) {
        char *names = files_read("open", NULL);
        fail("left open: ", names);
        free(names);
        files_remove("open");
    }
}

/* ---- the environment of the programs, which this process shares ---- */

static void set(const char *name, const char *value)
{
    if (value != NULL ? setenv(name, value, 1) != 0 : unsetenv(name) != 0)
        files_give_up("set", name);
}

static void set_system(trial_system system)
{
    set("RQ_FAULT_LAST", system & TRIAL_ALL_LATER ? "1" : NULL);
    set("RQ_FAULT_NO_TMPFILE", system & TRIAL_NO_TMPFILE ? "1" : NULL);
    set("RQ_FAULT_NO_EXCHANGE", system & TRIAL_NO_EXCHANGE ? "1" : NULL);
}

static int run_with_fault(const char *command, const char *call, unsigned at, const char *error)
{
    char number[16];
    snprintf(number, sizeof number, "%u", at);
    set("RQ_FAULT_CALL", call);
    set("RQ_FAULT_AT", number);
    set("RQ_FAULT_ERROR", error);
    set("LD_PRELOAD", interposer_path);
    int status = case_run(command);
    set("LD_PRELOAD", NULL);
    set("RQ_FAULT_CALL", NULL);
    return status;
}

void trial_begin(const char *rq, const char *interposer, const char *folder, uint64_t seed,
                 trial_tally *tally)
{
    char text[FILES_PATH];
    const char *options = getenv("ASAN_OPTIONS");
    interposer_path = interposer;
    sums = tally;
    if (chdir(folder) != 0)
        files_give_up("enter", folder);
    snprintf(text, sizeof text, "%s:verify_asan_link_order=0:exitcode=99", options ? options : "");
    set("ASAN_OPTIONS", text);
    files_join(text, folder, "open");
    set("RQ_FAULT_LEFT_OPEN", text);
    files_join(text, folder, "log");
    set("RQ_FAULT_LOG", text);
    run_begin();
    cases_begin(rq, seed);
}

void trial_end(void)
{
    snprintf(subject, sizeof subject, "what was only to be read");
    require(cases_are_whole(), "has changed");
    cases_end();
}

/* ---- after a fault ---- */

/* The name of the function that failed. False if there was no such call. */
static bool take_log(void)
{
    if (!files_exists("log"))
        return false;
    char *log = files_read("log", NULL);
    log[strcspn(log, "\n")] = '\0';
    add_to_subject(" (");
    add_to_subject(log);
    add_to_subject(")");
    free(log);
    files_remove("log");
    return true;
}

/* The exchange of encodings is finished or undone by the next run, also one that fails. */
static void check_killed_encode(const trial *made)
{
    const fault_case *tried = made->tried;
    /* Without an exchange in one step a block is under another name for a moment. */
    require((made->system & TRIAL_NO_EXCHANGE) || cases_can_decode(),
            "neither the old encoding nor the new one can be decoded");
    require(run_with_fault(tried->command, "write", 1, "EIO") != 0,
            "a write that fails is not seen");
    files_remove("log");
    require_all_closed();
    require(case_is_right_but_for_folders(tried) || case_is_kept(tried),
            "neither the old encoding nor the new one is there");
    require_no_litter("litter after the next run: ");
}

static void check_killed(const trial *made)
{
    const char *name = made->tried->name;
    require(is(made->error, "kill"), "was killed");
    if (is(name, "encode"))
        check_killed_encode(made);
    else if (!is(name, "encode_layout") && !is(name, "encode_empty"))
        require(case_is_kept(made->tried) || case_is_right(made->tried),
                "what was there before has changed");
}

/* Where such a call fails, what should have been removed may stay until the next run. */
static bool cleans_up(const char *call)
{
    static const char *const calls[] = {"unlink", "list",   "open", "lock",
                                        "stat",   "rename", "close"};
    bool found = false;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        found = found || is(call, calls[i]);
    return found;
}

/* No result shows a sync that failed. An interrupted one is made again. */
static bool must_be_told(const trial *made)
{
    return is(made->call, "sync") && !is(made->error, "EINTR");
}

static bool says_why(void)
{
    char *words = files_read("err", NULL);
    bool says = strncmp(words, "rq: ", 4) == 0 || strstr(words, "\nrq: ") != NULL;
    free(words);
    return says;
}

/* What was interrupted or done in part is done again. */
static bool must_succeed(const trial *made)
{
    return is(made->error, "EINTR") || is(made->error, "short");
}

static void check_status(const trial *made, int status)
{
    if (must_succeed(made))
        require_status(status, "fails, but it could have gone on");
    switch (status) {
    case 0:
        require(!must_be_told(made), "success, but what could not be synced may be lost");
        require(cleans_up(made->call) ? case_is_right_but_for_folders(made->tried)
                                      : case_is_right(made->tried),
                "success, but the result is wrong");
        break;
    case 1:
    case 3:
    case 4:
    case 5:
    case 6:
        require(case_is_kept(made->tried), "failed, but what was there before has changed");
        require(says_why(), "failed without a word");
        break;
    case RUN_KILLED:
        check_killed(made);
        break;
    default: /* 7: what verify cannot read is damaged */
        if (status != 7 || !is(made->tried->name, "verify"))
            require_status(status, "ended as it must not");
    }
}

/* A success may have been unable to clear away what is not needed any more. */
static void check_litter(const trial *made, int status)
{
    if (cleans_up(made->call) || status == 0 || status == RUN_KILLED)
        return;
    if (!(made->system & TRIAL_ALL_LATER))
        require_no_litter("litter: ");
    require(!is(made->tried->name, "encode_empty") || !files_exists("target"),
            "the folder that it made is still there");
}

/* The same command once more. */
static void check_next_run(const fault_case *tried)
{
    char path[FILES_PATH];
    require_status(case_run(tried->command), "fails without faults afterwards");
    require(case_is_right(tried), "gives a wrong result without faults afterwards");
    require_no_litter("litter stays: ");
    while (tree_has_litter(".", path))
        files_remove(path);
}

bool trial_run(const trial *made)
{
    const fault_case *tried = made->tried;
    begin_subject(made);
    set_system(made->system);
    atomic_fetch_add(&sums->runs, 1);
    case_prepare(tried);
    int status = run_with_fault(tried->command, made->call, made->at, made->error);
    bool had_fault = take_log();
    require_all_closed();
    if (had_fault) {
        atomic_fetch_add(&sums->faults, 1);
        check_status(made, status);
        check_litter(made, status);
        check_next_run(tried);
    } else {
        require_status(status, "fails without a fault");
        require(case_is_right(tried), "gives a wrong result without a fault");
        require_no_litter("litter without a fault: ");
    }
    return had_fault;
}
