#define _GNU_SOURCE
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/files.h"

enum { SECONDS = 20 };

static sigset_t child_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    return set;
}

void run_begin(void)
{
    sigset_t set = child_signal();
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static pid_t begin(char *const *arguments)
{
    const int writing = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t process;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "out", writing, 0666);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "err", writing, 0666);
    errno = posix_spawn(&process, arguments[0], &files, &attributes, arguments, environ);
    if (errno != 0)
        files_give_up("run", arguments[0]);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return process;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* False if it has not ended in time. */
static bool has_ended(pid_t process, int *status)
{
    const double limit = seconds() + SECONDS;
    const struct timespec second = {.tv_sec = 1, .tv_nsec = 0};
    const sigset_t set = child_signal();
    for (;;) {
        pid_t ended = waitpid(process, status, WNOHANG);
        if (ended < 0)
            files_give_up("wait for", "a program");
        if (ended == process || seconds() > limit)
            return ended == process;
        (void)sigtimedwait(&set, NULL, &second);
    }
}

int run(char *const *arguments)
{
    int status;
    pid_t process = begin(arguments);
    if (!has_ended(process, &status)) {
        (void)kill(process, SIGKILL);
        (void)waitpid(process, NULL, 0);
        return RUN_TOO_LONG;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
