/* A source block of which nothing is lost needs no window: source symbols go from the buffer they
 * were checked in to their places in the output, and the block's hash is made of their pieces on
 * the way. It is begun in the hope that this is so, and only where symbols can be expected in
 * order. The first name that brings no source symbol, or one out of order, ends it: then scanning
 * goes on for windows. One that holds the whole block loads what is written from the output.
 *
 * A file takes the bytes of one writer at a time, so workers take turns: while one writes, others
 * read and hash. */
#include "object/decode_source.h"

#include <string.h>

enum { LOAD_ROWS = 16 };

/* Pieces of symbols that follow each other are put together behind the symbols. */
static uint8_t *room_of(const decode_source *s, uint32_t worker)
{
    return s->buffers[worker] + s->shape.worker_buffer - DECODE_ROOM;
}

/* Of the block's size bytes at `at` of the source block, those that are no padding. */
static size_t without_padding(const decode_source *s, uint64_t at, size_t size)
{
    uint64_t F = s->block->oti.F, from = s->offset + at;
    if (from >= F)
        return 0;
    return F - from < size ? (size_t)(F - from) : size;
}

static uint64_t source_size(const decode_source *s)
{
    return without_padding(s, 0, (size_t)s->K * s->block->oti.T);
}

bool decode_direct_may_be(const decode_source *s)
{
    const decode_block *b = s->block;
    uint64_t narrowest = (uint64_t)s->strips.sub_blocks.IS * s->strips.Al;
    return !s->aside && *s->in_order && b->has_hash && b->name_count >= rfc6330_Kt(&b->oti) &&
           s->shape.worker_buffer >= DECODE_GROUP_BYTES + DECODE_ROOM &&
           decode_group(s) * narrowest >= DECODE_LEAST_RUN &&
           digest_scattered_chunks(s->hash, source_size(s)) > 0;
}

bool decode_direct_begin(decode_source *s)
{
    s->value_count = digest_scattered_chunks(s->hash, source_size(s));
    s->values = memory_allocate(s->block->job->allocator, s->value_count, sizeof *s->values);
    s->turn_made = s->values && platform_mutex_init(&s->turn) == 0;
    if (s->turn_made)
        digest_scattered_begin(&s->scattered, s->hash, source_size(s), s->values);
    return s->turn_made;
}

void decode_direct_free(decode_source *s)
{
    memory_release(s->block->job->allocator, s->values, s->value_count, sizeof *s->values);
    s->values = NULL;
    if (s->turn_made)
        platform_mutex_destroy(&s->turn);
    s->turn_made = false;
}

/* What to do with pieces. */
enum { HASH = 1, WRITE = 2 };

/* A sub-block's piece of some of a run's symbols. */
static int one_piece(decode_source *s, const codec_strip *strip, const decode_own *own,
                     decode_run part, uint8_t *room, int what)
{
    const size_t stride = shape_row_stride(s->block->oti.T);
    const uint8_t *from = own->symbols + part.first * stride + strip->sub_start;
    uint64_t at = codec_strip_offset(strip, s->K, own->run.first + part.first);
    for (uint32_t i = 0; i < part.count; i++)
        memcpy(room + (size_t)i * strip->width, from + i * stride, strip->width);
    size_t size = without_padding(s, at, (size_t)part.count * strip->width);
    if (what & HASH)
        digest_scattered_add(&s->scattered, at, room, size);
    return what & WRITE ? decode_put(s, s->offset + at, room, size) : RQ_OK;
}

static int all_pieces(decode_source *s, const decode_own *own, uint8_t *room, int what)
{
    codec_strips sub_blocks = codec_strips_of(&s->block->oti, CODEC_WHOLE_SUB_BLOCKS);
    int status = RQ_OK;
    for (uint32_t i = 0; i < sub_blocks.count && status == RQ_OK; i++) {
        codec_strip strip = codec_strip_at(&sub_blocks, i);
        uint32_t most = DECODE_ROOM / strip.width;
        for (uint32_t r = 0; r < own->run.count && status == RQ_OK; r += most) {
            uint32_t left = own->run.count - r;
            decode_run part = {r, left < most ? left : most};
            status = one_piece(s, &strip, own, part, room, what);
        }
    }
    return status;
}

int decode_direct_write(decode_source *s, const decode_own *own, uint32_t worker)
{
    int what = HASH | WRITE;
    platform_mutex_lock(&s->block->job->mutex);
    s->written += own->run.count;
    memset(s->rows.have + own->run.first, DECODE_WRITTEN, own->run.count);
    platform_mutex_unlock(&s->block->job->mutex);
    if (atomic_load(&s->writes)) {
        (void)all_pieces(s, own, room_of(s, worker), HASH); /* which cannot fail */
        what = WRITE;
    }
    platform_mutex_lock(&s->turn);
    atomic_store(&s->writes, true);
    int status = all_pieces(s, own, room_of(s, worker), what);
    atomic_store(&s->writes, false);
    platform_mutex_unlock(&s->turn);
    return status;
}

/* ---- nothing is lost ---- */

static int read_output(void *context, uint64_t at, uint8_t *buffer, size_t size)
{
    const decode_source *s = context;
    rq_error error;
    int status =
        output_read_at(s->block->output, s->block->offset + s->offset + at, buffer, size, &error);
    return status == RQ_OK ? RQ_OK : job_fail(s->block->job, &error);
}

static int close_task(void *context, size_t index, uint32_t worker)
{
    decode_source *s = context;
    return digest_scattered_close(&s->scattered, index, read_output, s, s->buffers[worker]);
}

int decode_direct_end(decode_source *s)
{
    int status = crew_run(s->block->job->crew, s->scattered.count, close_task, s);
    return status == RQ_OK
               ? digest_scattered_end(&s->scattered, s->hash, read_output, s, s->buffers[0])
               : status;
}

/* ---- something is ---- */

/* Padding is not in the output; it is zeros. */
static int load_run(decode_source *s, decode_run run)
{
    codec_strips sub_blocks = codec_strips_of(&s->block->oti, CODEC_WHOLE_SUB_BLOCKS);
    int status = RQ_OK;
    for (uint32_t i = 0; i < sub_blocks.count && status == RQ_OK; i++) {
        codec_strip strip = codec_strip_at(&sub_blocks, i);
        uint64_t at = codec_strip_offset(&strip, s->K, run.first);
        size_t all = (size_t)run.count * strip.width, size = without_padding(s, at, all);
        memset(s->window_data + at + size, 0, all - size);
        if (size > 0)
            status = read_output(s, at, s->window_data + at, size);
    }
    return status;
}

static int load_task(void *context, size_t index, uint32_t worker)
{
    decode_source *s = context;
    uint32_t first = (uint32_t)index * LOAD_ROWS, last = first + LOAD_ROWS;
    (void)worker;
    last = last < s->K ? last : s->K;
    int status = RQ_OK;
    for (uint32_t r = first; r < last && status == RQ_OK;) {
        uint32_t count = 0;
        while (r + count < last && s->rows.have[r + count] == DECODE_WRITTEN)
            count++;
        if (count > 0)
            status = load_run(s, (decode_run){r, count});
        r += count + 1;
    }
    return status;
}

int decode_direct_leave(decode_source *s)
{
    job *j = s->block->job;
    s->direct = false;
    decode_direct_free(s);
    if (!s->kept) {
        s->written = 0; /* all is written again, window by window */
        return RQ_OK;
    }
    if (!decode_allocate_window(s))
        return job_fail_memory(j, "a source block");
    return crew_run(j->crew, (s->K + LOAD_ROWS - 1) / LOAD_ROWS, load_task, s);
}
