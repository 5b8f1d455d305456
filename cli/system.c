#define _DEFAULT_SOURCE      /* POSIX, and struct winsize */
#define _FILE_OFFSET_BITS 64 /* on 32 bits: files of any size */
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Progress callbacks read it in other threads than the one that took the signal. */
static atomic_int interrupted;

static void interrupt(int signal_number)
{
    atomic_store(&interrupted, signal_number);
}

static void catch (int signal_number)
{
    struct sigaction action = {.sa_handler = interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, NULL); /* without SA_RESTART: a waiting read must end */
}

/* Opened the wrong way round, so that using the descriptor still fails. */
static void fill_descriptor(int descriptor, int flags)
{
    if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
        (void)open("/dev/null", flags);
}

void system_prepare(void)
{
    fill_descriptor(STDIN_FILENO, O_WRONLY);
    fill_descriptor(STDOUT_FILENO, O_RDONLY);
    fill_descriptor(STDERR_FILENO, O_RDONLY);

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond ulimit -f fails then, as one on a full disk does */
    catch (SIGINT);
    catch (SIGTERM);
    struct sigaction hangup;
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) /* nohup */
        catch (SIGHUP);
}

int system_interrupted(void)
{
    return atomic_load(&interrupted);
}

bool system_output_is_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

bool system_can_redraw(void)
{
    const char *terminal = getenv("TERM");
    return terminal && *terminal && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO);
}

unsigned system_terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

double system_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

bool system_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int system_file_size(const char *path, uint64_t *size)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return errno;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    if (!S_ISREG(status.st_mode))
        return EINVAL;
    *size = (uint64_t)status.st_size;
    return 0;
}

bool system_not_found(int errno_value)
{
    return errno_value == ENOENT || errno_value == ENOTDIR;
}

/* Waits until the descriptor is ready, waking up to look at the flag: a signal that comes between
 * the look and the wait would be lost otherwise. */
static bool ready(int descriptor, short event)
{
    struct pollfd wanted = {.fd = descriptor, .events = event};
    while (!system_interrupted()) {
        int count = poll(&wanted, 1, 100);
        if (count > 0)
            return true;
        if (count < 0 && errno != EINTR)
            return false;
    }
    return false;
}

int64_t system_read_input(void *context, void *buffer, size_t size)
{
    int *failure = context;
    while (ready(STDIN_FILENO, POLLIN)) {
        ssize_t count = read(STDIN_FILENO, buffer, size);
        if (count >= 0)
            return count;
        if (errno != EINTR && errno != EAGAIN) {
            *failure = errno;
            break;
        }
    }
    return -1;
}

int system_write_output(void *context, const void *data, size_t size)
{
    int *failure = context;
    const char *next = data;
    while (size > 0) {
        if (!ready(STDOUT_FILENO, POLLOUT))
            return -1;
        ssize_t count = write(STDOUT_FILENO, next, size);
        if (count < 0 && errno != EINTR && errno != EAGAIN) {
            *failure = errno;
            return -1;
        }
        if (count > 0) {
            next += count;
            size -= (size_t)count;
        }
    }
    return 0;
}
