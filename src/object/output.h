/* Where a decoded object goes: a file that appears whole, or a stream that takes block after block.
 */
#ifndef OBJECT_OUTPUT_H
#define OBJECT_OUTPUT_H

#include <stdbool.h>

#include "platform/file.h"
#include "rq.h"

typedef struct output {
    const char *name;
    platform_replacement replacement; /* of a file */
    platform_stream device;           /* of a path that is no regular file */
    const rq_writer *writer;
    bool stream; /* bytes must come in order */
    bool begun;
} output;

/* output_close is right whatever these return. */
int output_open(output *output, const char *path, rq_error *error);
void output_from_writer(output *output, const rq_writer *writer);
/* True until a FIFO has a reader: output_wait opens it, or lets a moment pass. Comes before
 * writing.
 */
bool output_waits(const output *output);
int output_wait(output *output, rq_error *error);
/* A file: any bytes anywhere, by several threads at once. */
int output_write_at(const output *output, uint64_t offset, const void *data, size_t size,
                    rq_error *error);
int output_read_at(const output *output, uint64_t offset, void *buffer, size_t size,
                   rq_error *error);
/* A stream: as many of the next bytes as it takes at once, also none. */
int output_write(const output *output, const void *data, size_t size, size_t *written,
                 rq_error *error);
/* Makes the file appear. */
int output_commit(output *output, bool durable, rq_error *error);
void output_close(output *output);

#endif
