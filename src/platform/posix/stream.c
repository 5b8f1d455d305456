/* What is written to by a path and is no file: a FIFO, a device, a terminal. */
#include "platform/posix/posix.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file.h"
#include "platform/system.h"

bool platform_is_stream(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

static bool is_fifo(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

int platform_stream_open(platform_stream *stream, const char *path)
{
    *stream = PLATFORM_STREAM_CLOSED;
    /* Without O_NONBLOCK it would wait, here and at every write, until somebody reads. */
    int failure = posix_open(AT_FDCWD, path, O_WRONLY | O_NONBLOCK, 0, &stream->file.descriptor);
    if (failure == ENXIO && is_fifo(path)) {
        stream->awaited = path;
        return 0;
    }
    if (failure != 0)
        return failure;
    struct stat status;
    if (fstat(stream->file.descriptor, &status) != 0)
        failure = errno;
    else if (S_ISREG(status.st_mode)) /* it was no stream, or has just been exchanged */
        failure = EEXIST;
    if (failure != 0)
        platform_stream_close(stream);
    return failure;
}

int platform_stream_wait(platform_stream *stream)
{
    int failure = platform_stream_open(stream, stream->awaited);
    if (failure == 0 && stream->awaited)
        platform_pause();
    return failure;
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
    ssize_t count = write(descriptor, data, posix_next_size(size));
    int why = errno, taken;
    if (count < 0 && why == EPIPE && !was_pending && sigpending(&pending) == 0 &&
        sigismember(&pending, SIGPIPE) == 1)
        (void)sigwait(&pipe, &taken);
    if (failure == 0)
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return count;
}

int platform_stream_write(platform_stream stream, const void *data, size_t size, size_t *written)
{
    enum { PATIENCE = 100 }; /* milliseconds */
    struct pollfd wait = {.fd = stream.file.descriptor, .events = POLLOUT};
    *written = 0;
    int ready = poll(&wait, 1, PATIENCE);
    ssize_t count = ready > 0 ? write_to_stream(stream.file.descriptor, data, size) : ready;
    if (count < 0)
        return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
    *written = (size_t)count;
    return ready > 0 && count == 0 ? EIO : 0;
}

int platform_stream_finish(platform_stream *stream)
{
    stream->awaited = NULL;
    return platform_finish(&stream->file);
}

void platform_stream_close(platform_stream *stream)
{
    (void)platform_stream_finish(stream);
}
