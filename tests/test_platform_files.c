/* src/platform: files that appear whole, folders, what is no file, and the machine. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/file.h"
#include "platform/system.h"
#include "platform/thread.h"
#include "support/folder.h"

static char root[FOLDER_PATH_SIZE];

static int set_up(void **state)
{
    (void)state;
    folder_make(root);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(root);
    return 0;
}

static void assert_content(const char *path, const char *text)
{
    char buffer[64] = {0};
    assert_int_equal(folder_read(path, buffer, sizeof buffer), strlen(text));
    assert_string_equal(buffer, text);
}

static int replace(const char *path, const char *text, bool durable)
{
    platform_replacement replacement;
    int failure = platform_replace_begin(&replacement, path);
    if (failure != 0)
        return failure;
    assert_int_equal(platform_write(replacement.file, text, strlen(text)), 0);
    failure = platform_replace_commit(&replacement, durable);
    platform_replace_abandon(&replacement);
    return failure;
}

static void replacing(void **state)
{
    (void)state;
    const char *path = folder_join(root, "out");
    assert_int_equal(replace(path, "one", false), 0);
    assert_content(path, "one");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(replace(path, "two", true), 0);
    assert_content(path, "two");
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);

    platform_replacement replacement; /* not committed: as before, and nothing left */
    assert_int_equal(platform_replace_begin(&replacement, path), 0);
    assert_int_equal(platform_write(replacement.file, "three", 5), 0);
    assert_content(path, "two");
    platform_replace_abandon(&replacement);
    platform_replace_abandon(&replacement);
    assert_content(path, "two");
    assert_int_equal(folder_count(root), 1);
}

static void replacing_long_names(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    assert_int_equal(replace(folder_join(root, name), "one", false), 0);
    assert_int_equal(replace(folder_join(root, name), "two", false), 0);
    assert_content(folder_join(root, name), "two");
    assert_int_equal(folder_count(root), 1);
}

static void replacing_what_a_link_points_to(void **state)
{
    (void)state;
    const char *link = folder_join(root, "link"), *file = folder_join(root, "inner/file");
    assert_int_equal(mkdir(folder_join(root, "inner"), 0777), 0);
    assert_int_equal(symlink("middle", link), 0);
    assert_int_equal(symlink("inner/file", folder_join(root, "middle")), 0);
    assert_int_equal(replace(link, "one", false), 0); /* a link that points nowhere yet */
    assert_content(file, "one");
    assert_int_equal(replace(link, "two", false), 0);
    assert_content(file, "two");
    assert_int_equal(folder_read(link, NULL, 0), -1); /* still a link */
    assert_int_equal(symlink("loop", folder_join(root, "loop")), 0);
    assert_int_equal(replace(folder_join(root, "loop"), "x", false), ELOOP);
}

static void replacing_what_cannot_be(void **state)
{
    (void)state;
    assert_int_equal(replace(root, "x", false), EISDIR);
    assert_int_equal(replace(folder_join(root, ""), "x", false), EISDIR);
    assert_int_equal(replace(folder_join(root, "no/such"), "x", false), ENOENT);
    assert_int_equal(replace("", "x", false), ENOENT);
    assert_int_equal(mkfifo(folder_join(root, "fifo"), 0666), 0);
    assert_int_equal(replace(folder_join(root, "fifo"), "x", false), EINVAL);
    assert_true(platform_is_stream(folder_join(root, "fifo")));
    assert_false(platform_is_stream(root));
    assert_false(platform_is_stream(folder_join(root, "none")));
    assert_true(platform_is_stream("/dev/null"));
}

/* A folder that comes in the meantime is no less one to a durable replacement. */
static void replacing_what_became_a_folder(void **state)
{
    (void)state;
    const char *path = folder_join(root, "out");
    for (int durable = 0; durable <= 1; durable++) {
        platform_replacement replacement;
        assert_int_equal(platform_replace_begin(&replacement, path), 0);
        assert_int_equal(mkdir(path, 0777), 0);
        folder_write(folder_join(path, "mine"), "m", 1);
        assert_int_equal(platform_replace_commit(&replacement, durable), EISDIR);
        platform_replace_abandon(&replacement);
        assert_content(folder_join(path, "mine"), "m");
        assert_int_equal(folder_count(root), 1);
        folder_remove(path);
    }
}

