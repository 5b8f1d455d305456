/* Files and folders. The only room that calls the operating system; posix/ implements it.
 *
 * Functions return 0 or the system's positive error number, which platform_error_text puts in
 * words. Short reads and writes and EINTR are dealt with inside. */
#ifndef PLATFORM_FILE_H
#define PLATFORM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "No such file or directory (os error 2)". Writes at most size bytes with the NUL; returns text.
 */
const char *platform_error_text(int error, char *text, size_t size);

/* What an error number means for a caller that must choose a code. */
bool platform_error_is_missing(int error);  /* no such file or folder */
bool platform_error_is_shortage(int error); /* of descriptors or memory: says nothing of the file */

typedef struct platform_file {
    int descriptor; /* -1: closed */
} platform_file;

#define PLATFORM_FILE_CLOSED ((platform_file){-1})

typedef struct platform_file_info {
    uint64_t size;
    bool regular; /* has a size, can be read anywhere */
    bool directory;
    uint64_t modified; /* when its data was written last, nanoseconds of some clock */
    uint64_t changed;  /* the same, or anything else about it: nobody can set that back */
} platform_file_info;

int platform_open_read(const char *path, platform_file *file, platform_file_info *info);
/* What it is now. */
int platform_look(platform_file file, platform_file_info *info);
/* True if both paths lead to the same thing. */
bool platform_same_file(const char *path, const char *other);
/* A nameless file in folder for reading and writing; gone when closed, however the process ends.
 * Where the file system has no nameless files, it has a name with this prefix for a moment, and
 * what still has one was left by a killed run. */
#define PLATFORM_SCRATCH_PREFIX ".rq-scratch-"
int platform_create_scratch(const char *folder, platform_file *file);
/* $TMPDIR or the system's folder for temporary files. */
const char *platform_temporary_folder(void);
void platform_close(platform_file *file); /* takes a closed one */
/* Closes a written file and tells whether the system could take all of it. */
int platform_finish(platform_file *file);

/* At the current position; *got is less than size only at the end. */
int platform_read(platform_file file, void *buffer, size_t size, size_t *got);
int platform_write(platform_file file, const void *data, size_t size);
/* At an offset; do not move the position; safe for several threads at once. */
int platform_read_at(platform_file file, uint64_t offset, void *buffer, size_t size, size_t *got);
int platform_write_at(platform_file file, uint64_t offset, const void *data, size_t size);
int platform_set_size(platform_file file, uint64_t size);
int platform_sync(platform_file file);
/* Tells the system that the file will be read from front to back. */
void platform_advise_sequential(platform_file file);

/* ---- what is written to and is no file: a FIFO, a device, a terminal ---- */

typedef struct platform_stream {
    platform_file file;
    const char *awaited; /* the path of a FIFO that nobody reads yet: it is not open; else NULL */
} platform_stream;

#define PLATFORM_STREAM_CLOSED ((platform_stream){.file = PLATFORM_FILE_CLOSED})

/* True if path names something that exists and is neither a regular file nor a folder. */
bool platform_is_stream(const char *path);
/* Opens such a thing, never waiting for a reader. The path must live as long as the stream. */
int platform_stream_open(platform_stream *stream, const char *path);
/* Of an awaited one: opens it, or lets a moment pass, so that the caller can look whether to go on.
 */
int platform_stream_wait(platform_stream *stream);
/* What an open one takes: *written is 0 where it takes nothing for a tenth of a second, or a signal
 * comes. */
int platform_stream_write(platform_stream stream, const void *data, size_t size, size_t *written);
/* As platform_finish and platform_close. */
int platform_stream_finish(platform_stream *stream);
void platform_stream_close(platform_stream *stream);

/* ---- whole or not at all ---- */

/* A file that appears under its path only at platform_replace_commit; nothing is left of one that
 * is not committed. Writing goes through replacement->file. */
typedef struct platform_replacement {
    platform_file file;
    int folder;      /* that of path */
    char *path;      /* where it will appear, links resolved */
    char *temporary; /* its name in folder until then; NULL: nameless */
} platform_replacement;

/* A link is followed: what it points to is replaced. An existing file keeps its permissions; it is
 * an error if there is something other than a regular file, or one that may not be written. */
