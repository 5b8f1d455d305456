#include "platform/posix/posix.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "platform/file.h"

/* Linux's struct dirent tells the type in most file systems; elsewhere it is asked for. */
static bool entry_is_regular(int folder, const struct dirent *entry)
{
#ifdef DT_UNKNOWN
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_REG;
#endif
    struct stat status;
    return fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode);
}

static int make_one(const char *path, bool *is_new)
{
    *is_new = mkdir(path, 0777) == 0;
    if (*is_new)
        return 0;
    int failure = errno;
    struct stat status;
    if (failure != ENOENT && stat(path, &status) == 0)
        return S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    return failure;
}

/* Makes the folder that the first length bytes of the path name. */
static int make_part(platform_made_folders *made, size_t length)
{
    char rest = made->path[length];
    bool is_new;
    made->path[length] = '\0';
    int failure = make_one(made->path, &is_new);
    made->path[length] = rest;
    made->made[length] |= is_new;
    return failure;
}

static int make_parts(platform_made_folders *made, size_t length)
{
    int failure = make_part(made, length);
    if (failure != ENOENT || length == 0)
        return failure;
    failure = 0;
    for (size_t i = 1; failure == 0 && i < length; i++)
        if (made->path[i] == '/' && made->path[i - 1] != '/')
            failure = make_part(made, i);
    return failure == 0 ? make_part(made, length) : failure;
}

int platform_make_folders(const char *path, platform_made_folders *made)
{
    size_t length = strlen(path);
    made->path = strdup(path);
    made->made = calloc(length + 1, sizeof *made->made);
    int failure = made->path && made->made ? make_parts(made, length) : ENOMEM;
    if (failure != 0)
        platform_remove_folders(made);
    return failure;
}

void platform_remove_folders(platform_made_folders *made)
{
    for (size_t length = made->path && made->made ? strlen(made->path) : 0; length > 0; length--) {
        if (!made->made[length])
            continue;
        made->path[length] = '\0';
        (void)rmdir(made->path);
    }
    platform_keep_folders(made);
}

void platform_keep_folders(platform_made_folders *made)
{
    free(made->path);
    free(made->made);
    *made = (platform_made_folders){0};
}

int platform_open_folder(const char *path, platform_folder *folder)
{
    return posix_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, &folder->descriptor);
}

int platform_open_subfolder(platform_folder parent, const char *name, platform_folder *folder)
{
    return posix_open(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0,
                      &folder->descriptor);
}

int platform_make_subfolder(platform_folder parent, const char *name)
{
    return mkdirat(parent.descriptor, name, 0777) == 0 ? 0 : errno;
}

void platform_close_folder(platform_folder *folder)
{
    if (folder->descriptor >= 0)
        (void)posix_close(folder->descriptor);
    *folder = PLATFORM_FOLDER_CLOSED;
}

int platform_folder_open_read(platform_folder folder, const char *name, platform_file *file,
                              uint64_t *size)
{
    *file = PLATFORM_FILE_CLOSED;
    int failure = posix_open(folder.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0,
                             &file->descriptor);
    if (failure != 0)
        return failure;
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        failure = errno;
    else if (!S_ISREG(status.st_mode))
        failure = S_ISDIR(status.st_mode) ? EISDIR : ENXIO;
    else
        *size = (uint64_t)status.st_size;
    if (failure != 0)
        platform_close(file);
    return failure;
}

/* One octet more than asked for shows whether the file ends there. A regular file is read to its
 * end or to the last octet in one call; the loop is for what interrupts. */
static int read_to_end(int descriptor, uint64_t offset, uint8_t *buffer, size_t size, size_t *got,
                       bool *ends)
{
    uint8_t more;
    *got = 0;
    *ends = true;
    while (*got < size) {
        struct iovec parts[2] = {{buffer + *got, size - *got}, {&more, 1}};
        ssize_t count = preadv(descriptor, parts, 2, (off_t)(offset + *got));
        if (count < 0 && errno != EINTR)
            return errno;
        if (count == 0)
            break;
        *got += count > 0 ? (size_t)count : 0;
    }
    *ends = *got <= size;
    *got -= !*ends;
    return 0;
}