/* By a system's link to an open file whose name is gone. */
static void replacing_what_has_no_name(void **state)
{
    (void)state;
    char link[32];
    const char *path = folder_join(root, "out");
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_true(file >= 0);
    snprintf(link, sizeof link, "/dev/fd/%d", file);
    if (faccessat(AT_FDCWD, link, F_OK, 0) == 0) {
        assert_int_equal(unlink(path), 0);
        assert_int_equal(replace(link, "x", false), ENOENT);
        assert_int_equal(folder_count(root), 0);
    }
    close(file);
}

/* Temporaries of killed runs go with the next run, live ones and other files stay. */
static void replacing_clears_litter(void **state)
{
    (void)state;
    const char *path = folder_join(root, "out");
    folder_write(folder_join(root, ".out.rq-partial-0"), "x", 1);
    folder_write(folder_join(root, ".out.rq-partial-1"), "x", 1);
    folder_write(folder_join(root, ".other.rq-partial-0"), "x", 1);
    int live = open(folder_join(root, ".out.rq-partial-1"), O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(live, LOCK_EX), 0);
    assert_int_equal(replace(path, "one", false), 0);
    assert_int_equal(replace(path, "two", false), 0);
    assert_content(path, "two");
    assert_false(folder_exists(folder_join(root, ".out.rq-partial-0")));
    assert_true(folder_exists(folder_join(root, ".out.rq-partial-1")));
    assert_true(folder_exists(folder_join(root, ".other.rq-partial-0")));
    close(live);
    assert_int_equal(replace(path, "three", false), 0);
    assert_int_equal(folder_count(root), 2);
}

static void replacing_at_the_same_time(void **state)
{
    (void)state;
    const char *path = folder_join(root, "out");
    platform_replacement all[10];
    folder_write(path, "old", 3);
    for (int i = 0; i < 10; i++) {
        char text[2] = {(char)('0' + i), '\0'};
        assert_int_equal(platform_replace_begin(&all[i], path), 0);
        assert_int_equal(platform_write(all[i].file, text, 1), 0);
    }
    for (int i = 0; i < 10; i++) {
        char text[2] = {(char)('0' + i), '\0'};
        assert_int_equal(platform_replace_commit(&all[i], false), 0);
        assert_content(path, text);
    }
    assert_int_equal(folder_count(root), 1);
}

static void reading_and_writing(void **state)
{
    (void)state;
    platform_file file;
    platform_file_info info;
    char buffer[16];
    size_t got;
    assert_int_equal(platform_create_scratch(root, &file), 0);
    assert_int_equal(folder_count(root), 0);
    assert_int_equal(platform_write_at(file, 3, "defg", 4), 0);
    assert_int_equal(platform_write_at(file, 0, "abc", 3), 0);
    assert_int_equal(platform_read_at(file, 2, buffer, sizeof buffer, &got), 0);
    assert_int_equal(got, 5);
    assert_memory_equal(buffer, "cdefg", 5);
    assert_int_equal(platform_read(file, buffer, sizeof buffer, &got), 0); /* from the start */
    assert_int_equal(got, 7);
    assert_true(platform_read_at(file, UINT64_MAX, buffer, 1, &got) != 0);
    assert_true(platform_write_at(file, INT64_MAX, buffer, 1) != 0);
    assert_int_equal(platform_set_size(file, 1 << 20), 0);
    assert_int_equal(platform_sync(file), 0);
    platform_advise_sequential(file);
    platform_close(&file);
    platform_close(&file);
    assert_int_equal(file.descriptor, -1);

    assert_true(platform_create_scratch(folder_join(root, "none"), &file) != 0);
    folder_write(folder_join(root, "in"), "12345", 5);
    assert_int_equal(platform_open_read(folder_join(root, "in"), &file, &info), 0);
    assert_true(info.regular && !info.directory && info.size == 5);
    platform_close(&file);
    assert_int_equal(platform_open_read(root, &file, &info), 0);
    assert_true(!info.regular && info.directory);
    platform_close(&file);
    int failure = platform_open_read(folder_join(root, "none"), &file, &info);
    assert_true(platform_error_is_missing(failure));
    char text[64];
    assert_string_equal(platform_error_text(failure, text, sizeof text),
                        "No such file or directory (os error 2)");
    assert_string_equal(platform_error_text(failure, text, 8), "No such");
}

