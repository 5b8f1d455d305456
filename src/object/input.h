/* What is encoded: a file, or a stream of which one block at a time is put aside. */
#ifndef OBJECT_INPUT_H
#define OBJECT_INPUT_H

#include "object/spool.h"

typedef struct input {
    const char *name;                 /* for messages */
    platform_file file;               /* closed for a stream */
    uint64_t size, modified, changed; /* of the file, as it was opened */
    const rq_reader *reader;          /* NULL for a file */
    spool block;                      /* the stream's current block, at block_start of the whole */
    uint64_t block_start;
} input;

/* The file at path: must be regular and not empty. RQ_ERROR_NOT_FOUND, _ENCODE or _IO. */
int input_open(input *input, const char *path, rq_error *error);
/* A stream; folder is for blocks longer than in_memory bytes. */
void input_from_reader(input *input, const rq_reader *reader, size_t in_memory, const char *folder,
                       const rq_allocator *allocator);
/* Stream: takes the next block of at most size bytes; *got is 0 at the end. */
int input_next_block(input *input, uint64_t size, uint64_t *got, rq_error *error);
/* Reads size bytes at offset of the whole; zeros from `end` on. By several threads at once. */
int input_read(const input *input, uint64_t offset, uint64_t end, uint8_t *buffer, size_t size,
               rq_error *error);
/* Whoever reads something twice asks in the end whether it was twice the same: RQ_ERROR_IO if the
 * file has been written to. */
int input_unchanged(const input *input, rq_error *error);
void input_close(input *input);

#endif
