#include "object/spool.h"

#include <string.h>

#include "error/error.h"

void spool_begin(spool *spool, size_t most, const char *folder, const rq_allocator *allocator)
{
    memset(spool, 0, sizeof *spool);
    spool->allocator = allocator;
    spool->folder = folder;
    spool->most = most;
    spool->file = PLATFORM_FILE_CLOSED;
}

static int fail(const spool *spool, const char *what, int number, rq_error *error)
{
    char text[128];
    return error_set(error, RQ_ERROR_IO, "cannot %s a scratch file in \"%s\": %s", what,
                     spool->folder, platform_error_text(number, text, sizeof text));
}

/* From memory to the file. */
static int open_file(spool *spool, rq_error *error)
{
    if (spool->file.descriptor >= 0)
        return RQ_OK;
    int failure = platform_create_scratch(spool->folder, &spool->file);
    if (failure != 0)
        return fail(spool, "create", failure, error);
    if (spool->size == 0)
        return RQ_OK;
    failure = platform_write_at(spool->file, 0, spool->memory, (size_t)spool->size);
    return failure == 0 ? RQ_OK : fail(spool, "write", failure, error);
}

/* True if size more bytes fit into memory. It is taken all at once: growing would need twice as
 * much for a moment, and pages that are not touched cost nothing. */
static bool fits_memory(spool *spool, size_t size)
{
    if (size > spool->most || spool->size > spool->most - size)
        return false;
    if (!spool->memory && spool->most > 0)
        spool->memory = memory_allocate(spool->allocator, spool->most, 1);
    return spool->memory || spool->most == 0;
}

int spool_append(spool *spool, const void *data, size_t size, rq_error *error)
{
    if (spool->file.descriptor < 0) {
        if (fits_memory(spool, size)) {
            memcpy(spool->memory + spool->size, data, size);
            spool->size += size;
            return RQ_OK;
        }
        int status = open_file(spool, error);
        if (status != RQ_OK)
            return status;
    }
    int status = spool_write(spool, spool->size, data, size, error);
    spool->size += status == RQ_OK ? size : 0;
    return status;
}

void spool_clear(spool *spool)
{
    spool->size = 0;
    /* Only a spool whose contents overflowed goes on in its file. */
    if (spool->file.descriptor >= 0)
        platform_set_size(spool->file, 0);
}

int spool_read(const spool *spool, uint64_t offset, void *buffer, size_t size, rq_error *error)
{
    if (spool->file.descriptor < 0) {
        memcpy(buffer, spool->memory + offset, size);
        return RQ_OK;
    }
    size_t got = 0;
    int failure = platform_read_at(spool->file, offset, buffer, size, &got);
    if (failure != 0)
        return fail(spool, "read", failure, error);
    if (got < size)
        return error_set(error, RQ_ERROR_IO, "a scratch file in \"%s\" lost its end",
                         spool->folder);
    return RQ_OK;
}

int spool_reserve(spool *spool, uint64_t size, rq_error *error)
{
    spool_clear(spool);
    bool in_memory =
        spool->file.descriptor < 0 && size <= spool->most && fits_memory(spool, (size_t)size);
    if (!in_memory) {
        int status = open_file(spool, error);
        if (status != RQ_OK)
            return status;
    }
    spool->size = size;
    return RQ_OK;
}

int spool_write(const spool *spool, uint64_t offset, const void *data, size_t size, rq_error *error)
{
    if (spool->file.descriptor < 0) {
        memcpy(spool->memory + offset, data, size);
        return RQ_OK;
    }
    int failure = platform_write_at(spool->file, offset, data, size);
    return failure == 0 ? RQ_OK : fail(spool, "write", failure, error);
}

void spool_free(spool *spool)
{
    memory_release(spool->allocator, spool->memory, spool->most, 1);
    spool->memory = NULL;
    if (spool->file.descriptor >= 0)
        platform_close(&spool->file);
}