static void a_pipe_that_does_not_block(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        static char data[300000];
        _exit(platform_write((platform_file){ends[1]}, data, sizeof data));
    }
    close(ends[1]);
    static char data[400000];
    size_t got;
    assert_int_equal(platform_read((platform_file){ends[0]}, data, sizeof data, &got), 0);
    assert_int_equal(got, 300000);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ends[0]);
}

/* ---- folders ---- */

static int make_folders(const char *path)
{
    platform_made_folders made;
    int failure = platform_make_folders(path, &made);
    platform_keep_folders(&made);
    return failure;
}

static void making_folders(void **state)
{
    (void)state;
    assert_int_equal(make_folders(folder_join(root, "a/b//c")), 0);
    assert_int_equal(make_folders(folder_join(root, "a/b/c/")), 0);
    assert_true(folder_exists(folder_join(root, "a/b/c")));
    folder_write(folder_join(root, "a/file"), "x", 1);
    assert_int_equal(make_folders(folder_join(root, "a/file")), ENOTDIR);
    assert_int_equal(make_folders(folder_join(root, "a/file/b")), ENOTDIR);
    assert_int_equal(make_folders(""), ENOENT);
    assert_int_equal(make_folders(folder_join(root, "a/new/../file/b")), ENOTDIR);
    assert_false(folder_exists(folder_join(root, "a/new"))); /* taken back */
}

static void made_folders_are_taken_back(void **state)
{
    (void)state;
    static const char *const paths[] = {"a/b/c/d",    "a/b//c///d//",     "a//b/c",
                                        "a/b/c/.",    "a/./b/./c/",       "a/b/../b/c",
                                        "a/x/../b/c", "a/old/../b/c/x/.."};
    platform_made_folders made;
    assert_int_equal(mkdir(folder_join(root, "a"), 0777), 0);
    assert_int_equal(mkdir(folder_join(root, "a/old"), 0777), 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(platform_make_folders(folder_join(root, paths[i]), &made), 0);
        assert_true(folder_exists(folder_join(root, "a/b/c")));
        platform_remove_folders(&made);
        assert_true(folder_exists(folder_join(root, "a/old")));
        assert_int_equal(folder_count(folder_join(root, "a")), 1);
    }
    assert_int_equal(platform_make_folders(folder_join(root, paths[0]), &made), 0);
    folder_write(folder_join(root, "a/b/of somebody"), "x", 1);
    platform_remove_folders(&made);
    assert_int_equal(folder_count(folder_join(root, "a/b")), 1);
    assert_int_equal(platform_make_folders(folder_join(root, "a/b"), &made), 0);
    platform_remove_folders(&made); /* nothing was made */
    assert_true(folder_exists(folder_join(root, "a/b")));
}

