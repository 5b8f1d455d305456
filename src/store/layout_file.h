/* A layout at a path of the caller's choice: a file that appears whole, or a stream (a pipe, a
 * device) that takes it as it comes. */
#ifndef STORE_LAYOUT_FILE_H
#define STORE_LAYOUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/file.h"
#include "rq.h"

typedef struct layout_file {
    const char *path; /* the caller's; NULL: none is open */
    bool is_stream;
    platform_stream stream;
    platform_replacement replacement;
} layout_file;

int layout_file_begin(layout_file *layout, const char *path, rq_error *error);
/* *written may be less than size for a stream, and 0 where it takes nothing for a while. */
int layout_file_write(layout_file *layout, const void *data, size_t size, size_t *written,
                      rq_error *error);
int layout_file_commit(layout_file *layout, bool durable, rq_error *error);
void layout_file_abandon(layout_file *layout); /* also after commit */

/* What a layout that cannot be written says. */
int layout_write_error(const char *path, int failure, rq_error *error);

#endif
