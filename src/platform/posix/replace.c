#include "platform/posix/posix.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file.h"

/* The new file has no name where the system can do that, else a temporary one beside its target. A
 * nameless file gets its target's name in one step, or, where an old file has that, a temporary
 * name first, because only a rename replaces. Temporaries of NAME are .NAME.rq-partial-0, -1, ..; a
 * live one is locked by its maker, so what can be locked is left of a killed run and goes. */
enum {
    LINKS = 40,        /* followed to find the target */
    TEMPORARIES = 100, /* of one target at a time */
    PROBED = 4,        /* temporaries looked for even if those before are not there */
    STEM = 200,        /* bytes of NAME that its temporaries bear */
    TEMPORARY_NAME_SIZE = STEM + 32,
};

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Joins the folder of path (with its slash) and target, unless that is absolute. */
static char *beside(const char *path, const char *target)
{
    size_t folder = target[0] == '/' ? 0 : (size_t)(name_of(path) - path);
    size_t length = strlen(target);
    char *joined = malloc(folder + length + 1);
    if (joined) {
        memcpy(joined, path, folder);
        memcpy(joined + folder, target, length + 1);
    }
    return joined;
}

/* Follows the last component of path as long as that is a link, also one that points nowhere. */
static int resolve(const char *path, char **resolved)
{
    char target[PATH_MAX];
    *resolved = strdup(path);
    for (int i = 0; *resolved && i < LINKS; i++) {
        ssize_t length = readlink(*resolved, target, sizeof target);
        if (length < 0)
            return 0;
        if ((size_t)length == sizeof target)
            return ENAMETOOLONG;
        target[length] = '\0';
        char *next = beside(*resolved, target);
        free(*resolved);
        *resolved = next;
    }
    return *resolved ? ELOOP : ENOMEM;
}

static int open_parent(const char *path, int *folder)
{
    const char *name = name_of(path);
    if (path[0] == '\0')
        return ENOENT;
    if (name[0] == '\0')
        return EISDIR;
    char *parent = beside(path, ".");
    if (!parent)
        return ENOMEM;
    int failure = posix_open(AT_FDCWD, parent, O_RDONLY | O_DIRECTORY, 0, folder);
    free(parent);
    return failure;
}

bool platform_folder_has_path(platform_folder folder, const char *name, const char *path)
{
    char *resolved;
    int parent = -1;
    struct stat a, b;
    bool same = resolve(path, &resolved) == 0 && strcmp(name_of(resolved), name) == 0 &&
                open_parent(resolved, &parent) == 0 && fstat(parent, &a) == 0 &&
                fstat(folder.descriptor, &b) == 0 && posix_same_file(&a, &b);
    if (parent >= 0)
        (void)posix_close(parent);
    free(resolved);
    return same;
}

/* A system's link to an open file, such as /dev/fd/5, names it by the path it had. Where that is
 * gone, a new file there would have nothing to do with the one that was meant. */
static int check_reached(const char *path, int folder, const char *name)
{
    struct stat meant, named;
    bool is_lost = stat(path, &meant) == 0 &&
                   fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
    return is_lost ? ENOENT : 0;
}

/* What is there already: its permissions go to the new file. */
static int check_target(int folder, const char *name, bool *exists, mode_t *mode)
{
    struct stat status;
    *exists = false;
    *mode = 0666;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : errno;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    if (!S_ISREG(status.st_mode))
        return EINVAL;
    if (faccessat(folder, name, W_OK, 0) != 0)
        return errno;
    *exists = true;
    *mode = status.st_mode & 0777;
    return 0;
}

static void temporary_name(const char *name, int number, char out[TEMPORARY_NAME_SIZE])
{
    size_t length = strlen(name);
    if (length > STEM) {
        length = STEM;
        while (length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80)
            length--; /* not within a character */
    }
    snprintf(out, TEMPORARY_NAME_SIZE, ".%.*s.rq-partial-%d", (int)length, name, number);
}

