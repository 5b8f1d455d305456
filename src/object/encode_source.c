/* The order of things, for one source block:
 *
 *   in memory  load the one window, hash it and publish the source symbols; then batch by batch
 *              solve all strips, make the batch's rows, publish them. Where nobody wants the
 *              symbols, only their chunks are made, hashed and forgotten.
 *   staged     batch by batch: window by window load, hash, solve, and write the batch's pieces to
 *              the scratch file; then publish symbols put together from their pieces. The source
 *              symbols are put together from the input.
 */
#include "object/encode_source.h"

#include <string.h>

#include "object/pieces.h"
#include "plan/cache.h"

enum { LOAD_PIECE = 4 * 1024 * 1024 };

/* ---- loading a window ---- */

static size_t load_tasks(const encode_source *s)
{
    if (!s->window.whole)
        return (s->K + 255) / 256;
    return ((size_t)s->K * s->window.columns + LOAD_PIECE - 1) / LOAD_PIECE;
}

/* Part of a sub-block: 256 rows of the window's columns. */
static int load_rows(encode_source *s, size_t index, rq_error *error)
{
    codec_strip strip = codec_strip_at(&s->strips, s->window.first_strip);
    uint32_t first = (uint32_t)index * 256, last = first + 256 < s->K ? first + 256 : s->K;
    int status = RQ_OK;
    for (uint32_t i = first; i < last && status == RQ_OK; i++)
        status =
            input_read(s->block->input, s->offset + codec_strip_offset(&strip, s->K, i), s->end,
                       s->window_data + (size_t)i * s->window.columns, s->window.columns, error);
    return status;
}

static int load_task(void *context, size_t index, uint32_t worker)
{
    encode_source *s = context;
    rq_error error;
    int status;
    (void)worker;
    if (s->window.whole) {
        size_t size = (size_t)s->K * s->window.columns, at = index * LOAD_PIECE;
        size_t left = size - at;
        status =
            input_read(s->block->input, s->offset + (uint64_t)s->window.start * s->K + at, s->end,
                       s->window_data + at, left < LOAD_PIECE ? left : LOAD_PIECE, &error);
    } else {
        status = load_rows(s, index, &error);
    }
    return status == RQ_OK ? RQ_OK : job_fail(s->block->job, &error);
}

static int load_window(encode_source *s)
{
    return crew_run(s->block->job->crew, load_tasks(s), load_task, s);
}

/* ---- the block's hash ---- */

typedef struct window_hash {
    digest_split split;
    job *job;
} window_hash;

static int hash_part(void *context, size_t index, uint32_t worker)
{
    window_hash *h = context;
    (void)worker;
    digest_split_part(&h->split, index);
    return job_progress(h->job, 0);
}

/* A whole window is the next piece of the block, but for the padding at its end. */
static int hash_window(encode_source *s)
{
    uint64_t at = s->offset + (uint64_t)s->window.start * s->K;
    uint64_t size = (uint64_t)s->K * s->window.columns;
    uint64_t there = at >= s->end ? 0 : s->end - at < size ? s->end - at : size;
    window_hash h = {.job = s->block->job};
    digest_split_begin(&h.split, &s->hash, s->window_data, (size_t)there);
    int status = crew_run(s->block->job->crew, h.split.count, hash_part, &h);
    if (status == RQ_OK)
        digest_split_end(&h.split, &s->hash);
    return status;
}

/* Reads the source block once more, for windows that do not follow the block's order. */
static int hash_input(encode_source *s)
{
    uint8_t *buffer = s->publisher.buffers[0];
    uint64_t size = (uint64_t)s->K * s->block->oti.T;
    for (uint64_t at = s->offset; at < s->offset + size && at < s->end;) {
        uint64_t left = s->end < s->offset + size ? s->end - at : s->offset + size - at;
        size_t piece = left < s->publisher.buffer_size ? (size_t)left : s->publisher.buffer_size;
        rq_error error;
        int status = input_read(s->block->input, at, s->end, buffer, piece, &error);
        if (status != RQ_OK)
            return job_fail(s->block->job, &error);
        digest_update(&s->hash, buffer, piece);
        at += piece;
    }
    return RQ_OK;
}

/* ---- solving a window's strips ---- */

