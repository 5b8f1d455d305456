#define _XOPEN_SOURCE 700
#include "support/files.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void files_give_up(const char *what, const char *path)
{
    fprintf(stderr, "cannot %s %s: %s\n", what, path, strerror(errno));
    exit(2);
}

void files_temporary(char path[FILES_PATH])
{
    const char *base = getenv("TMPDIR");
    snprintf(path, FILES_PATH, "%s/rq-test-XXXXXX", base != NULL && *base ? base : "/tmp");
    if (mkdtemp(path) == NULL) {
        files_give_up("make the folder", path);
    }
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info;
    (void)type;
    (void)where;
    return remove(path);
}

void files_remove(const char *path)
{
    if (files_exists(path) && nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0) {
        files_give_up("remove", path);
    }
}

void files_join(char path[FILES_PATH], const char *folder, const char *name)
{
    if (snprintf(path, FILES_PATH, "%s/%s", folder, name) >= FILES_PATH) {
        files_give_up("name", folder);
    }
}

void files_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        files_give_up("write", path);
    }
}

char *files_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        files_give_up("read", path);
    }
    size_t length = (size_t)files_size(path);
    char *data = malloc(length + 1);
    if (data == NULL || fread(data, 1, length, file) != length) {
        files_give_up("read", path);
    }
    fclose(file);
    data[length] = '\0';
    if (size != NULL) {
        *size = length;
    }
    return data;
}

struct copying {
    const char *from, *to;
};

static void copy_entry(void *context, const char *name)
{
    const struct copying *job = context;
    char from[FILES_PATH], to[FILES_PATH];
    files_join(from, job->from, name);
    files_join(to, job->to, name);
    files_copy(from, to);
}

void files_copy(const char *from, const char *to)
{
    struct stat info;
    if (stat(from, &info) != 0) {
        files_give_up("copy", from);
    }
    if (S_ISDIR(info.st_mode)) {
        struct copying job = {from, to};
        files_make_folder(to);
        files_list(from, copy_entry, &job);
        return;
    }
    size_t size;
    char *data = files_read(from, &size);
    files_write(to, data, size);
    free(data);
}

void files_make_folder(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        files_give_up("make the folder", path);
    }
}

bool files_exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

uint64_t files_size(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        files_give_up("find", path);
    }
    return (uint64_t)info.st_size;
}

bool files_equal(const char *path, const void *data, size_t size)
{
    if (!files_exists(path) || files_size(path) != size) {
        return false;
    }
    char *found = files_read(path, NULL);
    bool equal = memcmp(found, data, size) == 0;
    free(found);
    return equal;
}

size_t files_list(const char *folder, void (*visit)(void *context, const char *name), void *context)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0) {
        files_give_up("list", folder);
    }
    size_t visited = 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            visited++;
            if (visit != NULL) {
                visit(context, name);
            }
        }
        free(entries[i]);
    }
    free(entries);
    return visited;
}

char *files_read_test_data(const char *name)
{
    char path[FILES_PATH];
    files_join(path, RQ_TEST_DATA, name);
    return files_read(path, NULL);
}