/* Is this open file, a regular one, still what name stands for? Only its lock's holder may then
 * remove the name. */
static bool has_name(int descriptor, int folder, const char *name)
{
    struct stat open, named;
    return fstat(descriptor, &open) == 0 && S_ISREG(open.st_mode) &&
           fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           posix_same_file(&open, &named);
}

/* False if there is no temporary of that name. */
static bool remove_if_stale(int folder, const char *name)
{
    int descriptor;
    int failure = posix_open(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0, &descriptor);
    if (failure != 0)
        return failure != ENOENT;
    if (posix_lock(descriptor, LOCK_EX | LOCK_NB) == 0 && has_name(descriptor, folder, name))
        (void)unlinkat(folder, name, 0);
    (void)posix_close(descriptor);
    return true;
}

static void remove_stale(int folder, const char *target)
{
    char name[TEMPORARY_NAME_SIZE];
    for (int number = 0, absent = 0; number < TEMPORARIES && absent < PROBED; number++) {
        temporary_name(target, number, name);
        if (!remove_if_stale(folder, name))
            absent++;
    }
}

/* Other than 0 where the system has no nameless files or would have no way to name one later. */
static int open_nameless(int folder, mode_t mode, int *descriptor)
{
#if POSIX_HAS_TMPFILE
    char link[40];
    int failure = posix_open_nameless(folder, ".", 0, mode, descriptor);
    if (failure != 0)
        return failure;
    snprintf(link, sizeof link, "/proc/self/fd/%d", *descriptor);
    if (faccessat(AT_FDCWD, link, F_OK, 0) == 0)
        return 0;
    (void)posix_close(*descriptor);
#else
    (void)folder, (void)mode, (void)descriptor;
#endif
    return EOPNOTSUPP;
}

/* Makes the file with a temporary name and locks it. */
static int open_named(platform_replacement *replacement, mode_t mode)
{
    const char *target = name_of(replacement->path);
    int folder = replacement->folder;
    char *name = malloc(TEMPORARY_NAME_SIZE);
    if (!name)
        return ENOMEM;
    int failure = EEXIST;
    for (int number = 0; failure == EEXIST && number < TEMPORARIES; number++) {
        int descriptor;
        temporary_name(target, number, name);
        failure =
            posix_open(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode, &descriptor);
        if (failure != 0)
            continue;
        if (posix_lock(descriptor, LOCK_EX | LOCK_NB) == EWOULDBLOCK ||
            !has_name(descriptor, folder, name)) {
            (void)posix_close(descriptor); /* another run took it for stale, and removes it */
            failure = EEXIST;
            continue;
        }
        replacement->file.descriptor = descriptor;
        replacement->temporary = name;
    }
    if (failure != 0)
        free(name);
    return failure;
}

int platform_replace_begin(platform_replacement *replacement, const char *path)
{
    *replacement = (platform_replacement){.file = PLATFORM_FILE_CLOSED, .folder = -1};
    bool exists = false;
    mode_t mode = 0666;
    int failure = resolve(path, &replacement->path);
    if (failure == 0)
        failure = open_parent(replacement->path, &replacement->folder);
    if (failure == 0)
        failure = check_reached(path, replacement->folder, name_of(replacement->path));
    if (failure == 0)
        failure = check_target(replacement->folder, name_of(replacement->path), &exists, &mode);
    if (failure == 0) {
        remove_stale(replacement->folder, name_of(replacement->path));
        if (open_nameless(replacement->folder, mode, &replacement->file.descriptor) != 0) {
            replacement->file = PLATFORM_FILE_CLOSED;
            failure = open_named(replacement, mode);
        }
    }
    if (failure == 0 && exists) /* the umask may have taken bits that the old file has */
        (void)fchmod(replacement->file.descriptor, mode);
    if (failure != 0)
        platform_replace_abandon(replacement);
    return failure;
}