void encode_source_inputs(const encode_source *s, const codec_strip *strip, const uint8_t **inputs)
{
    window_place place = window_place_of(&s->window, strip, s->K);
    const uint8_t *row = s->window_data + place.offset;
    for (uint32_t i = 0; i < s->K; i++, row += place.stride)
        inputs[i] = row;
    for (uint32_t i = s->K; i < s->plan->input_count; i++)
        inputs[i] = NULL;
}

static int solve_task(void *context, size_t index, uint32_t worker)
{
    encode_source *s = context;
    codec_strip strip = codec_strip_at(&s->strips, s->window.first_strip + (uint32_t)index);
    uint8_t *workspace = s->solvers.workspaces[worker];
    rq_error error;
    encode_source_inputs(s, &strip, s->solvers.inputs[worker]);
    codec_solve(s->plan, s->solvers.inputs[worker], 0, strip.width, workspace);
    gf256_coming coming =
        codec_coming(&strip, s->solvers.inputs[worker], s->K, 0, s->shape.workers);
    if (batch_emit(&s->batch, &strip, workspace, s->publisher.buffers[worker], &coming, &error) !=
        RQ_OK)
        return job_fail(s->block->job, &error);
    return job_progress(s->block->job, (uint64_t)s->K * strip.width);
}

static int solve_window(encode_source *s)
{
    size_t strips = s->batch_count > 0 ? s->window.strip_count : 0;
    return crew_run(s->block->job->crew, strips, solve_task, s);
}

/* ---- where symbols are taken from ---- */

static size_t row_stride(const encode_source *s)
{
    return shape_row_stride(s->block->oti.T);
}

static int rows_of_window(void *context, uint64_t first, uint32_t count, uint8_t *buffer,
                          rq_error *error)
{
    const encode_source *s = context;
    codec_strips sub_blocks = codec_strips_of(&s->block->oti, CODEC_WHOLE_SUB_BLOCKS);
    pieces from = {&sub_blocks, s->K, false};
    (void)error;
    pieces_gather(&from, s->window_data, first, count, buffer, row_stride(s));
    return RQ_OK;
}

static int read_input(void *context, uint64_t offset, uint8_t *buffer, size_t size, rq_error *error)
{
    const encode_source *s = context;
    return input_read(s->block->input, s->offset + offset, s->end, buffer, size, error);
}

static int rows_of_input(void *context, uint64_t first, uint32_t count, uint8_t *buffer,
                         rq_error *error)
{
    encode_source *s = context;
    codec_strips sub_blocks = codec_strips_of(&s->block->oti, CODEC_WHOLE_SUB_BLOCKS);
    pieces from = {&sub_blocks, s->K, false};
    return pieces_read(&from, first, count, buffer, row_stride(s), read_input, s, error);
}

static int rows_of_batch(void *context, uint64_t first, uint32_t count, uint8_t *buffer,
                         rq_error *error)
{
    const encode_source *s = context;
    return batch_rows(&s->batch, first, count, buffer, row_stride(s), error);
}

/* ---- the order of things ---- */

static int publish_sources(encode_source *s, bool in_memory)
{
    publish_source from = {.context = s, .rows = in_memory ? rows_of_window : rows_of_input};
    return publish(&s->publisher, &from, s->sbn, 0, s->K);
}

static int publish_batch(encode_source *s)
{
    publish_source from = {.context = s, .rows = rows_of_batch};
    if (s->shape.by_chunks)
        from.names = encode_chunks_names;
    return publish(&s->publisher, &from, s->sbn, s->K + (uint32_t)s->batch_first, s->batch_count);
}

static int begin_batch(encode_source *s, uint64_t first)
{
    uint64_t left = s->block->repairs - first;
    const rfc6330_code *code = &s->plan->code;
    s->batch_first = first;
    s->batch_count = left < s->shape.batch ? left : s->shape.batch;
    rq_error error;
    batch_clear(&s->batch);
    for (uint32_t i = 0; i < s->batch_count; i++) {
        uint32_t esi = s->K + (uint32_t)first + i;
        if (!batch_add(&s->batch, code, plan_isi(code, s->K, esi)))
            return job_fail_memory(s->block->job, "the repair symbols' columns");
    }
    return batch_ready(&s->batch, &error) == RQ_OK ? RQ_OK : job_fail(s->block->job, &error);
}

