#include "object/batch.h"

bool batch_begin(batch *b, const codec_strips *strips, const shape *shape, const char *scratch_dir,
                 const rq_allocator *a)
{
    *b = (batch){.strips = strips,
                 .staged = shape->staged,
                 .stage_rows = shape->worker_buffer / shape->strip_width};
    spool_begin(&b->stage, 0, scratch_dir, a);
    if (!shape->staged && !shape->by_chunks) {
        b->rows_size = (size_t)memory_whole(shape->batch * codec_padded_size(strips));
        b->rows = memory_allocate(a, b->rows_size, 1);
        if (!b->rows)
            return false;
    }
    return codec_outputs_begin(&b->outputs, (uint32_t)shape->batch, a);
}

void batch_free(batch *b)
{
    if (!b->stage.allocator)
        return;
    memory_release(b->stage.allocator, b->rows, b->rows_size, 1);
    if (b->outputs.allocator)
        codec_outputs_free(&b->outputs);
    spool_free(&b->stage);
}

void batch_clear(batch *b)
{
    codec_outputs_clear(&b->outputs);
}

bool batch_add(batch *b, const rfc6330_code *code, uint32_t isi)
{
    uint32_t i = b->outputs.count;
    return codec_outputs_add(&b->outputs, code, isi, b->staged ? i % b->stage_rows : i);
}

int batch_ready(batch *b, rq_error *error)
{
    if (b->rows) /* elsewhere they are written through the caches, which want them in order */
        codec_outputs_arrange(&b->outputs);
    if (!b->staged)
        return RQ_OK;
    return spool_reserve(&b->stage, (uint64_t)b->outputs.count * codec_padded_size(b->strips),
                         error);
}

static pieces pieces_of(const batch *b)
{
    return (pieces){b->strips, b->outputs.count, true};
}

/* As many pieces as the buffer holds at a time. */
static int stage_strip(const batch *b, const codec_strip *strip, const uint8_t *workspace,
                       uint8_t *buffer, rq_error *error)
{
    pieces to = pieces_of(b);
    size_t stride = pieces_stride(&to, strip);
    uint64_t at = pieces_offset(&to, strip);
    uint32_t all = b->outputs.count;
    int status = RQ_OK;
    for (uint32_t first = 0; first < all && status == RQ_OK;) {
        uint32_t left = all - first, count = left < b->stage_rows ? left : b->stage_rows;
        codec_emit(&b->outputs, first, count, workspace, stride, buffer, stride);
        status = spool_write(&b->stage, at + first * stride, buffer, count * stride, error);
        first += count;
    }
    return status;
}

int batch_emit(const batch *b, const codec_strip *strip, const uint8_t *workspace, uint8_t *buffer,
               const gf256_coming *coming, rq_error *error)
{
    if (b->staged)
        return stage_strip(b, strip, workspace, buffer, error);
    pieces to = pieces_of(b);
    codec_emit_far(&b->outputs, workspace, pieces_stride(&to, strip),
                   b->rows + pieces_offset(&to, strip), coming);
    return RQ_OK;
}

static int read_stage(void *context, uint64_t offset, uint8_t *buffer, size_t size, rq_error *error)
{
    return spool_read(context, offset, buffer, size, error);
}

int batch_rows(const batch *b, uint64_t first, uint32_t count, uint8_t *buffer, size_t stride,
               rq_error *error)
{
    pieces from = pieces_of(b);
    if (b->staged)
        return pieces_read(&from, first, count, buffer, stride, read_stage, (void *)&b->stage,
                           error);
    pieces_gather(&from, b->rows, first, count, buffer, stride);
    return RQ_OK;
}
