/* Comes first in every file of this folder: asks the system's headers for all they have. */
#ifndef PLATFORM_POSIX_H
#define PLATFORM_POSIX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#ifndef _DARWIN_C_SOURCE
#define _DARWIN_C_SOURCE
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#ifndef O_TMPFILE
#define POSIX_HAS_TMPFILE 0
#else
#define POSIX_HAS_TMPFILE 1
#endif

/* Descriptors, with EINTR and short counts dealt with. All return 0 or errno. */
int posix_open(int folder, const char *path, int flags, mode_t mode, int *descriptor);
int posix_close(int descriptor);
int posix_write(int descriptor, const void *data, size_t size);
int posix_lock(int descriptor, int operation);

/* Linux moves no more than 0x7ffff000 bytes a call, macOS no more than 2^31 - 1. */
static inline size_t posix_next_size(size_t left)
{
    const size_t most_a_call = 0x40000000;
    return left < most_a_call ? left : most_a_call;
}

static inline bool posix_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#if POSIX_HAS_TMPFILE
/* Opens a file without a name in the folder at path. Other than 0 where the file system has none.
 */
int posix_open_nameless(int folder, const char *path, int flags, mode_t mode, int *descriptor);
#endif

#endif