/* All windows once; the hash is made on the way where windows follow the block's order. The last
 * sub-blocks may be whole windows where the first, wider ones are not: then the hash begins anew.
 */
static int pass(encode_source *s)
{
    const digest_state before = s->hash;
    int status = RQ_OK;
    bool in_order = true;
    for (uint32_t strip = 0; strip < s->strips.count && status == RQ_OK;
         strip += s->window.strip_count) {
        s->window = window_at(&s->strips, strip, s->shape.window_columns);
        in_order &= s->window.whole;
        status = load_window(s);
        if (status == RQ_OK && !s->hashed && in_order)
            status = hash_window(s);
        if (status == RQ_OK)
            status = solve_window(s);
    }
    if (status == RQ_OK && !s->hashed && !in_order) {
        s->hash = before;
        status = hash_input(s);
    }
    s->hashed = true;
    return status;
}

static int run_in_memory(encode_source *s)
{
    s->window = window_at(&s->strips, 0, s->block->oti.T);
    int status = load_window(s);
    if (status == RQ_OK)
        status = hash_window(s);
    if (status == RQ_OK)
        status = publish_sources(s, true);
    for (uint64_t first = 0; first < s->block->repairs && status == RQ_OK;
         first += s->batch_count) {
        status = begin_batch(s, first);
        if (status == RQ_OK)
            status = s->shape.by_chunks ? encode_chunks_run(s) : solve_window(s);
        if (status == RQ_OK)
            status = publish_batch(s);
    }
    return status;
}

static int run_staged(encode_source *s)
{
    int status = RQ_OK;
    bool sources_done = false;
    for (uint64_t first = 0; status == RQ_OK; first += s->batch_count) {
        if (s->block->repairs > 0)
            status = begin_batch(s, first);
        if (status == RQ_OK)
            status = pass(s);
        if (status == RQ_OK && !sources_done)
            status = publish_sources(s, false);
        sources_done = true;
        if (status == RQ_OK && s->batch_count > 0)
            status = publish_batch(s);
        if (first + s->batch_count >= s->block->repairs)
            break;
    }
    rq_error error;
    if (status == RQ_OK && input_unchanged(s->block->input, &error) != RQ_OK)
        status = job_fail(s->block->job, &error);
    return status;
}

/* A strip may fall to any worker, so each needs room to solve. */
static bool allocate(encode_source *s)
{
    const rq_allocator *a = s->block->job->allocator;
    s->window_size =
        (size_t)memory_whole((uint64_t)s->K * window_most_columns(&s->shape, s->block->oti.T));
    s->window_data = memory_allocate(a, s->window_size, 1);
    if (!s->window_data || !s->plan)
        return s->window_data != NULL;
    size_t workspace = (size_t)memory_whole(codec_workspace_size(s->plan, s->shape.strip_width));
    return batch_begin(&s->batch, &s->strips, &s->shape, s->block->scratch_dir, a) &&
           solvers_make(&s->solvers, s->shape.workers, workspace, s->plan->input_count, a) &&
           s->solvers.count == s->shape.workers && (!s->shape.by_chunks || encode_chunks_begin(s));
}

static void release(encode_source *s)
{
    memory_release(s->block->job->allocator, s->window_data, s->window_size, 1);
    batch_free(&s->batch);
    encode_chunks_free(s);
    if (s->solvers.allocator)
        solvers_free(&s->solvers);
    plan_cache_put(s->plan);
}

int encode_source_run(encode_source *s)
{
    job *j = s->block->job;
    encode_source kept = *s; /* what outlives this source block */
    int status = RQ_OK;
    s->hashed = false;
    if (s->block->repairs > 0) {
        rfc6330_code code;
        rfc6330_code_for(s->K, &code);
        status = plan_cache_get(code.K_prime, j->allocator, &s->plan);
    }
    if (status != RQ_OK || !allocate(s))
        status = job_fail_memory(j, "a source block");
    if (status == RQ_OK)
        status = s->shape.staged ? run_staged(s) : run_in_memory(s);
    release(s);
    kept.hash = s->hash;
    *s = kept;
    return status;
}
