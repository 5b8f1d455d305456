#include "platform/posix/posix.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "platform/file.h"

/* Linux moves no more than 0x7ffff000 bytes a call, macOS no more than 2^31 - 1. */
static const size_t most_a_call = 0x40000000;

static size_t next_size(size_t left)
{
    return left < most_a_call ? left : most_a_call;
}

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
        ssize_t written = write(descriptor, next, next_size(size));
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
        ssize_t count = read(file.descriptor, next + *got, next_size(size - *got));
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

/* A write that tells of a reader who is gone by EPIPE alone: SIGPIPE would end the program that the
 * library is in. It goes to the thread that writes, so it can be kept from it there. */
static ssize_t write_to_stream(int descriptor, const void *data, size_t size)
{
    sigset_t pipe, before, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigemptyset(&pending);
    (void)sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    int failure = pthread_sigmask(SIG_BLOCK, &pipe, &before);
    ssize_t count = write(descriptor, data, size);
    int why = errno, taken;
    if (count < 0 && why == EPIPE && !was_pending && sigpending(&pending) == 0 &&
        sigismember(&pending, SIGPIPE) == 1)
        (void)sigwait(&pipe, &taken);
    if (failure == 0)
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return count;
}

int platform_write_some(platform_file file, const void *data, size_t size, size_t *written)
{
    enum { PATIENCE = 100 }; /* milliseconds */
    struct pollfd wait = {.fd = file.descriptor, .events = POLLOUT};
    *written = 0;
    int ready = poll(&wait, 1, PATIENCE);
    ssize_t count = ready > 0 ? write_to_stream(file.descriptor, data, next_size(size)) : ready;
    if (count < 0)
        return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
    *written = (size_t)count;
    return ready > 0 && count == 0 ? EIO : 0;
}

int platform_read_at(platform_file file, uint64_t offset, void *buffer, size_t size, size_t *got)
{
    char *next = buffer;
    *got = 0;
    if (!offset_fits(offset, size))
        return EOVERFLOW;
    while (*got < size) {
        ssize_t count =
            pread(file.descriptor, next + *got, next_size(size - *got), (off_t)(offset + *got));
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
        ssize_t written = pwrite(file.descriptor, next, next_size(size), (off_t)offset);
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
