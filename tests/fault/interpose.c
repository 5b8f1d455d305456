/* Makes system calls fail, to be preloaded into a program (fails.h tells which and how). Besides:
 *
 *   RQ_FAULT_NO_TMPFILE   set: the system has no nameless files
 *   RQ_FAULT_NO_EXCHANGE  set: the system cannot exchange two names
 *   RQ_FAULT_LEFT_OPEN    the file that gets what the program left open at its end, if anything
 *
 * Calls on the standard streams never fail, and what the C library calls within itself is not seen
 * here. */
#define _GNU_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fails.h"

static bool is_standard(int descriptor)
{
    return descriptor >= 0 && descriptor <= 2;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- what is left open ---- */

enum { DESCRIPTORS = 256 };

static bool was_open[DESCRIPTORS];

static bool is_open(int descriptor)
{
    return syscall(SYS_fcntl, descriptor, F_GETFD) >= 0;
}

__attribute__((constructor)) static void begin(void)
{
    for (int i = 0; i < DESCRIPTORS; i++)
        was_open[i] = is_open(i);
}

__attribute__((destructor)) static void end(void)
{
    const char *report = getenv("RQ_FAULT_LEFT_OPEN");
    for (int i = 0; report && i < DESCRIPTORS; i++) {
        char link[32], path[256];
        snprintf(link, sizeof link, "/proc/self/fd/%d", i);
        long length = was_open[i] || !is_open(i)
                          ? -1
                          : syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
        if (length < 0)
            continue;
        path[length] = '\0';
        append(report, path);
    }
}

/* ---- memory ---- */

#if defined(__GLIBC__) && !defined(FAULT_NO_MEMORY)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    return fails("memory", "malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails("memory", "calloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails("memory", "realloc") ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails("memory", "aligned_alloc") ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (fails("memory", "posix_memalign"))
        return errno;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

static void *map(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    if (fails("memory", "mmap"))
        return MAP_FAILED;
    long result = syscall(SYS_mmap, address, size, protection, flags, file, offset);
    return (void *)result;
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    return map(address, size, protection, flags, file, offset);
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset)
{
    return map(address, size, protection, flags, file, offset);
}
#endif

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    return fails("thread", "pthread_create")
               ? errno
               : REAL(pthread_create)(thread, attributes, run, argument);
}

/* ---- files ---- */

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    if ((flags & O_TMPFILE) == O_TMPFILE && getenv("RQ_FAULT_NO_TMPFILE")) {
        errno = EOPNOTSUPP;
        return -1;
    }
    bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    if (fails("open", "open") || (creates && fails("create", "open")))
        return -1;
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

/* Reads the argument that is there if the flags say so. */
#define OPEN_MODE(flags)                                                                           \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                         \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode = va_arg(arguments, mode_t);                                                          \
        va_end(arguments);                                                                         \
    }

int open(const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return open_at(folder, path, flags, mode);
}

ssize_t read(int file, void *buffer, size_t size)
{
    if (!is_standard(file) && fails("read", "read")) {
        if (!is_short)
            return -1;
        size = size / 2 + size % 2;
    }
    return syscall(SYS_read, file, buffer, size);
}

ssize_t pread(int file, void *buffer, size_t size, off_t offset)
{
    if (fails("read", "pread")) {
        if (!is_short)
            return -1;
        size = size / 2 + size % 2;
    }
    return syscall(SYS_pread64, file, buffer, size, offset);
}

/* Short: the first part only, and not all of that. */
ssize_t preadv(int file, const struct iovec *parts, int count, off_t offset)
{
    if (fails("read", "preadv")) {
        if (!is_short)
            return -1;
        size_t size = parts->iov_len / 2 + parts->iov_len % 2;
        return syscall(SYS_pread64, file, parts->iov_base, size, offset);
    }
    return syscall(SYS_preadv, file, parts, count, offset, 0);
}

ssize_t write(int file, const void *data, size_t size)
{
    if (!is_standard(file) && fails("write", "write")) {
        if (!is_short)
            return -1;
        size = size / 2 + size % 2;
    }
    return syscall(SYS_write, file, data, size);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset)
{
    if (fails("write", "pwrite")) {
        if (!is_short)
            return -1;
        size = size / 2 + size % 2;
    }
    return syscall(SYS_pwrite64, file, data, size, offset);
}

