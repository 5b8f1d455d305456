/* rq_encoder: packets of an object that lies in memory. */
#include <string.h>

#include "codec/execute.h"
#include "codec/strips.h"
#include "plan/cache.h"

struct rq_encoder {
    rq_oti oti;
    const uint8_t *data;
    rq_allocator allocator;
    codec_strips strips;
    rfc6330_partition blocks;
    int32_t solved;      /* the source block whose intermediate symbols are at hand, or -1 */
    const rq_plan *plan; /* of the solved block's K' */
    uint8_t *workspaces; /* one a strip, one after the other */
    uint64_t workspaces_size;
    uint8_t *edge; /* T octets: the sub-symbol in which the data ends, and zeros */
};

int rq_encoder_create(const rq_oti *oti, const void *data, const rq_allocator *allocator,
                      rq_encoder **encoder)
{
    if (!encoder)
        return RQ_ERROR_PARAMETER;
    *encoder = NULL;
    if (!oti || !data || !rfc6330_valid(oti) || oti->F > SIZE_MAX)
        return RQ_ERROR_PARAMETER;
    const rq_allocator *a = memory_or_system(allocator);
    rq_encoder *e = memory_allocate(a, 1, sizeof *e);
    if (!e)
        return RQ_ERROR_MEMORY;
    *e = (rq_encoder){.oti = *oti, .data = data, .allocator = *a, .solved = -1};
    e->strips = codec_strips_of(oti, codec_strip_width(rfc6330_source_blocks(oti).IL));
    e->blocks = rfc6330_source_blocks(oti);
    e->edge = memory_allocate(a, oti->T, 1);
    if (!e->edge) {
        rq_encoder_free(e);
        return RQ_ERROR_MEMORY;
    }
    *encoder = e;
    return RQ_OK;
}

void rq_encoder_free(rq_encoder *encoder)
{
    if (!encoder)
        return;
    rq_allocator a = encoder->allocator;
    plan_cache_put(encoder->plan);
    memory_release(&a, encoder->workspaces, (size_t)encoder->workspaces_size, 1);
    memory_release(&a, encoder->edge, encoder->oti.T, 1);
    memory_release(&a, encoder, 1, sizeof *encoder);
}

/* The sub-symbol at offset of the object, width octets long: where it is, NULL if it is all
 * padding, or a padded copy if the data ends within it. */
static const uint8_t *sub_symbol(const rq_encoder *e, uint64_t offset, uint32_t width)
{
    if (offset >= e->oti.F)
        return NULL;
    if (e->oti.F - offset >= width)
        return e->data + offset;
    size_t there = (size_t)(e->oti.F - offset);
    memcpy(e->edge, e->data + offset, there);
    memset(e->edge + there, 0, width - there);
    return e->edge;
}

static uint64_t block_offset(const rq_encoder *e, uint8_t sbn)
{
    return rfc6330_partition_start(&e->blocks, sbn) * e->oti.T;
}

/* Makes room and the plan for a source block of K symbols, unless they are as they should be. */
static int prepare(rq_encoder *e, uint32_t K)
{
    rfc6330_code code;
    rfc6330_code_for(K, &code);
    if (e->plan && e->plan->code.K_prime == code.K_prime)
        return RQ_OK;
    plan_cache_put(e->plan);
    e->plan = NULL;
    memory_release(&e->allocator, e->workspaces, (size_t)e->workspaces_size, 1);
    e->workspaces = NULL;
    int status = plan_cache_get(code.K_prime, &e->allocator, &e->plan);
    if (status != RQ_OK)
        return status;
    e->workspaces_size = 0;
    for (uint32_t i = 0; i < e->strips.count; i++)
        e->workspaces_size += codec_workspace_size(e->plan, codec_strip_at(&e->strips, i).width);
    if (e->workspaces_size <= SIZE_MAX)
        e->workspaces = memory_allocate(&e->allocator, (size_t)e->workspaces_size, 1);
    return e->workspaces ? RQ_OK : RQ_ERROR_MEMORY;
}

static int solve(rq_encoder *e, uint8_t sbn)
{
    uint32_t K = rfc6330_partition_size(&e->blocks, sbn);
    e->solved = -1;
    int status = prepare(e, K);
    if (status != RQ_OK) {
        plan_cache_put(e->plan);
        e->plan = NULL;
        return status;
    }
    uint32_t K_prime = e->plan->code.K_prime;
    const uint8_t **inputs = memory_allocate(&e->allocator, K_prime, sizeof *inputs);
    if (!inputs)
        return RQ_ERROR_MEMORY;
    memset(inputs, 0, K_prime * sizeof *inputs); /* NULL: padding */
    uint8_t *workspace = e->workspaces;
    for (uint32_t s = 0; s < e->strips.count; s++) {
        codec_strip strip = codec_strip_at(&e->strips, s);
        uint64_t offset = block_offset(e, sbn) + (uint64_t)strip.sub_start * K;
        for (uint32_t i = 0; i < K; i++)
            inputs[i] = sub_symbol(e, offset + (uint64_t)i * strip.sub_width, strip.sub_width);
        codec_solve(e->plan, inputs, strip.column, strip.width, workspace);
        workspace += codec_workspace_size(e->plan, strip.width);
    }
    memory_release(&e->allocator, inputs, K_prime, sizeof *inputs);
    e->solved = sbn;
    return RQ_OK;
}

static void source_symbol(const rq_encoder *e, uint8_t sbn, uint32_t esi, uint8_t *symbol)
{
    uint32_t K = rfc6330_partition_size(&e->blocks, sbn);
    for (uint32_t j = 0; j < e->oti.N; j++) {
        uint32_t width = rfc6330_partition_size(&e->strips.sub_blocks, j) * e->oti.Al;
        uint64_t start = rfc6330_partition_start(&e->strips.sub_blocks, j) * e->oti.Al;
        uint64_t offset = block_offset(e, sbn) + start * K + (uint64_t)esi * width;
        const uint8_t *from = sub_symbol(e, offset, width);
        if (from)
            memcpy(symbol + start, from, width);
        else
            memset(symbol + start, 0, width);
    }
}

static int repair_symbol(rq_encoder *e, uint8_t sbn, uint32_t esi, uint8_t *symbol)
{
    int status = e->solved == sbn ? RQ_OK : solve(e, sbn);
    if (status != RQ_OK)
        return status;
    const uint8_t *workspace = e->workspaces;
    uint32_t isi = plan_isi(&e->plan->code, rfc6330_partition_size(&e->blocks, sbn), esi);
    for (uint32_t s = 0; s < e->strips.count; s++) {
        codec_strip strip = codec_strip_at(&e->strips, s);
        codec_symbol(&e->plan->code, isi, workspace, strip.width,
                     symbol + strip.sub_start + strip.column);
        workspace += codec_workspace_size(e->plan, strip.width);
    }
    return RQ_OK;
}

int rq_encoder_packet(rq_encoder *encoder, uint8_t sbn, uint32_t esi, void *packet)
{
    if (!encoder || !packet || sbn >= encoder->oti.Z || esi > RQ_MAX_ESI)
        return RQ_ERROR_PARAMETER;
    uint8_t *symbol = (uint8_t *)packet + RQ_PAYLOAD_ID_SIZE;
    rfc6330_payload_id_write(sbn, esi, packet);
    if (esi >= rfc6330_partition_size(&encoder->blocks, sbn))
        return repair_symbol(encoder, sbn, esi, symbol);
    source_symbol(encoder, sbn, esi, symbol);
    return RQ_OK;
}
