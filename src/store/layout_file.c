#include "store/layout_file.h"

#include "error/error.h"

int layout_write_error(const char *path, int failure, rq_error *error)
{
    char why[128];
    return error_set(error, RQ_ERROR_IO,
                     "Cannot write layout \"%s\": %s. Check its folder, permissions and free space",
                     path, platform_error_text(failure, why, sizeof why));
}

int layout_file_begin(layout_file *layout, const char *path, rq_error *error)
{
    *layout =
        (layout_file){.is_stream = platform_is_stream(path), .stream = PLATFORM_STREAM_CLOSED};
    int failure = layout->is_stream ? platform_stream_open(&layout->stream, path)
                                    : platform_replace_begin(&layout->replacement, path);
    if (failure != 0)
        return layout_write_error(path, failure, error);
    layout->path = path;
    return RQ_OK;
}

int layout_file_write(layout_file *layout, const void *data, size_t size, size_t *written,
                      rq_error *error)
{
    int failure = 0;
    *written = size;
    if (!layout->is_stream) {
        failure = platform_write(layout->replacement.file, data, size);
    } else if (layout->stream.awaited) {
        failure = platform_stream_wait(&layout->stream);
        *written = 0;
    } else {
        failure = platform_stream_write(layout->stream, data, size, written);
    }
    return failure == 0 ? RQ_OK : layout_write_error(layout->path, failure, error);
}

int layout_file_commit(layout_file *layout, bool durable, rq_error *error)
{
    int failure = layout->is_stream ? platform_stream_finish(&layout->stream)
                                    : platform_replace_commit(&layout->replacement, durable);
    return failure == 0 ? RQ_OK : layout_write_error(layout->path, failure, error);
}

void layout_file_abandon(layout_file *layout)
{
    if (!layout->path)
        return;
    if (layout->is_stream)
        platform_stream_close(&layout->stream);
    else
        platform_replace_abandon(&layout->replacement);
    layout->path = NULL;
}
