#include "object/output.h"

#include <string.h>

#include "error/error.h"

static int fail(const output *out, const char *what, int number, rq_error *error)
{
    char text[128];
    return error_set(error, RQ_ERROR_IO, "cannot %s \"%s\": %s", what, out->name,
                     platform_error_text(number, text, sizeof text));
}

int output_open(output *out, const char *path, rq_error *error)
{
    memset(out, 0, sizeof *out);
    out->name = path;
    out->device = PLATFORM_STREAM_CLOSED;
    out->stream = platform_is_stream(path);
    int failure = out->stream ? platform_stream_open(&out->device, path)
                              : platform_replace_begin(&out->replacement, path);
    out->begun = failure == 0;
    return failure == 0 ? RQ_OK : fail(out, "write", failure, error);
}

void output_from_writer(output *out, const rq_writer *writer)
{
    memset(out, 0, sizeof *out);
    out->name = "the output stream";
    out->device = PLATFORM_STREAM_CLOSED;
    out->writer = writer;
    out->stream = true;
}

bool output_waits(const output *out)
{
    return out->device.awaited != NULL;
}

int output_wait(output *out, rq_error *error)
{
    int failure = platform_stream_wait(&out->device);
    return failure == 0 ? RQ_OK : fail(out, "write", failure, error);
}

int output_write_at(const output *out, uint64_t offset, const void *data, size_t size,
                    rq_error *error)
{
    int failure = platform_write_at(out->replacement.file, offset, data, size);
    return failure == 0 ? RQ_OK : fail(out, "write", failure, error);
}

int output_read_at(const output *out, uint64_t offset, void *buffer, size_t size, rq_error *error)
{
    size_t got = 0;
    int failure = platform_read_at(out->replacement.file, offset, buffer, size, &got);
    if (failure != 0)
        return fail(out, "read back", failure, error);
    if (got < size)
        return error_set(error, RQ_ERROR_IO, "\"%s\" became shorter while it was written",
                         out->name);
    return RQ_OK;
}

int output_write(const output *out, const void *data, size_t size, size_t *written, rq_error *error)
{
    if (out->writer) {
        *written = size;
        if (out->writer->write(out->writer->context, data, size) == 0)
            return RQ_OK;
        return error_set(error, RQ_ERROR_IO, "cannot write %s", out->name);
    }
    int failure = platform_stream_write(out->device, data, size, written);
    return failure == 0 ? RQ_OK : fail(out, "write", failure, error);
}

int output_commit(output *out, bool durable, rq_error *error)
{
    int failure = 0;
    if (!out->stream)
        failure = platform_replace_commit(&out->replacement, durable);
    else
        failure = platform_stream_finish(&out->device);
    return failure == 0 ? RQ_OK : fail(out, "complete", failure, error);
}

void output_close(output *out)
{
    if (!out->begun)
        return;
    if (!out->stream)
        platform_replace_abandon(&out->replacement);
    else
        platform_stream_close(&out->device);
}
