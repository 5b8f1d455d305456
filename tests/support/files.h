/* Folders and files for tests. Whatever goes wrong with them ends the program: no test can go on.
 */
#ifndef SUPPORT_FILES_H
#define SUPPORT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FILES_PATH = 1024 };

/* Ends the program, with errno's words: "cannot <what> <path>: ...". */
_Noreturn void files_give_up(const char *what, const char *path);

/* A fresh folder below $TMPDIR or /tmp; and its end, with all that is in it. */
void files_temporary(char path[FILES_PATH]);
void files_remove(const char *path);

/* path = folder/name. */
void files_join(char path[FILES_PATH], const char *folder, const char *name);

void files_write(const char *path, const void *data, size_t size);
/* The bytes of a file with a NUL after them; size may be NULL. Freed with free(). */
char *files_read(const char *path, size_t *size);
/* Copies a folder of files and folders, or a file. */
void files_copy(const char *from, const char *to);
void files_make_folder(const char *path);

bool files_exists(const char *path);
uint64_t files_size(const char *path);
/* True if the file holds exactly these bytes. */
bool files_equal(const char *path, const void *data, size_t size);

/* Calls visit for each entry of a folder, in the order of their names. Returns their number. */
size_t files_list(const char *folder, void (*visit)(void *context, const char *name),
                  void *context);

/* The test data at tests/name. */
char *files_read_test_data(const char *name);

#endif