int platform_folder_read(platform_folder folder, const char *name, uint64_t offset, void *buffer,
                         size_t size, size_t *got, bool *ends)
{
    int descriptor;
    if (offset > INT64_MAX || size >= INT64_MAX - offset)
        return EOVERFLOW;
    int failure =
        posix_open(folder.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, &descriptor);
    if (failure != 0)
        return failure;
    failure = read_to_end(descriptor, offset, buffer, size, got, ends);
    (void)posix_close(descriptor);
    return failure;
}

bool platform_folder_has(platform_folder folder, const char *name, uint64_t size)
{
    struct stat status;
    return fstatat(folder.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode) && (uint64_t)status.st_size == size;
}

int platform_folder_create(platform_folder folder, const char *name, platform_file *file)
{
    return posix_open(folder.descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666,
                      &file->descriptor);
}

int platform_folder_write_new(platform_folder folder, const char *name, const void *data,
                              size_t size)
{
    platform_file file;
    int failure = platform_folder_create(folder, name, &file);
    if (failure != 0)
        return failure;
    failure = platform_write(file, data, size);
    int finish_failure = platform_finish(&file);
    if (failure == 0)
        failure = finish_failure;
    if (failure != 0)
        (void)unlinkat(folder.descriptor, name, 0);
    return failure;
}

int platform_folder_remove_file(platform_folder folder, const char *name)
{
    return unlinkat(folder.descriptor, name, 0) == 0 ? 0 : errno;
}

int platform_folder_move(platform_folder from, const char *name, platform_folder to,
                         const char *new_name)
{
    return renameat(from.descriptor, name, to.descriptor, new_name) == 0 ? 0 : errno;
}

int platform_folder_exchange(platform_folder folder, const char *name, platform_folder other,
                             const char *other_name)
{
#if defined(RENAME_EXCHANGE)
    int result = renameat2(folder.descriptor, name, other.descriptor, other_name, RENAME_EXCHANGE);
#elif defined(RENAME_SWAP) /* macOS */
    int result = renameatx_np(folder.descriptor, name, other.descriptor, other_name, RENAME_SWAP);
#else
    int result = -1;
    errno = ENOSYS;
    (void)folder, (void)name, (void)other, (void)other_name;
#endif
    return result == 0 ? 0 : errno;
}

int platform_folder_link(platform_folder from, const char *name, platform_folder to,
                         const char *new_name)
{
    return linkat(from.descriptor, name, to.descriptor, new_name, 0) == 0 ? 0 : errno;
}

int platform_folder_same(platform_folder folder, const char *name, platform_folder other,
                         const char *other_name, bool *same)
{
    struct stat a, b;
    *same = false;
    if (fstatat(folder.descriptor, name, &a, AT_SYMLINK_NOFOLLOW) != 0 ||
        fstatat(other.descriptor, other_name, &b, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : errno;
    *same = posix_same_file(&a, &b);
    return 0;
}

int platform_folder_remove_folder(platform_folder folder, const char *name)
{
    return unlinkat(folder.descriptor, name, AT_REMOVEDIR) == 0 ? 0 : errno;
}

int platform_folder_list(platform_folder folder, platform_visit visit, void *context)
{
    /* A description of its own, so that listings do not share a position. */
    int descriptor;
    int failure = posix_open(folder.descriptor, ".", O_RDONLY | O_DIRECTORY, 0, &descriptor);
    if (failure != 0)
        return failure;
    DIR *stream = fdopendir(descriptor);
    if (!stream) {
        failure = errno;
        (void)posix_close(descriptor);
        return failure;
    }
    int result = 0;
    while (result == 0) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry) {
            result = errno;
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        result = visit(context, entry->d_name, entry_is_regular(descriptor, entry));
    }
    (void)closedir(stream);
    return result;
}

int platform_folder_lock(platform_folder folder)
{
    return posix_lock(folder.descriptor, LOCK_EX | LOCK_NB);
}

int platform_folder_sync(platform_folder folder)
{
#ifdef __linux__
    while (syncfs(folder.descriptor) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
#else
    sync();
    return platform_folder_sync_names(folder);
#endif
}

int platform_folder_sync_names(platform_folder folder)
{
    int failure = platform_sync((platform_file){folder.descriptor});
    return failure == EINVAL ? 0
                             : failure; /* a file system that cannot: nothing more can be done */
}
