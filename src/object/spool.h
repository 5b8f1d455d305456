/* Bytes put aside: in memory while they are few, in a nameless scratch file when they are many. */
#ifndef OBJECT_SPOOL_H
#define OBJECT_SPOOL_H

#include "memory/memory.h"
#include "platform/file.h"

typedef struct spool {
    const rq_allocator *allocator;
    const char *folder; /* of the scratch file */
    uint8_t *memory;
    size_t most; /* bytes in memory at the most */
    uint64_t size;
    platform_file file; /* open once memory was not enough; then it holds everything */
} spool;

/* At most `most` bytes are kept in memory. folder must outlive the spool. */
void spool_begin(spool *spool, size_t most, const char *folder, const rq_allocator *allocator);
/* RQ_OK, RQ_ERROR_MEMORY or RQ_ERROR_IO. */
int spool_append(spool *spool, const void *data, size_t size, rq_error *error);
/* Empties it for the next use; keeps memory or file. */
void spool_clear(spool *spool);
/* Any size bytes that were written; by several threads at once. */
int spool_read(const spool *spool, uint64_t offset, void *buffer, size_t size, rq_error *error);
/* For data that does not come in order: makes room for size bytes, in memory if they are at most
 * `most`, else in the file. Then spool_write puts bytes anywhere, by several threads at once. */
int spool_reserve(spool *spool, uint64_t size, rq_error *error);
int spool_write(const spool *spool, uint64_t offset, const void *data, size_t size,
                rq_error *error);
void spool_free(spool *spool);

#endif