int platform_replace_begin(platform_replacement *replacement, const char *path);
int platform_replace_commit(platform_replacement *replacement, bool durable);
void platform_replace_abandon(platform_replacement *replacement); /* also after commit: nothing */

/* ---- folders ---- */

typedef struct platform_folder {
    int descriptor;
} platform_folder;

#define PLATFORM_FOLDER_CLOSED ((platform_folder){-1})

/* Which folders a call has made: those that the beginnings of path of these lengths name. */
typedef struct platform_made_folders {
    char *path; /* NULL: none */
    bool *made; /* of each length */
} platform_made_folders;

/* Like mkdir -p. Nothing stays of a call that fails. */
int platform_make_folders(const char *path, platform_made_folders *made);
/* Takes that back, as far as the folders are empty, or just forgets it. */
void platform_remove_folders(platform_made_folders *made);
void platform_keep_folders(platform_made_folders *made);
int platform_open_folder(const char *path, platform_folder *folder);
/* A folder or file directly inside another: name has no slash; links are not followed. */
int platform_open_subfolder(platform_folder parent, const char *name, platform_folder *folder);
int platform_make_subfolder(platform_folder parent, const char *name); /* EEXIST is an error */
void platform_close_folder(platform_folder *folder);
bool platform_error_is_existing(int error);
bool platform_error_is_busy(int error);

/* Opens a regular file for reading, and nothing else: never waits (FIFO), never follows a link. A
 * thing of another kind gives an error for which platform_error_is_foreign is true. */
int platform_folder_open_read(platform_folder folder, const char *name, platform_file *file,
                              uint64_t *size);
bool platform_error_is_foreign(int error);
/* Reads size octets at offset of a file that is opened and closed for it, in as few calls as can
 * be: *got is less than size only where the file ends before, *ends tells whether it ends right
 * behind them. Never waits, never follows a link; what has no positions (FIFO, folder, terminal) is
 * an error and nothing is taken from it. Other than platform_folder_open_read it does not ask
 * whether the thing is a regular file: a disk would be read. */
int platform_folder_read(platform_folder folder, const char *name, uint64_t offset, void *buffer,
                         size_t size, size_t *got, bool *ends);
/* True if it has a regular file of that name and size; does not open it. */
bool platform_folder_has(platform_folder folder, const char *name, uint64_t size);
/* Opens a new file for writing; an existing one of that name is an error. */
int platform_folder_create(platform_folder folder, const char *name, platform_file *file);
/* Writes a new file whole, with its final name; an existing one of that name is an error. */
int platform_folder_write_new(platform_folder folder, const char *name, const void *data,
                              size_t size);
int platform_folder_remove_file(platform_folder folder, const char *name);
/* Moves a file or folder between folders, replacing a file of that name. */
int platform_folder_move(platform_folder from, const char *name, platform_folder to,
                         const char *new_name);
/* The same, but what has the other name then has this one. */
int platform_folder_exchange(platform_folder folder, const char *name, platform_folder other,
                             const char *other_name);
/* Gives a file a second name. */
int platform_folder_link(platform_folder from, const char *name, platform_folder to,
                         const char *new_name);
/* True for what the file system, or this system, has no way to do. */
bool platform_error_is_unsupported(int error);
/* Is what would be replaced at path the folder's entry of that name, there or not? */
bool platform_folder_has_path(platform_folder folder, const char *name, const char *path);
/* Are these two names of one file? Names of nothing are not. */
int platform_folder_same(platform_folder folder, const char *name, platform_folder other,
                         const char *other_name, bool *same);
/* Removes an empty folder. */
int platform_folder_remove_folder(platform_folder folder, const char *name);

/* Calls visit for every entry but . and .. in no order, until it returns non-zero, which is then
 * returned. regular tells files from all else without opening them. */
typedef int (*platform_visit)(void *context, const char *name, bool regular);
int platform_folder_list(platform_folder folder, platform_visit visit, void *context);

/* Takes the exclusive lock of an open folder; an error for which platform_error_is_busy is true if
 * another has it. It is dropped when the folder is closed or the process ends. */
int platform_folder_lock(platform_folder folder);
/* Puts all that was written below folder's file system on the disk. */
int platform_folder_sync(platform_folder folder);
/* Puts the folder's own names on the disk. */
int platform_folder_sync_names(platform_folder folder);

#endif
