#include "platform/posix/posix.h"

#include <errno.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include "platform/file.h"

/* True if the call is to be made again: it was interrupted, or somebody made the descriptor (a pipe
 * or terminal that we were given) non-blocking. */
static bool again(int descriptor, short events)
{
    if (errno == EINTR)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    struct pollfd wait = {.fd = descriptor, .events = events};
    return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

/* A file offset is signed. */
static bool offset_fits(uint64_t offset, size_t size)
{
    return offset <= INT64_MAX && size <= INT64_MAX - offset;
}

int posix_open(int folder, const char *path, int flags, mode_t mode, int *descriptor)
{
    do {
        *descriptor = openat(folder, path, flags | O_CLOEXEC | O_NOCTTY, mode);
    } while (*descriptor < 0 && errno == EINTR);
    return *descriptor < 0 ? errno : 0;
}

#if POSIX_HAS_TMPFILE
int posix_open_nameless(int folder, const char *path, int flags, mode_t mode, int *descriptor)
{
    return posix_open(folder, path, flags | O_TMPFILE | O_RDWR, mode, descriptor);
}
#endif

int posix_close(int descriptor)
{
    /* After EINTR the descriptor is gone on Linux and unspecified elsewhere: never close twice. */
    if (close(descriptor) == 0 || errno == EINTR)
        return 0;
    return errno;
}

int posix_write(int descriptor, const void *data, size_t size)
{
    const char *next = data;
    while (size > 0) {
        ssize_t written = write(descriptor, next, posix_next_size(size));
        if (written < 0) {
            if (again(descriptor, POLLOUT))
                continue;
            return errno;
        }
        if (written == 0)
            return EIO;
        next += written;
        size -= (size_t)written;
    }
    return 0;
}

int posix_lock(int descriptor, int operation)
{
    while (flock(descriptor, operation) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

int platform_read(platform_file file, void *buffer, size_t size, size_t *got)
{
    char *next = buffer;
    *got = 0;
    while (*got < size) {
        ssize_t count = read(file.descriptor, next + *got, posix_next_size(size - *got));
        if (count < 0) {
            if (again(file.descriptor, POLLIN))
                continue;
            return errno;
        }
        if (count == 0)
            return 0;
        *got += (size_t)count;
    }
    return 0;
}

int platform_write(platform_file file, const void *data, size_t size)
{
    return posix_write(file.descriptor, data, size);
}

int platform_read_at(platform_file file, uint64_t offset, void *buffer, size_t size, size_t *got)
{
    char *next = buffer;
    *got = 0;
    if (!offset_fits(offset, size))
        return EOVERFLOW;
    while (*got < size) {
        ssize_t count = pread(file.descriptor, next + *got, posix_next_size(size - *got),
                              (off_t)(offset + *got));
        if (count < 0) {
            if (again(file.descriptor, POLLIN))
                continue;
            return errno;
        }
        if (count == 0)
            return 0;
        *got += (size_t)count;
    }
    return 0;
}

int platform_write_at(platform_file file, uint64_t offset, const void *data, size_t size)
{
    const char *next = data;
    if (!offset_fits(offset, size))
        return EFBIG;
    while (size > 0) {
        ssize_t written = pwrite(file.descriptor, next, posix_next_size(size), (off_t)offset);
        if (written < 0) {
            if (again(file.descriptor, POLLOUT))
                continue;
            return errno;
        }
        if (written == 0)
            return EIO;
        next += written;
        offset += (uint64_t)written;
        size -= (size_t)written;
    }
    return 0;
}
