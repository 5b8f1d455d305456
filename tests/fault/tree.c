#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void *no_null(void *memory)
{
    if (memory == NULL)
        files_give_up("have memory for", "a tree");
    return memory;
}

/* ---- reading ---- */

static char *read_link(const char *path, size_t size)
{
    char *data = no_null(malloc(size + 1));
    if (readlink(path, data, size + 1) != (ssize_t)size)
        files_give_up("read the link", path);
    data[size] = '\0';
    return data;
}

static char *read_file(const char *path, size_t size)
{
    char *data = no_null(malloc(size + 1));
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 || read(file, data, size) != (ssize_t)size)
        files_give_up("read", path);
    close(file);
    return data;
}

static void add(tree *made, const char *path, mode_t mode, size_t size, char *data)
{
    if (made->count == made->room) {
        made->room = 2 * made->room + 16;
        made->entries = no_null(realloc(made->entries, made->room * sizeof *made->entries));
    }
    made->entries[made->count++] =
        (tree_entry){.path = no_null(strdup(path)), .mode = mode, .size = size, .data = data};
}

struct reading {
    tree *made;
    const char *root; /* the path that the tree is of */
    const char *path; /* the folder below it that is being listed */
};

static void add_entry(const struct reading *job, const char *path);

static void add_listed(void *context, const char *name)
{
    const struct reading *job = context;
    char path[FILES_PATH];
    if (*job->path != '\0')
        files_join(path, job->path, name);
    else
        snprintf(path, sizeof path, "%s", name);
    add_entry(job, path);
}

static void add_entry(const struct reading *job, const char *path)
{
    char whole[FILES_PATH];
    struct stat info;
    files_join(whole, job->root, path);
    if (*path == '\0')
        whole[strlen(job->root)] = '\0'; /* with its slash a link would be followed */
    if (lstat(whole, &info) != 0)
        files_give_up("find", whole);
    size_t size = (size_t)info.st_size;
    if (S_ISREG(info.st_mode)) {
        add(job->made, path, info.st_mode, size, read_file(whole, size));
    } else if (S_ISLNK(info.st_mode)) {
        add(job->made, path, info.st_mode, size, read_link(whole, size));
    } else if (S_ISDIR(info.st_mode)) {
        struct reading inner = {job->made, job->root, path};
        add(job->made, path, info.st_mode, 0, NULL);
        (void)files_list(whole, add_listed, &inner);
    } else {
        errno = EINVAL;
        files_give_up("read", whole);
    }
}

static int by_path(const void *one, const void *other)
{
    return strcmp(((const tree_entry *)one)->path, ((const tree_entry *)other)->path);
}

tree tree_read(const char *path)
{
    tree made = tree_of_nothing();
    struct reading job = {&made, path, ""};
    if (files_exists(path)) {
        add_entry(&job, "");
        qsort(made.entries, made.count, sizeof *made.entries, by_path);
    }
    return made;
}

tree tree_of_nothing(void)
{
    return (tree){.entries = NULL, .count = 0, .room = 0};
}

tree tree_of_file(const void *data, size_t size)
{
    tree made = tree_of_nothing();
    mode_t mask = umask(0);
    umask(mask);
    char *copy = no_null(malloc(size + 1));
    memcpy(copy, data, size);
    add(&made, "", S_IFREG | (0666 & ~mask), size, copy);
    return made;
}

void tree_free(tree *freed)
{
    for (size_t i = 0; i < freed->count; i++) {
        free(freed->entries[i].path);
        free(freed->entries[i].data);
    }
    free(freed->entries);
    *freed = tree_of_nothing();
}

/* ---- comparing ---- */

/* True if the tree has this very entry. */
static bool has(const tree *searched, const tree_entry *entry)
{
    const tree_entry *found =
        searched->count == 0
            ? NULL
            : bsearch(entry, searched->entries, searched->count, sizeof *entry, by_path);
    return found != NULL && found->mode == entry->mode && found->size == entry->size &&
           (entry->size == 0 || memcmp(found->data, entry->data, entry->size) == 0);
}

static bool is_working(const tree_entry *entry)
{
    return strncmp(entry->path, ".rq-", 4) == 0;
}

static bool is_between(const tree *found, const tree *one, const tree *other, bool folders_may_stay)
{
    for (size_t i = 0; i < found->count; i++) {
        const tree_entry *entry = &found->entries[i];
        bool aside = is_working(entry) || (folders_may_stay && S_ISDIR(entry->mode));
        if (!aside && !has(one, entry) && !has(other, entry))
            return false;
    }
    for (size_t i = 0; i < one->count; i++)
        if (has(other, &one->entries[i]) && !has(found, &one->entries[i]))
            return false;
    return true;
}

bool tree_is_between(const tree *found, const tree *one, const tree *other)
{
    return is_between(found, one, other, false);
}

bool tree_is(const tree *found, const tree *wanted)
{
    return is_between(found, wanted, wanted, false);
}

bool tree_is_but_for_folders(const tree *found, const tree *wanted)
{
    return is_between(found, wanted, wanted, true);
}

/* ---- restoring ---- */

static void path_of(char path[FILES_PATH], const char *root, const tree_entry *entry)
{
    if (*entry->path != '\0')
        files_join(path, root, entry->path);
    else
        snprintf(path, FILES_PATH, "%s", root);
}

static void make(const tree_entry *entry, const char *path)
{
    mode_t mode = entry->mode & 07777;
    if (S_ISLNK(entry->mode)) {
        if (symlink(entry->data, path) != 0)
            files_give_up("make the link", path);
    } else if (S_ISDIR(entry->mode)) {
        if (mkdir(path, mode) != 0)
            files_give_up("make the folder", path);
    } else {
        int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (file < 0 || write(file, entry->data, entry->size) != (ssize_t)entry->size ||
            close(file) != 0)
            files_give_up("write", path);
    }
}

/* What differs is made anew: its file may have other names. */
void tree_restore(const tree *wanted, const char *path)
{
    tree found = tree_read(path);
    char where[FILES_PATH];
    for (size_t i = found.count; i-- > 0;) {
        path_of(where, path, &found.entries[i]);
        if (!has(wanted, &found.entries[i]) && remove(where) != 0)
            files_give_up("remove", where);
    }
    for (size_t i = 0; i < wanted->count; i++) {
        path_of(where, path, &wanted->entries[i]);
        if (!has(&found, &wanted->entries[i]))
            make(&wanted->entries[i], where);
    }
    tree_free(&found);
}

/* ---- litter ---- */

static bool is_litter(const char *name)
{
    return name[0] == '.' && strstr(name, "rq-") != NULL;
}

bool tree_has_litter(const char *folder, char path[FILES_PATH])
{
    bool found = false;
    DIR *stream = opendir(folder);
    if (stream == NULL)
        files_give_up("list", folder);
    for (struct dirent *entry; !found && (entry = readdir(stream)) != NULL;) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        char inner[FILES_PATH];
        files_join(inner, folder, name);
        found = is_litter(name);
        if (found)
            snprintf(path, FILES_PATH, "%s", inner);
        else if (entry->d_type == DT_DIR)
            found = tree_has_litter(inner, path);
    }
    closedir(stream);
    return found;
}