static void exchanging_and_linking(void **state)
{
    (void)state;
    char text[8] = {0};
    bool same;
    platform_folder here, there;
    folder_write(folder_join(root, "x"), "1", 1);
    assert_int_equal(mkdir(folder_join(root, "f"), 0777), 0);
    folder_write(folder_join(root, "f/y"), "2", 1);
    assert_int_equal(platform_open_folder(root, &here), 0);
    assert_int_equal(platform_open_folder(folder_join(root, "f"), &there), 0);
    assert_int_equal(platform_folder_same(here, "x", there, "y", &same), 0);
    assert_false(same);
    assert_int_equal(platform_folder_exchange(here, "x", there, "y"), 0);
    assert_int_equal(folder_read(folder_join(root, "x"), text, sizeof text), 1);
    assert_int_equal(text[0], '2');
    assert_true(platform_error_is_missing(platform_folder_exchange(here, "x", there, "no")));
    assert_int_equal(platform_folder_link(here, "x", there, "z"), 0);
    assert_int_equal(platform_folder_same(here, "x", there, "z", &same), 0);
    assert_true(same);
    assert_int_equal(platform_folder_same(here, "x", there, "no", &same), 0);
    assert_false(same);
    assert_true(platform_error_is_existing(platform_folder_link(here, "x", there, "y")));
    assert_true(platform_error_is_unsupported(platform_folder_link(here, "f", there, "g")));
    platform_close_folder(&here);
    platform_close_folder(&there);
}

/* However long the data: while a call waits for a reader, nobody can cancel the work. */
static void a_stream_takes_what_it_can(void **state)
{
    (void)state;
    enum { LONG = 1 << 20 };
    static char data[LONG];
    const char *path = folder_join(root, "stuck");
    platform_stream stream;
    size_t written = 0, all = 0;
    assert_int_equal(mkfifo(path, 0666), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(platform_stream_open(&stream, path), 0);
    do {
        assert_int_equal(platform_stream_write(stream, data + all, LONG - all, &written), 0);
        all += written;
    } while (written > 0);
    assert_in_range(all, 1, LONG - 1);
    assert_int_equal(close(reader), 0);
    platform_stream_close(&stream);
}

/* The process that the library is in hears nothing of it, whatever it does at SIGPIPE. */
static void a_stream_that_nobody_reads_any_more(void **state)
{
    (void)state;
    const char *path = folder_join(root, "fifo");
    platform_stream stream;
    size_t written;
    sigset_t before, after, pending;
    assert_int_equal(mkfifo(path, 0666), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(platform_stream_open(&stream, path), 0);
    assert_int_equal(close(reader), 0);
    void (*old)(int) = signal(SIGPIPE, SIG_DFL);
    assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &before), 0);
    assert_int_equal(platform_stream_write(stream, "x", 1, &written), EPIPE);
    assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &after), 0);
    assert_int_equal(sigpending(&pending), 0);
    assert_int_equal(sigismember(&pending, SIGPIPE), 0);
    assert_int_equal(sigismember(&after, SIGPIPE), sigismember(&before, SIGPIPE));
    signal(SIGPIPE, old);
    platform_stream_close(&stream);
}

static void a_fifo_that_nobody_reads_yet(void **state)
{
    (void)state;
    const char *path = folder_join(root, "awaited");
    platform_stream stream;
    size_t written;
    char got;
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_int_equal(platform_stream_open(&stream, path), 0);
    assert_non_null(stream.awaited);
    assert_int_equal(platform_stream_wait(&stream), 0);
    assert_non_null(stream.awaited);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(platform_stream_wait(&stream), 0);
    assert_null(stream.awaited);
    assert_int_equal(platform_stream_write(stream, "x", 1, &written), 0);
    assert_int_equal(read(reader, &got, 1), 1);
    assert_int_equal(got, 'x');
    assert_int_equal(platform_stream_finish(&stream), 0);
    assert_int_equal(close(reader), 0);
}

/* What takes the FIFO's place must not be written over. */
static void a_fifo_that_becomes_a_file(void **state)
{
    (void)state;
    const char *path = folder_join(root, "exchanged");
    platform_stream stream;
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_int_equal(platform_stream_open(&stream, path), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0666)), 0);
    assert_int_equal(platform_stream_wait(&stream), EEXIST);
    assert_int_equal(unlink(path), 0);
    platform_stream_close(&stream);
}