/* Gives the nameless file its target's name or, if that is taken, a temporary one. */
static int link_nameless(platform_replacement *replacement)
{
    const char *target = name_of(replacement->path);
    char link[40];
    char name[TEMPORARY_NAME_SIZE];
    snprintf(link, sizeof link, "/proc/self/fd/%d", replacement->file.descriptor);
    (void)posix_lock(replacement->file.descriptor, LOCK_EX | LOCK_NB);
    if (linkat(AT_FDCWD, link, replacement->folder, target, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    for (int number = 0; errno == EEXIST && number < TEMPORARIES; number++) {
        temporary_name(target, number, name);
        if (linkat(AT_FDCWD, link, replacement->folder, name, AT_SYMLINK_FOLLOW) != 0)
            continue;
        replacement->temporary = strdup(name);
        if (replacement->temporary)
            return 0;
        (void)unlinkat(replacement->folder, name, 0);
        return ENOMEM;
    }
    return errno;
}

/* Some file systems tell only when a descriptor is closed that they could not take the data. */
static int check_written(int descriptor)
{
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? errno : posix_close(copy);
}

/* The last step can fail too: a durable replacement keeps the old file at hand until the folder is
 * on the disk, so that a failure leaves what was there before. */
static int exchange(const platform_replacement *replacement)
{
    platform_folder folder = {replacement->folder};
    return platform_folder_exchange(folder, replacement->temporary, folder,
                                    name_of(replacement->path));
}

static bool is_folder(int folder, const char *name)
{
    struct stat status;
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* An exchange puts a file in the place of a folder, too, which no rename would. One that comes
 * between the look and the exchange goes back. */
static int exchange_files(const platform_replacement *replacement)
{
    if (is_folder(replacement->folder, name_of(replacement->path)))
        return EISDIR;
    int failure = exchange(replacement);
    if (failure != 0 || !is_folder(replacement->folder, replacement->temporary))
        return failure;
    (void)exchange(replacement);
    return EISDIR;
}

static void forget_temporary(platform_replacement *replacement)
{
    free(replacement->temporary);
    replacement->temporary = NULL;
}

static int publish(platform_replacement *replacement)
{
    const char *target = name_of(replacement->path);
    int folder = replacement->folder;
    if (replacement->temporary && renameat(folder, replacement->temporary, folder, target) != 0)
        return errno;
    forget_temporary(replacement);
    return 0;
}

/* Leaves what is to be removed under the temporary name. */
static int publish_durably(platform_replacement *replacement)
{
    bool is_named = !replacement->temporary; /* the nameless file has its name already */
    int swap = is_named ? 0 : exchange_files(replacement);
    bool is_new = is_named || swap == ENOENT;
    bool exchanged = !is_named && swap == 0;
    int failure = swap == 0 || swap == EISDIR ? swap : publish(replacement);
    if (failure != 0)
        return failure;
    failure = platform_folder_sync_names((platform_folder){replacement->folder});
    if (failure != 0 && exchanged)
        (void)exchange(replacement);
    if (failure != 0 && is_new)
        (void)unlinkat(replacement->folder, name_of(replacement->path), 0);
    return failure;
}

int platform_replace_commit(platform_replacement *replacement, bool durable)
{
    int failure = durable ? platform_sync(replacement->file) : 0;
    if (failure == 0)
        failure = check_written(replacement->file.descriptor);
    if (failure == 0 && !replacement->temporary)
        failure = link_nameless(replacement);
    if (failure == 0)
        failure = durable ? publish_durably(replacement) : publish(replacement);
    if (failure == 0)
        platform_replace_abandon(replacement);
    return failure;
}

void platform_replace_abandon(platform_replacement *replacement)
{
    if (replacement->temporary)
        (void)unlinkat(replacement->folder, replacement->temporary, 0);
    platform_close(&replacement->file);
    if (replacement->folder >= 0)
        (void)posix_close(replacement->folder);
    free(replacement->temporary);
    free(replacement->path);
    *replacement = (platform_replacement){.file = PLATFORM_FILE_CLOSED, .folder = -1};
}
