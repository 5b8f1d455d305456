#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "support/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void folder_make(char path[FOLDER_PATH_SIZE])
{
    const char *base = getenv("TMPDIR");
    snprintf(path, FOLDER_PATH_SIZE, "%s/rq-test-XXXXXX", base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(path));
}

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

void folder_remove(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return;
    if (S_ISDIR(status.st_mode)) {
        DIR *stream = opendir(path);
        for (struct dirent *entry; stream && (entry = readdir(stream));) {
            char inner[FOLDER_PATH_SIZE + 256];
            snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
            if (!is_dot(entry->d_name))
                folder_remove(inner);
        }
        if (stream)
            closedir(stream);
    }
    (void)remove(path);
}

const char *folder_join(const char *parent, const char *name)
{
    static char buffers[8][FOLDER_PATH_SIZE + 256];
    static unsigned turn;
    char *path = buffers[turn++ % 8];
    snprintf(path, sizeof buffers[0], "%s/%s", parent, name);
    return path;
}

void folder_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

long folder_read(const char *path, void *buffer, size_t size)
{
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return -1;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t wanted = (size_t)status.st_size < size ? (size_t)status.st_size : size;
    assert_int_equal(fread(buffer, 1, wanted, file), wanted);
    fclose(file);
    return (long)status.st_size;
}

bool folder_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

int folder_count(const char *path)
{
    DIR *stream = opendir(path);
    int count = 0;
    for (struct dirent *entry; stream && (entry = readdir(stream));)
        count += !is_dot(entry->d_name);
    if (stream)
        closedir(stream);
    return count;
}
