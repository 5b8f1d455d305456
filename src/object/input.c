#include "object/input.h"

#include <string.h>

#include "error/error.h"

enum { PIECE = 256 * 1024 }; /* bytes taken from a stream at a time */

int input_open(input *in, const char *path, rq_error *error)
{
    platform_file_info info;
    char text[128];
    memset(in, 0, sizeof *in);
    in->name = path;
    in->file = PLATFORM_FILE_CLOSED;
    spool_begin(&in->block, 0, "", NULL);
    int failure = platform_open_read(path, &in->file, &info);
    if (failure != 0)
        return error_set(error, RQ_ERROR_NOT_FOUND,
                         "File is not found: Failed to open file \"%s\": %s", path,
                         platform_error_text(failure, text, sizeof text));
    if (info.directory)
        return error_set(error, RQ_ERROR_IO,
                         "\"%s\" is a folder; encode an archive of it, or its files", path);
    if (!info.regular)
        return error_set(error, RQ_ERROR_IO,
                         "\"%s\" is no regular file; pipe it in as a stream instead", path);
    if (info.size == 0)
        return error_set(error, RQ_ERROR_ENCODE, "Encoding failed: File is empty: \"%s\"", path);
    in->size = info.size;
    in->modified = info.modified;
    in->changed = info.changed;
    platform_advise_sequential(in->file);
    return RQ_OK;
}

void input_from_reader(input *in, const rq_reader *reader, size_t in_memory, const char *folder,
                       const rq_allocator *allocator)
{
    memset(in, 0, sizeof *in);
    in->name = "the input stream";
    in->file = PLATFORM_FILE_CLOSED;
    in->reader = reader;
    spool_begin(&in->block, in_memory, folder, allocator);
}

int input_next_block(input *in, uint64_t size, uint64_t *got, rq_error *error)
{
    const rq_allocator *a = in->block.allocator;
    uint8_t *piece = memory_allocate(a, PIECE, 1);
    if (!piece)
        return error_set(error, RQ_ERROR_MEMORY, "no memory to read the input stream");
    int status = RQ_OK;
    in->block_start += in->block.size;
    spool_clear(&in->block);
    while (status == RQ_OK && in->block.size < size) {
        uint64_t left = size - in->block.size;
        unsigned long long at = in->block_start + in->block.size;
        size_t want = left < PIECE ? (size_t)left : PIECE;
        int64_t read = in->reader->read(in->reader->context, piece, want);
        if (read < 0 || (uint64_t)read > want)
            status = error_set(error, RQ_ERROR_IO, "cannot read %s at byte %llu", in->name, at);
        if (status != RQ_OK || read == 0)
            break;
        status = spool_append(&in->block, piece, (size_t)read, error);
    }
    memory_release(a, piece, PIECE, 1);
    *got = in->block.size;
    return status;
}

int input_read(const input *in, uint64_t offset, uint64_t end, uint8_t *buffer, size_t size,
               rq_error *error)
{
    size_t there = offset >= end ? 0 : end - offset < size ? (size_t)(end - offset) : size;
    memset(buffer + there, 0, size - there);
    if (there == 0)
        return RQ_OK;
    if (in->reader)
        return spool_read(&in->block, offset - in->block_start, buffer, there, error);
    size_t got = 0;
    char text[128];
    int failure = platform_read_at(in->file, offset, buffer, there, &got);
    if (failure != 0)
        return error_set(error, RQ_ERROR_IO, "cannot read \"%s\" at byte %llu: %s", in->name,
                         (unsigned long long)offset,
                         platform_error_text(failure, text, sizeof text));
    if (got < there)
        return error_set(error, RQ_ERROR_IO, "\"%s\" became shorter while it was read", in->name);
    return RQ_OK;
}

int input_unchanged(const input *in, rq_error *error)
{
    platform_file_info info;
    char text[128];
    if (in->reader)
        return RQ_OK;
    int failure = platform_look(in->file, &info);
    if (failure != 0)
        return error_set(error, RQ_ERROR_IO, "cannot look at \"%s\": %s", in->name,
                         platform_error_text(failure, text, sizeof text));
    if (info.size != in->size || info.modified != in->modified || info.changed != in->changed)
        return error_set(error, RQ_ERROR_IO,
                         "\"%s\" changed while it was read, or its name, links or permissions "
                         "did; encode it again, or a copy",
                         in->name);
    return RQ_OK;
}

void input_close(input *in)
{
    if (in->file.descriptor >= 0)
        platform_close(&in->file);
    if (in->block.allocator)
        spool_free(&in->block);
}