/* A FIFO that somebody writes to could be read. It has no positions, so nothing is taken. */
static void a_fifo_keeps_what_is_in_it(void **state)
{
    (void)state;
    platform_folder folder;
    char octets[8];
    size_t got;
    bool ends;
    assert_int_equal(platform_open_folder(root, &folder), 0);
    assert_int_equal(mkfifo(folder_join(root, "fifo"), 0666), 0);
    int fifo = open(folder_join(root, "fifo"), O_RDWR | O_NONBLOCK);
    assert_true(fifo >= 0);
    assert_int_equal(write(fifo, "1234", 4), 4);
    assert_int_equal(platform_folder_read(folder, "fifo", 0, octets, 4, &got, &ends), ESPIPE);
    assert_int_equal(read(fifo, octets, sizeof octets), 4);
    close(fifo);
    platform_close_folder(&folder);
}

static void only_regular_files_are_opened(void **state)
{
    (void)state;
    platform_folder folder;
    platform_file file;
    uint64_t size;
    assert_int_equal(platform_open_folder(root, &folder), 0);
    folder_write(folder_join(root, "file"), "1234", 4);
    assert_int_equal(mkfifo(folder_join(root, "fifo"), 0666), 0);
    assert_int_equal(mkdir(folder_join(root, "folder"), 0777), 0);
    assert_int_equal(symlink("file", folder_join(root, "link")), 0);
    assert_int_equal(symlink("/dev/zero", folder_join(root, "device")), 0);

    assert_int_equal(platform_folder_open_read(folder, "file", &file, &size), 0);
    assert_int_equal(size, 4);
    platform_close(&file);
    static const char *const foreign[] = {"fifo", "folder", "link", "device"};
    for (size_t i = 0; i < 4; i++) {
        int failure = platform_folder_open_read(folder, foreign[i], &file, &size);
        assert_true(platform_error_is_foreign(failure));
        assert_int_equal(file.descriptor, -1);
    }
    assert_true(platform_error_is_missing(platform_folder_open_read(folder, "none", &file, &size)));

    /* Read in one go: the same, but a device is known by what it holds. */
    char octets[8];
    size_t got;
    bool ends;
    assert_int_equal(platform_folder_read(folder, "file", 1, octets, 3, &got, &ends), 0);
    assert_int_equal(got, 3);
    assert_true(ends);
    assert_memory_equal(octets, "234", 3);
    assert_int_equal(platform_folder_read(folder, "file", 0, octets, 3, &got, &ends), 0);
    assert_int_equal(got, 3);
    assert_false(ends);
    assert_int_equal(platform_folder_read(folder, "file", 2, octets, 3, &got, &ends), 0);
    assert_int_equal(got, 2);
    assert_int_equal(platform_folder_read(folder, "file", 9, octets, 3, &got, &ends), 0);
    assert_int_equal(got, 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_not_equal(platform_folder_read(folder, foreign[i], 0, octets, 3, &got, &ends),
                             0);
    assert_true(
        platform_error_is_missing(platform_folder_read(folder, "none", 0, octets, 3, &got, &ends)));
    assert_int_equal(platform_folder_read(folder, "file", INT64_MAX, octets, 3, &got, &ends),
                     EOVERFLOW);
    platform_close_folder(&folder);

    /* A path of the caller's may be anything, but a FIFO is not waited for. */
    platform_file_info info;
    assert_int_equal(platform_open_read(folder_join(root, "fifo"), &file, &info), 0);
    assert_true(!info.regular && !info.directory);
    platform_close(&file);
}

static int count_visit(void *context, const char *name, bool regular)
{
    int *counts = context;
    counts[regular]++;
    return strcmp(name, "stop") == 0 ? -42 : 0;
}

static void folder_calls(void **state)
{
    (void)state;
    platform_folder folder, inner, again;
    assert_int_equal(platform_open_folder(root, &folder), 0);
    assert_int_equal(platform_make_subfolder(folder, "inner"), 0);
    assert_true(platform_error_is_existing(platform_make_subfolder(folder, "inner")));
    assert_int_equal(platform_open_subfolder(folder, "inner", &inner), 0);
    assert_int_equal(symlink("inner", folder_join(root, "link")), 0);
    assert_true(platform_error_is_foreign(platform_open_subfolder(folder, "link", &again)));

    assert_int_equal(platform_folder_write_new(inner, "a", "abc", 3), 0);
    assert_true(platform_error_is_existing(platform_folder_write_new(inner, "a", "x", 1)));
    assert_content(folder_join(root, "inner/a"), "abc");
    assert_int_equal(platform_folder_move(inner, "a", folder, "b"), 0);
    assert_content(folder_join(root, "b"), "abc");
    int counts[2] = {0};
    assert_int_equal(platform_folder_list(folder, count_visit, counts), 0);
    assert_int_equal(counts[1], 1); /* b */
    assert_int_equal(counts[0], 2); /* inner and the link */
    assert_int_equal(platform_folder_write_new(folder, "stop", "", 0), 0);
    assert_int_equal(platform_folder_list(folder, count_visit, counts), -42);
    assert_int_equal(platform_folder_remove_file(folder, "b"), 0);

    assert_int_equal(platform_folder_lock(inner), 0);
    assert_int_equal(platform_open_subfolder(folder, "inner", &again), 0);
    assert_true(platform_error_is_busy(platform_folder_lock(again)));
    platform_close_folder(&inner);
    assert_int_equal(platform_folder_lock(again), 0);
    platform_close_folder(&again);
    assert_int_equal(platform_folder_sync_names(folder), 0);
    assert_int_equal(platform_folder_remove_folder(folder, "inner"), 0);
    platform_close_folder(&folder);
    platform_close_folder(&folder);
}

/* A full disk: nothing half written keeps its name. */
static void a_write_that_fails(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        platform_folder folder;
        static char data[100000];
        struct rlimit limit = {50000, 50000};
        if (platform_open_folder(root, &folder) != 0)
            _exit(1);
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(2);
        _exit(platform_folder_write_new(folder, "big", data, sizeof data) == EFBIG ? 0 : 3);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(folder_count(root), 0);
}

/* ---- the machine ---- */

static void set_flag(void *argument)
{
    *(int *)argument = 1;
}

static void the_machine(void **state)
{
    (void)state;
    assert_true(platform_cpu_count() >= 1);
    assert_true(platform_memory_size() > (1 << 20));
    assert_true(platform_random() != platform_random());
    assert_int_equal(platform_process_id(), getpid());
    uint64_t before = platform_clock();
    assert_true(platform_clock() >= before);
    platform_cpu_features features = platform_cpu();
    assert_true(!features.avx512 || features.gfni);
    assert_true(!features.gfni || features.avx2);
    unsigned char *pages = platform_pages_allocate(5 << 20);
    assert_non_null(pages);
    assert_int_equal(pages[0] | pages[(5 << 20) - 1], 0);
    platform_pages_release(pages, 5 << 20);
    assert_null(platform_pages_allocate(SIZE_MAX));
    assert_non_null(platform_temporary_folder());
    int flag = 0;
    platform_thread thread;
    assert_int_equal(platform_thread_start(&thread, set_flag, &flag), 0);
    platform_thread_join(thread);
    assert_int_equal(flag, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(replacing),
        TEST(replacing_long_names),
        TEST(replacing_what_a_link_points_to),
        TEST(replacing_what_cannot_be),
        TEST(replacing_what_became_a_folder),
        TEST(replacing_what_has_no_name),
        TEST(replacing_clears_litter),
        TEST(replacing_at_the_same_time),
        TEST(reading_and_writing),
        TEST(a_pipe_that_does_not_block),
        TEST(making_folders),
        TEST(made_folders_are_taken_back),
        TEST(exchanging_and_linking),
        TEST(only_regular_files_are_opened),
        TEST(a_stream_takes_what_it_can),
        TEST(a_stream_that_nobody_reads_any_more),
        TEST(a_fifo_that_nobody_reads_yet),
        TEST(a_fifo_that_becomes_a_file),
        TEST(a_fifo_keeps_what_is_in_it),
        TEST(folder_calls),
        TEST(a_write_that_fails),
        TEST(the_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
