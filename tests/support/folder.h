/* Fresh folders for tests, and a look into them. Paths are at most FOLDER_PATH_SIZE - 1 long. */
#ifndef SUPPORT_FOLDER_H
#define SUPPORT_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

enum { FOLDER_PATH_SIZE = 512 };

/* Makes a folder below $TMPDIR or /tmp. Ends the test if that fails. */
void folder_make(char path[FOLDER_PATH_SIZE]);
/* With everything in it; links are not followed. */
void folder_remove(const char *path);

/* "parent/name", in one of a few buffers that take turns. */
const char *folder_join(const char *parent, const char *name);
void folder_write(const char *path, const void *data, size_t size);
/* The file's length, or -1 where there is no regular file; its first size bytes go to buffer. */
long folder_read(const char *path, void *buffer, size_t size);
bool folder_exists(const char *path); /* anything, also a link that points nowhere */
int folder_count(const char *path);   /* entries, without . and .. */

#endif
