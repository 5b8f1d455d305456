/* What goes out: rows of source symbols to where they belong in the block, and the block's hash on
 * the way.
 *
 * A file takes the bytes of one writer at a time; a second one waits, and burns its processor while
 * it does. So one worker writes while others do something else: where all symbols are kept, source
 * symbols are written while further ones are read, if enough of them follow each other; what is
 * left, and windows of what is not kept, is written at the end, while others hash it. */
#include "object/decode_source.h"

#include <string.h>

enum { PIECE = 4 * 1024 * 1024, WRITE_ROWS = 64 };

int decode_put(decode_source *s, uint64_t offset, const uint8_t *data, size_t size)
{
    decode_block *b = s->block;
    rq_error error;
    if (offset >= b->oti.F)
        return RQ_OK; /* padding */
    if (b->oti.F - offset < size)
        size = (size_t)(b->oti.F - offset);
    int status = s->aside ? spool_write(s->aside, offset, data, size, &error)
                          : output_write_at(b->output, b->offset + offset, data, size, &error);
    return status == RQ_OK ? job_progress(b->job, size) : job_fail(b->job, &error);
}

/* ---- kept rows: within a sub-block, those that follow each other are one piece ---- */

static int write_run(decode_source *s, decode_run run)
{
    codec_strips sub_blocks = codec_strips_of(&s->block->oti, CODEC_WHOLE_SUB_BLOCKS);
    int status = RQ_OK;
    for (uint32_t i = 0; i < sub_blocks.count && status == RQ_OK; i++) {
        codec_strip strip = codec_strip_at(&sub_blocks, i);
        uint64_t at = codec_strip_offset(&strip, s->K, run.first);
        status =
            decode_put(s, s->offset + at, s->window_data + at, (size_t)run.count * strip.width);
    }
    return status;
}

int decode_write_early(decode_source *s, decode_run run)
{
    platform_mutex *mutex = &s->block->job->mutex;
    uint64_t narrowest = (uint64_t)s->strips.sub_blocks.IS * s->strips.Al;
    int status = RQ_OK;
    if (run.count * narrowest < DECODE_LEAST_RUN)
        return RQ_OK;
    platform_mutex_lock(mutex);
    s->written += run.count;
    memset(s->rows.have + run.first, DECODE_WRITTEN, run.count);
    if (s->writing && s->waiting_count < DECODE_RUNS) {
        s->waiting[s->waiting_count++] = run;
        platform_mutex_unlock(mutex);
        return RQ_OK;
    }
    bool alone = !s->writing; /* else too much waits: better two writers than none that reads on */
    s->writing = true;
    for (bool more = true; more && status == RQ_OK;) {
        platform_mutex_unlock(mutex);
        status = write_run(s, run);
        platform_mutex_lock(mutex);
        more = alone && s->waiting_count > 0;
        if (more)
            run = s->waiting[--s->waiting_count];
    }
    if (alone)
        s->writing = false;
    platform_mutex_unlock(mutex);
    return status;
}

/* Those of the rows first to last - 1 that are not written yet. */
static int write_rest(decode_source *s, uint32_t first, uint32_t last)
{
    int status = RQ_OK;
    for (uint32_t r = first; r < last && status == RQ_OK;) {
        uint32_t count = 0;
        while (r + count < last && s->rows.have[r + count] != DECODE_WRITTEN)
            count++;
        if (count > 0)
            status = write_run(s, (decode_run){r, count});
        r += count + 1;
    }
    return status;
}

/* ---- windows ---- */

/* Part of a sub-block: rows of the window's columns. */
static int write_columns(decode_source *s, uint32_t first, uint32_t last)
{
    codec_strip strip = codec_strip_at(&s->strips, s->window.first_strip);
    int status = RQ_OK;
    for (uint32_t r = first; r < last && status == RQ_OK; r++)
        status = decode_put(s, s->offset + codec_strip_offset(&strip, s->K, r),
                            s->window_data + (size_t)r * s->window.columns, s->window.columns);
    return status;
}

/* If few rows are written yet, it is better to write them again than to write around them. */
static bool only_the_rest(const decode_source *s)
{
    return s->written > s->K / 2;
}

static size_t window_size(const decode_source *s)
{
    return (size_t)s->K * s->window.columns;
}

static int write_some(decode_source *s, size_t index)
{
    uint32_t first = (uint32_t)index * WRITE_ROWS, last = first + WRITE_ROWS;
    last = last < s->K ? last : s->K;
    if (only_the_rest(s))
        return write_rest(s, first, last);
    if (!s->window.whole)
        return write_columns(s, first, last);
    size_t size = window_size(s), at = index * PIECE;
    return decode_put(s, s->offset + (uint64_t)s->window.start * s->K + at, s->window_data + at,
                      size - at < PIECE ? size - at : PIECE);
}

typedef struct writing {
    decode_source *source;
    size_t writes, next_write, next_part;
    uint32_t writers;
    digest_split hash;
} writing;

/* A whole window is the next piece of the block, but for the padding at its end. */
static void begin_hash(writing *w)
{
    const decode_source *s = w->source;
    uint64_t at = s->offset + (uint64_t)s->window.start * s->K, F = s->block->oti.F;
    size_t size = window_size(s);
    if (at >= F || !s->window.whole)
        size = 0;
    else if (F - at < size)
        size = (size_t)(F - at);
    digest_split_begin(&w->hash, s->hash, s->window_data, size);
}

/* Each task does one thing more: writes, if nobody else does, or hashes, as long as there is that
 * to do. */
static int write_task(void *context, size_t index, uint32_t worker)
{
    writing *w = context;
    platform_mutex *mutex = &w->source->block->job->mutex;
    (void)index, (void)worker;
    platform_mutex_lock(mutex);
    bool hash = w->next_part < w->hash.count && (w->writers > 0 || w->next_write == w->writes);
    size_t i = hash ? w->next_part++ : w->next_write++;
    w->writers += !hash;
    platform_mutex_unlock(mutex);
    if (hash) {
        digest_split_part(&w->hash, i);
        return RQ_OK;
    }
    int status = write_some(w->source, i);
    platform_mutex_lock(mutex);
    w->writers--;
    platform_mutex_unlock(mutex);
    return status;
}

int decode_write_window(decode_source *s)
{
    writing w = {.source = s};
    if (only_the_rest(s) || !s->window.whole)
        w.writes = (s->K + WRITE_ROWS - 1) / WRITE_ROWS;
    else
        w.writes = (window_size(s) + PIECE - 1) / PIECE;
    begin_hash(&w);
    int status = crew_run(s->block->job->crew, w.writes + w.hash.count, write_task, &w);
    if (status == RQ_OK)
        digest_split_end(&w.hash, s->hash);
    return status;
}
