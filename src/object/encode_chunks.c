/* Names of repair symbols that nobody wants to have. BLAKE3 hashes chunks of 1 KiB on their own: so
 * the same chunk of all symbols of a batch, a panel, is made, hashed and overwritten by the next
 * one, and what is kept of a symbol are 32 octets a chunk. A chunk of the file begins with the
 * payload id or four octets before a multiple of 1024 of the symbol, so its strips are cut here. */
#include "object/encode_source.h"
#include "rfc6330/object.h"

static size_t chunks_of(const encode_source *s)
{
    return (size_t)digest_chunks((uint64_t)s->block->oti.T + RQ_PAYLOAD_ID_SIZE);
}

bool encode_chunks_begin(encode_source *s)
{
    const rq_allocator *a = s->block->job->allocator;
    s->panel_size = (size_t)memory_whole(s->shape.batch * DIGEST_CHUNK);
    s->values_count = (size_t)(memory_whole(s->shape.batch * chunks_of(s) * sizeof *s->values) /
                               sizeof *s->values);
    s->values = memory_allocate(a, s->values_count, sizeof *s->values);
    s->panels = memory_allocate(a, s->shape.workers, sizeof *s->panels);
    if (!s->values || !s->panels)
        return false;
    for (uint32_t w = 0; w < s->shape.workers; w++)
        s->panels[w] = memory_allocate(a, s->panel_size, 1);
    for (uint32_t w = 0; w < s->shape.workers; w++)
        if (!s->panels[w])
            return false;
    return true;
}

void encode_chunks_free(encode_source *s)
{
    const rq_allocator *a = s->block->job->allocator;
    for (uint32_t w = 0; s->panels && w < s->shape.workers; w++)
        memory_release(a, s->panels[w], s->panel_size, 1);
    memory_release(a, s->panels, s->shape.workers, sizeof *s->panels);
    memory_release(a, s->values, s->values_count, sizeof *s->values);
}

/* The columns from `column` on that are in one sub-block and no more than a strip's. */
static codec_strip strip_from(const encode_source *s, uint32_t column, uint32_t end)
{
    const rfc6330_partition *sub = &s->strips.sub_blocks;
    codec_strips sub_blocks = codec_strips_of(&s->block->oti, CODEC_WHOLE_SUB_BLOCKS);
    uint32_t large = sub->IL * s->strips.Al, all_large = sub->JL * large;
    uint32_t number = column < all_large
                          ? column / large
                          : sub->JL + (column - all_large) / (sub->IS * s->strips.Al);
    codec_strip strip = codec_strip_at(&sub_blocks, number);
    strip.column = column - strip.sub_start;
    strip.width = strip.sub_width - strip.column;
    if (strip.width > s->shape.strip_width)
        strip.width = s->shape.strip_width;
    if (strip.width > end - column)
        strip.width = end - column;
    return strip;
}

static void write_payload_ids(const encode_source *s, uint8_t *panel)
{
    uint32_t first = s->K + (uint32_t)s->batch_first;
    for (uint32_t i = 0; i < s->batch_count; i++)
        rfc6330_payload_id_write(s->sbn, first + i, panel + (size_t)i * DIGEST_CHUNK);
}

static int chunk_task(void *context, size_t chunk, uint32_t worker)
{
    encode_source *s = context;
    uint8_t *panel = s->panels[worker], *workspace = s->solvers.workspaces[worker];
    uint32_t begin = (uint32_t)chunk * DIGEST_CHUNK,
             end = begin + DIGEST_CHUNK - RQ_PAYLOAD_ID_SIZE;
    uint32_t column = chunk == 0 ? 0 : begin - RQ_PAYLOAD_ID_SIZE, first = column;
    uint32_t count = (uint32_t)s->batch_count, lead = chunk == 0 ? RQ_PAYLOAD_ID_SIZE : 0;
    end = end < s->block->oti.T ? end : s->block->oti.T;
    if (chunk == 0)
        write_payload_ids(s, panel);
    while (column < end) {
        codec_strip strip = strip_from(s, column, end);
        encode_source_inputs(s, &strip, s->solvers.inputs[worker]);
        codec_solve(s->plan, s->solvers.inputs[worker], 0, strip.width, workspace);
        codec_emit(&s->batch.outputs, 0, count, workspace, strip.width,
                   panel + lead + column - first, DIGEST_CHUNK);
        column += strip.width;
    }
    digest_chunk_values(panel, DIGEST_CHUNK, lead + end - first, count, chunk,
                        s->values + chunk * s->batch_count);
    return job_progress(s->block->job, (uint64_t)s->K * (end - first));
}

int encode_chunks_run(encode_source *s)
{
    return crew_run(s->block->job->crew, chunks_of(s), chunk_task, s);
}

void encode_chunks_names(void *context, uint64_t first, uint32_t count, digest *names)
{
    const encode_source *s = context;
    digest_of_chunks(s->values + first, (size_t)s->batch_count, chunks_of(s), count, names);
}
