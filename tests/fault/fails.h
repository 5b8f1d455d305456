/* Which call fails, and how, as the environment says:
 *
 *   RQ_FAULT_CALL   memory, thread, open, create, read, write, sync, rename, link, mkdir, unlink,
 *                   truncate, close, stat, list, lock or other; file: all but memory and thread
 *   RQ_FAULT_AT     which of these calls fails, from 1
 *   RQ_FAULT_ERROR  EIO, ENOSPC, ...; short: half of the bytes are read or written; kill: the
 *                   program ends there, by SIGKILL
 *   RQ_FAULT_LAST   set: all later ones fail, too
 *   RQ_FAULT_LOG    the file that gets the name of the call that failed
 */
#ifndef FAULT_FAILS_H
#define FAULT_FAILS_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_ulong calls;
static bool is_short;

/* ---- which call ---- */

/* 0 for "short" and what is not known. */
static int error_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } known[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EACCES", EACCES}, {"EINTR", EINTR},
                 {"ENOMEM", ENOMEM}, {"EMFILE", EMFILE}, {"EAGAIN", EAGAIN}, {"EEXIST", EEXIST},
                 {"ENOENT", ENOENT}, {"EXDEV", EXDEV},   {"EPERM", EPERM},   {"ENOLCK", ENOLCK},
                 {"ENOSYS", ENOSYS}, {"EROFS", EROFS},   {"ELOOP", ELOOP}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    return 0;
}

/* A line more in the file at path, by system calls: the functions of that name may be ours. */
static void append(const char *path, const char *line)
{
    if (!path)
        return;
    long file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    syscall(SYS_write, file, line, strlen(line));
    syscall(SYS_write, file, "\n", 1);
    syscall(SYS_close, file);
}

static bool is_kind(const char *wanted, const char *kind)
{
    if (strcmp(wanted, "file") == 0)
        return strcmp(kind, "memory") != 0 && strcmp(kind, "thread") != 0 &&
               strcmp(kind, "create") != 0; /* which is open, too */
    return strcmp(wanted, kind) == 0;
}

/* True if this call, one of that kind, is to fail: errno says how. */
static bool fails(const char *kind, const char *name)
{
    const char *wanted = getenv("RQ_FAULT_CALL"), *at = getenv("RQ_FAULT_AT"),
               *error = getenv("RQ_FAULT_ERROR");
    if (!wanted || !at || !error || !is_kind(wanted, kind))
        return false;
    unsigned long number = atomic_fetch_add(&calls, 1) + 1, first = strtoul(at, NULL, 10);
    if (number != first && !(number > first && getenv("RQ_FAULT_LAST")))
        return false;
    append(getenv("RQ_FAULT_LOG"), name);
    if (strcmp(error, "kill") == 0)
        (void)kill(getpid(), SIGKILL);
    is_short = strcmp(error, "short") == 0;
    errno = error_number(error);
    return true;
}

#endif