int ftruncate(int file, off_t size)
{
    return fails("truncate", "ftruncate") ? -1 : (int)syscall(SYS_ftruncate, file, size);
}

/* The descriptor is gone even so, as on Linux. */
int close(int file)
{
    bool failing = !is_standard(file) && fails("close", "close");
    int why = errno, result = (int)syscall(SYS_close, file);
    if (!failing)
        return result;
    errno = why;
    return -1;
}

int fsync(int file)
{
    return fails("sync", "fsync") ? -1 : (int)syscall(SYS_fsync, file);
}

int syncfs(int file)
{
    return fails("sync", "syncfs") ? -1 : (int)syscall(SYS_syncfs, file);
}

int flock(int file, int operation)
{
    return fails("lock", "flock") ? -1 : (int)syscall(SYS_flock, file, operation);
}

int fchmod(int file, mode_t mode)
{
    return fails("other", "fchmod") ? -1 : (int)syscall(SYS_fchmod, file, mode);
}

int fcntl(int file, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    if (!is_standard(file) && fails("other", "fcntl"))
        return -1;
    return (int)syscall(SYS_fcntl, file, command, argument);
}

off_t lseek(int file, off_t offset, int whence)
{
    return !is_standard(file) && fails("other", "lseek") ? -1
                                                         : syscall(SYS_lseek, file, offset, whence);
}

/* ---- names ---- */

int renameat(int from, const char *old, int to, const char *new)
{
    return fails("rename", "renameat") ? -1 : (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    if (flags != 0 && getenv("RQ_FAULT_NO_EXCHANGE")) {
        errno = EINVAL;
        return -1;
    }
    return fails("rename", "renameat2") ? -1
                                        : (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    return fails("link", "linkat") ? -1 : (int)syscall(SYS_linkat, from, old, to, new, flags);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    return fails("mkdir", "mkdirat") ? -1 : (int)syscall(SYS_mkdirat, folder, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int unlinkat(int folder, const char *path, int flags)
{
    return fails("unlink", "unlinkat") ? -1 : (int)syscall(SYS_unlinkat, folder, path, flags);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int faccessat(int folder, const char *path, int mode, int flags)
{
    return fails("other", "faccessat") ? -1 : REAL(faccessat)(folder, path, mode, flags);
}

ssize_t readlink(const char *path, char *buffer, size_t size)
{
    return fails("other", "readlink") ? -1 : syscall(SYS_readlinkat, AT_FDCWD, path, buffer, size);
}

int fstat(int file, struct stat *status)
{
    return !is_standard(file) && fails("stat", "fstat") ? -1 : REAL(fstat)(file, status);
}

int fstatat(int folder, const char *path, struct stat *status, int flags)
{
    return fails("stat", "fstatat") ? -1 : REAL(fstatat)(folder, path, status, flags);
}

int stat(const char *path, struct stat *status)
{
    return fails("stat", "stat") ? -1 : REAL(stat)(path, status);
}

DIR *fdopendir(int file)
{
    return fails("list", "fdopendir") ? NULL : REAL(fdopendir)(file);
}

struct dirent *readdir(DIR *folder)
{
    return fails("list", "readdir") ? NULL : REAL(readdir)(folder);
}

/* On 64-bit machines the functions for large files differ in nothing but their names. */
#ifdef __GLIBC__
#define ALSO(name, other, result, parameters) result other parameters __attribute__((alias(#name)));

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wattribute-alias"
#endif
ALSO(open, open64, int, (const char *path, int flags, ...))
ALSO(openat, openat64, int, (int folder, const char *path, int flags, ...))
ALSO(pread, pread64, ssize_t, (int file, void *buffer, size_t size, off64_t offset))
ALSO(preadv, preadv64, ssize_t, (int file, const struct iovec *parts, int count, off64_t offset))
ALSO(pwrite, pwrite64, ssize_t, (int file, const void *data, size_t size, off64_t offset))
ALSO(ftruncate, ftruncate64, int, (int file, off64_t size))
ALSO(fcntl, fcntl64, int, (int file, int command, ...))
ALSO(lseek, lseek64, off64_t, (int file, off64_t offset, int whence))
ALSO(fstat, fstat64, int, (int file, struct stat64 *status))
ALSO(fstatat, fstatat64, int, (int folder, const char *path, struct stat64 *status, int flags))
ALSO(stat, stat64, int, (const char *path, struct stat64 *status))
ALSO(readdir, readdir64, struct dirent64 *, (DIR * folder))
#endif
