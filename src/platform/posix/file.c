#include "platform/posix/posix.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file.h"

#if defined(__APPLE__)
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
#endif

static uint64_t nanoseconds(struct timespec time)
{
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int platform_look(platform_file file, platform_file_info *info)
{
    struct stat status;
    if (fstat(file.descriptor, &status) != 0)
        return errno;
    info->regular = S_ISREG(status.st_mode);
    info->directory = S_ISDIR(status.st_mode);
    info->size = info->regular ? (uint64_t)status.st_size : 0;
    info->modified = nanoseconds(status.st_mtim);
    info->changed = nanoseconds(status.st_ctim);
    return 0;
}

int platform_open_read(const char *path, platform_file *file, platform_file_info *info)
{
    *file = PLATFORM_FILE_CLOSED;
    /* Without O_NONBLOCK a FIFO would be waited for until somebody writes. */
    int failure = posix_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0, &file->descriptor);
    if (failure != 0)
        return failure;
    failure = platform_look(*file, info);
    if (failure != 0)
        platform_close(file);
    return failure;
}

bool platform_same_file(const char *path, const char *other)
{
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && posix_same_file(&a, &b);
}

void platform_close(platform_file *file)
{
    (void)platform_finish(file);
}

int platform_finish(platform_file *file)
{
    if (file->descriptor < 0)
        return 0;
    int failure = posix_close(file->descriptor);
    *file = PLATFORM_FILE_CLOSED;
    return failure;
}

int platform_set_size(platform_file file, uint64_t size)
{
    if (size > INT64_MAX)
        return EFBIG;
    while (ftruncate(file.descriptor, (off_t)size) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

int platform_sync(platform_file file)
{
#ifdef F_FULLFSYNC /* macOS: fsync alone leaves the data in the drive's cache */
    if (fcntl(file.descriptor, F_FULLFSYNC) == 0)
        return 0;
#endif
    while (fsync(file.descriptor) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

void platform_advise_sequential(platform_file file)
{
#ifdef POSIX_FADV_SEQUENTIAL
    (void)posix_fadvise(file.descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
#else
    (void)file;
#endif
}
