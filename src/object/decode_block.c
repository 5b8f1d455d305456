#include "object/decode_block.h"

#include <string.h>

#include "object/decode_source.h"

enum { COPY_PIECE = 64 * 1024 };

uint64_t decode_block_units(const rq_oti *oti)
{
    return (uint64_t)rfc6330_Kt(oti) * oti->T + oti->F;
}

shape_work decode_block_work(const rq_oti *oti, uint32_t workers)
{
    enum { EXTRA_ROWS = 16 };
    rfc6330_partition blocks = rfc6330_source_blocks(oti);
    return (shape_work){.oti = *oti,
                        .K = blocks.IL,
                        .extra_rows = EXTRA_ROWS,
                        .decode = true,
                        .buffer = decode_buffer(oti),
                        .workers = workers};
}

static int read_block(const decode_block *b, const spool *aside, uint64_t at, uint8_t *buffer,
                      size_t size)
{
    rq_error error;
    int status = aside ? spool_read(aside, at, buffer, size, &error)
                       : output_read_at(b->output, b->offset + at, buffer, size, &error);
    return status == RQ_OK ? RQ_OK : job_fail(b->job, &error);
}

/* Nobody may ever read from a FIFO: between its pieces the call can be cancelled. */
static int hand_over(const decode_block *b, const uint8_t *data, size_t size)
{
    int status = RQ_OK;
    for (size_t at = 0, written; at < size && status == RQ_OK; at += written) {
        rq_error error;
        status = output_write(b->output, data + at, size - at, &written, &error);
        status = status == RQ_OK ? job_progress(b->job, 0) : job_fail(b->job, &error);
    }
    return status;
}

/* Goes over the written block: hashes it or hands it to the stream. */
static int read_over(const decode_block *b, const spool *aside, uint8_t *buffer,
                     digest_state *state)
{
    int status = RQ_OK;
    for (uint64_t at = 0; at < b->oti.F && status == RQ_OK; at += COPY_PIECE) {
        uint64_t left = b->oti.F - at;
        size_t size = left < COPY_PIECE ? (size_t)left : COPY_PIECE;
        status = read_block(b, aside, at, buffer, size);
        if (status == RQ_OK && state)
            digest_update(state, buffer, size);
        else if (status == RQ_OK)
            status = hand_over(b, buffer, size);
    }
    return status;
}

static int check_hash(const decode_block *b, const digest_state *state)
{
    digest found;
    digest_end(state, &found);
    if (!b->has_hash || digest_equal(&found, &b->hash))
        return RQ_OK;
    char expected_name[DIGEST_NAME_SIZE], found_name[DIGEST_NAME_SIZE];
    rq_error error;
    digest_name(&b->hash, expected_name);
    digest_name(&found, found_name);
    error_set(&error, RQ_ERROR_DECODE, "Hash mismatch for block %llu: expected %s, got %s",
              (unsigned long long)b->block_id, expected_name, found_name);
    return job_fail(b->job, &error);
}

/* All source blocks, then the hash, then on to the stream if it is one. */
static int run(decode_block *b, const shape *shape, uint8_t **buffers, const spool *aside)
{
    digest_state state;
    bool in_order = true;
    int status = RQ_OK;
    rfc6330_partition blocks = rfc6330_source_blocks(&b->oti);
    digest_begin(&state);
    for (uint32_t sbn = 0; sbn < b->oti.Z && status == RQ_OK; sbn++) {
        decode_source source = {.block = b,
                                .shape = *shape,
                                .strips = codec_strips_of(&b->oti, shape->strip_width),
                                .sbn = (uint8_t)sbn,
                                .K = rfc6330_partition_size(&blocks, sbn),
                                .offset = rfc6330_partition_start(&blocks, sbn) * b->oti.T,
                                .hash = &state,
                                .in_order = &in_order,
                                .aside = aside,
                                .buffers = buffers};
        status = decode_source_run(&source);
    }
    if (status == RQ_OK && !in_order) {
        digest_begin(&state);
        status = read_over(b, aside, buffers[0], &state);
    }
    if (status == RQ_OK)
        status = check_hash(b, &state);
    if (status == RQ_OK && aside)
        status = read_over(b, aside, buffers[0], NULL);
    if (status == RQ_OK)
        b->report->bytes_written += b->oti.F;
    return status;
}

/* How the work is cut, and what a stream's block gets of the memory until it is checked: nothing,
 * but a scratch file, where that is wanted for the work. */
static bool cut(const decode_block *b, uint64_t states_memory, shape *shape, uint64_t *aside_memory)
{
    shape_work work = decode_block_work(&b->oti, b->job->workers);
    uint64_t available = job_available(b->job);
    if (states_memory >= available)
        return false;
    available -= states_memory;
    *aside_memory = b->output->stream && b->oti.F <= available / 4 ? b->oti.F : 0;
    if (*aside_memory > 0 && shape_decode(&work, available - *aside_memory, shape))
        return true;
    *aside_memory = 0;
    return shape_decode(&work, available, shape);
}

int decode_block_run(decode_block *b)
{
    job *j = b->job;
    const rq_allocator *a = j->allocator;
    shape shape;
    uint64_t states_memory = b->name_count * sizeof *b->name_states, aside_memory;
    if (!cut(b, states_memory, &shape, &aside_memory))
        return job_fail_memory(j, "a source block");
    b->name_states = memory_allocate(a, (size_t)b->name_count, sizeof *b->name_states);
    if (!b->name_states)
        return job_fail_memory(j, "the list of symbols");
    memset(b->name_states, 0, (size_t)states_memory);
    crew_use(j->crew, shape.workers);
    uint8_t **buffers = memory_allocate(a, shape.workers, sizeof *buffers);
    bool made = buffers != NULL;
    if (made)
        memset(buffers, 0, shape.workers * sizeof *buffers);
    for (uint32_t w = 0; made && w < shape.workers; w++)
        made = (buffers[w] = memory_allocate(a, shape.worker_buffer, 1)) != NULL;
    int status = made ? RQ_OK : job_fail_memory(j, "the symbols being read");
    spool aside;
    rq_error error;
    spool_begin(&aside, (size_t)aside_memory, b->scratch_dir, a);
    if (status == RQ_OK && b->output->stream && spool_reserve(&aside, b->oti.F, &error) != RQ_OK)
        status = job_fail(j, &error);
    if (buffers && status == RQ_OK)
        status = run(b, &shape, buffers, b->output->stream ? &aside : NULL);
    spool_free(&aside);
    for (uint32_t w = 0; buffers && w < shape.workers; w++)
        memory_release(a, buffers[w], shape.worker_buffer, 1);
    memory_release(a, buffers, shape.workers, sizeof *buffers);
    memory_release(a, b->name_states, (size_t)b->name_count, sizeof *b->name_states);
    return status;
}
