#include "object/encode_block.h"

#include <string.h>

#include "codec/execute.h"
#include "object/encode_source.h"

uint64_t encode_block_units(const rq_oti *oti, uint64_t repairs)
{
    uint64_t symbols = rfc6330_Kt(oti) + repairs * oti->Z;
    return (symbols + rfc6330_Kt(oti)) * oti->T;
}

shape_work encode_block_work(const rq_oti *oti, uint64_t repairs, bool names_only, uint32_t workers)
{
    rfc6330_partition blocks = rfc6330_source_blocks(oti);
    return (shape_work){.oti = *oti,
                        .K = blocks.IL,
                        .repairs = repairs,
                        .names_only = names_only,
                        .workers = workers};
}

static void free_buffers(publisher *p)
{
    const rq_allocator *a = p->job->allocator;
    for (uint32_t w = 0; p->buffers && w < p->job->workers; w++)
        memory_release(a, p->buffers[w], p->buffer_size, 1);
    memory_release(a, p->buffers, p->job->workers, sizeof *p->buffers);
    memory_release(a, p->names, SHAPE_RUN, sizeof *p->names);
}

static int make_buffers(publisher *p)
{
    const rq_allocator *a = p->job->allocator;
    p->names = memory_allocate(a, SHAPE_RUN, sizeof *p->names);
    p->buffers = memory_allocate(a, p->job->workers, sizeof *p->buffers);
    if (p->buffers)
        memset(p->buffers, 0, p->job->workers * sizeof *p->buffers);
    bool made = p->names && p->buffers;
    for (uint32_t w = 0; made && w < p->job->workers; w++) {
        p->buffers[w] = memory_allocate(a, p->buffer_size, 1);
        made = p->buffers[w] != NULL;
    }
    return made ? RQ_OK : job_fail_memory(p->job, "the symbols being written");
}

int encode_block_run(encode_block *block, digest *hash)
{
    job *j = block->job;
    shape_work work =
        encode_block_work(&block->oti, block->repairs, block->store->forgets, j->workers);
    encode_source source = {.block = block};
    if (!shape_encode(&work, job_available(j), &source.shape))
        return job_fail_memory(j, "a source block");
    crew_use(j->crew, source.shape.workers);
    source.strips = codec_strips_of(&block->oti, source.shape.strip_width);
    source.publisher = (publisher){.job = j,
                                   .store = block->store,
                                   .layout = block->layout,
                                   .block_id = block->block_id,
                                   .T = block->oti.T,
                                   .buffer_size = source.shape.worker_buffer,
                                   .symbol_units = block->oti.T};
    digest_begin(&source.hash);
    int status = make_buffers(&source.publisher);
    rfc6330_partition blocks = rfc6330_source_blocks(&block->oti);
    for (uint32_t sbn = 0; sbn < block->oti.Z && status == RQ_OK; sbn++) {
        source.sbn = (uint8_t)sbn;
        source.K = rfc6330_partition_size(&blocks, sbn);
        source.offset = block->offset + rfc6330_partition_start(&blocks, sbn) * block->oti.T;
        source.end = block->offset + block->oti.F;
        status = encode_source_run(&source);
    }
    free_buffers(&source.publisher);
    digest_end(&source.hash, hash);
    return status;
}
