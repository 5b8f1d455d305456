/* rq_encoder: packets of an object that lies in memory. */
#include <string.h>

#include "codec/contributions.h"
#include "codec/few.h"
#include "codec/strips.h"
#include "plan/cache.h"

/* Repair packets of a source block that was solved in passing: the one that was asked for, and
 * those that may be asked for next. */
typedef struct packets_ahead {
    int32_t sbn; /* or -1 */
    uint32_t first_esi, count;
    uint8_t *packets;
    size_t size;
} packets_ahead;

struct rq_encoder {
    rq_oti oti;
    const uint8_t *data;
    rq_allocator allocator;
    codec_strips strips;
    rfc6330_partition blocks;
    int32_t solved;      /* the source block whose intermediate symbols are at hand, or -1 */
    int32_t begun;       /* the one that is solved but for the last step, or -1 */
    const rq_plan *plan; /* of that block's K' */
    const uint8_t **inputs;
    uint8_t *workspaces; /* of all strips, one after the other, as far as solved; or NULL */
    uint64_t workspaces_size;
    packets_ahead ahead;
    codec_contributions contributions; /* of few source symbols: no workspaces then */
    uint8_t *edge; /* T octets: the sub-symbol in which the data ends, and zeros */
};

int rq_encoder_create(const rq_oti *oti, const void *data, const rq_allocator *allocator,
                      rq_encoder **encoder)
{
    if (!encoder)
        return RQ_ERROR_PARAMETER;
    *encoder = NULL;
    if (!oti || !data || !rfc6330_valid(oti) || oti->F > SIZE_MAX || !memory_usable(allocator))
        return RQ_ERROR_PARAMETER;
    const rq_allocator *a = memory_or_heap(allocator);
    rq_encoder *e = memory_allocate(a, 1, sizeof *e);
    if (!e)
        return RQ_ERROR_MEMORY;
    *e = (rq_encoder){
        .oti = *oti, .data = data, .allocator = *a, .solved = -1, .begun = -1, .ahead.sbn = -1};
    e->strips = codec_strips_in(oti, codec_strip_width(rfc6330_source_blocks(oti).IL), data);
    e->blocks = rfc6330_source_blocks(oti);
    e->edge = memory_allocate(a, oti->T, 1);
    if (!e->edge) {
        rq_encoder_free(e);
        return RQ_ERROR_MEMORY;
    }
    *encoder = e;
    return RQ_OK;
}

static void forget_ahead(rq_encoder *e)
{
    memory_release(&e->allocator, e->ahead.packets, e->ahead.size, 1);
    e->ahead = (packets_ahead){.sbn = -1};
}

/* Forgets the plan and what belongs to its K'. */
static void unprepare(rq_encoder *e)
{
    if (e->plan)
        memory_release(&e->allocator, e->inputs, e->plan->code.K_prime, sizeof *e->inputs);
    plan_cache_put(e->plan);
    memory_release(&e->allocator, e->workspaces, (size_t)e->workspaces_size, 1);
    codec_contributions_free(&e->contributions);
    forget_ahead(e);
    e->plan = NULL;
    e->inputs = NULL;
    e->workspaces = NULL;
    e->workspaces_size = 0;
    e->solved = e->begun = -1;
}

void rq_encoder_free(rq_encoder *encoder)
{
    if (!encoder)
        return;
    rq_allocator a = encoder->allocator;
    unprepare(encoder);
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

/* What is kept of a strip. Its workspace has more rows, which lie where later strips go. */
static uint64_t kept_size(const rq_encoder *e, const codec_strip *strip)
{
    return (uint64_t)e->plan->code.L * codec_stride(strip->width);
}

/* Octets for the workspaces of all strips, which overlap but for what is kept. */
static uint64_t kept_memory(const rq_encoder *e)
{
    uint64_t kept = 0, size = 0;
    for (uint32_t i = 0; i < e->strips.count; i++) {
        codec_strip strip = codec_strip_at(&e->strips, i);
        uint64_t end = kept + codec_workspace_size(e->plan, strip.width);
        size = end > size ? end : size;
        kept += kept_size(e, &strip);
    }
    return size;
}

static bool allocate_workspaces(rq_encoder *e)
{
    e->workspaces_size = memory_whole(kept_memory(e));
    if (e->workspaces_size <= SIZE_MAX)
        e->workspaces = memory_allocate(&e->allocator, (size_t)e->workspaces_size, 1);
    return e->workspaces != NULL;
}

/* Has the plan for source blocks of K symbols, and what goes into it. */
static int prepare(rq_encoder *e, uint32_t K)
{
    rfc6330_code code;
    rfc6330_code_for(K, &code);
    if (e->plan && e->plan->code.K_prime == code.K_prime)
        return RQ_OK;
    unprepare(e);
    int status = plan_cache_get(code.K_prime, &e->allocator, &e->plan);
    if (status != RQ_OK)
        return status;
    bool ready = true;
    if (code.K_prime <= CODEC_FEW_SOURCES)
        ready = codec_contributions_begin(&e->contributions, e->plan, NULL, code.K_prime,
                                          &e->allocator);
    e->inputs = memory_allocate(&e->allocator, code.K_prime, sizeof *e->inputs);
    if (ready && e->inputs)
        return RQ_OK;
    unprepare(e);
    return RQ_ERROR_MEMORY;
}

/* A sub-block's symbols, and NULL for padding ones. */
static void set_inputs(const rq_encoder *e, uint8_t sbn, uint32_t sub_block)
{
    uint32_t K = rfc6330_partition_size(&e->blocks, sbn);
    uint32_t width = rfc6330_partition_size(&e->strips.sub_blocks, sub_block) * e->oti.Al;
    uint64_t start = block_offset(e, sbn) +
                     rfc6330_partition_start(&e->strips.sub_blocks, sub_block) * e->oti.Al * K;
    for (uint32_t i = 0; i < K; i++)
        e->inputs[i] = sub_symbol(e, start + (uint64_t)i * width, width);
    for (uint32_t i = K; i < e->plan->code.K_prime; i++)
        e->inputs[i] = NULL;
}

/* Keeps the intermediate symbols of all strips. */
static int solve(rq_encoder *e, uint8_t sbn)
{
    if (!e->workspaces && !allocate_workspaces(e))
        return RQ_ERROR_MEMORY;
    uint8_t *workspace = e->workspaces;
    for (uint32_t s = 0; s < e->strips.count; s++) {
        codec_strip strip = codec_strip_at(&e->strips, s);
        if (strip.column == 0)
            set_inputs(e, sbn, strip.sub_block);
        if (e->begun == sbn)
            codec_complete(e->plan, e->inputs, strip.column, strip.width, workspace);
        else
            codec_solve(e->plan, e->inputs, strip.column, strip.width, workspace);
        workspace += kept_size(e, &strip);
    }
    e->begun = -1;
    e->solved = sbn;
    if (e->ahead.sbn == sbn)
        forget_ahead(e);
    return RQ_OK;
}

static void source_symbol(const rq_encoder *e, uint8_t sbn, uint32_t esi, uint8_t *symbol)
{
    uint32_t K = rfc6330_partition_size(&e->blocks, sbn);
    for (uint32_t j = 0; j < e->oti.N; j++) {
        uint32_t width = rfc6330_partition_size(&e->strips.sub_blocks, j) * e->oti.Al;
        uint64_t start = rfc6330_partition_start(&e->strips.sub_blocks, j) * e->oti.Al;
        uint64_t offset = block_offset(e, sbn) + start * K + (uint64_t)esi * width;
        if (offset < e->oti.F)
            memcpy(symbol + start, sub_symbol(e, offset, width), width);
        else
            memset(symbol + start, 0, width);
    }
}

/* By way of the intermediate symbols of its source block. */
static void emit(const rq_encoder *e, uint32_t isi, uint8_t *symbol)
{
    const uint8_t *workspace = e->workspaces;
    for (uint32_t s = 0; s < e->strips.count; s++) {
        codec_strip strip = codec_strip_at(&e->strips, s);
        codec_symbol(&e->plan->code, isi, workspace, strip.width,
                     symbol + strip.sub_start + strip.column);
        workspace += kept_size(e, &strip);
    }
}

/* Straight from the source symbols. */
static void weigh(const rq_encoder *e, uint8_t sbn, uint32_t isi, uint8_t *symbol)
{
    uint8_t octets[CODEC_FEW_SOURCES];
    codec_contributions_of(&e->contributions, isi, octets);
    for (uint32_t j = 0; j < e->oti.N; j++) {
        uint32_t width = rfc6330_partition_size(&e->strips.sub_blocks, j) * e->oti.Al;
        set_inputs(e, sbn, j);
        codec_weigh(octets, e->inputs, rfc6330_partition_size(&e->blocks, sbn), 0, width, symbol);
        symbol += width;
    }
}

/* ---- packets in passing ---- */

static size_t packet_size(const rq_encoder *e)
{
    return (size_t)RQ_PAYLOAD_ID_SIZE + e->oti.T;
}

/* Which repair symbols: those from first_esi on. */
static bool want(const rq_encoder *e, uint8_t sbn, uint32_t first_esi, uint32_t count,
                 codec_few *wanted)
{
    uint32_t K = rfc6330_partition_size(&e->blocks, sbn);
    uint32_t *isis = memory_allocate(&e->allocator, count, sizeof *isis);
    for (uint32_t i = 0; isis && i < count; i++)
        isis[i] = plan_isi(&e->plan->code, K, first_esi + i);
    bool made = isis && codec_few_make(wanted, e->plan, isis, NULL, count, &e->allocator);
    memory_release(&e->allocator, isis, count, sizeof *isis);
    return made;
}

static size_t pass_size(const rq_encoder *e)
{
    return (size_t)memory_whole(codec_workspace_size(e->plan, codec_strips_widest(&e->strips)));
}

/* The wanted packets of each strip, while what they are made of is in the cache. All strips go
 * through `passing`, or where that is NULL, each has its own of the workspaces that are kept. */
static void run_strips(const rq_encoder *e, uint8_t sbn, const codec_few *wanted, uint8_t *passing,
                       uint8_t *packets)
{
    uint8_t *workspace = passing ? passing : e->workspaces;
    for (uint32_t s = 0; s < e->strips.count; s++) {
        codec_strip strip = codec_strip_at(&e->strips, s);
        if (strip.column == 0)
            set_inputs(e, sbn, strip.sub_block);
        codec_few_run(wanted, e->inputs, strip.column, strip.width, workspace,
                      packets + RQ_PAYLOAD_ID_SIZE + strip.sub_start + strip.column, packet_size(e),
                      strip.width);
        if (!passing)
            workspace += kept_size(e, &strip);
    }
}

/* Makes repair packets. */
static int pass(rq_encoder *e, uint8_t sbn, uint32_t first_esi, uint32_t count, uint8_t *packets,
                bool keeping)
{
    codec_few wanted = {0};
    size_t size = pass_size(e);
    uint8_t *passing = NULL;
    bool ready = want(e, sbn, first_esi, count, &wanted);
    if (ready && !keeping)
        passing = memory_allocate(&e->allocator, size, 1);
    ready = ready && (keeping || passing);
    if (ready)
        run_strips(e, sbn, &wanted, passing, packets);
    for (uint32_t i = 0; ready && i < count; i++)
        rfc6330_payload_id_write(sbn, first_esi + i, packets + i * packet_size(e));
    if (ready && keeping) {
        e->solved = wanted.by_parts ? -1 : sbn;
        e->begun = wanted.by_parts ? sbn : -1;
    }
    memory_release(&e->allocator, passing, size, 1);
    codec_few_free(&wanted);
    return ready ? RQ_OK : RQ_ERROR_MEMORY;
}

/* ---- packets one by one ---- */

enum {
    KEPT_AT_ONCE = 1024 * 1024, /* octets: so small a solution is kept as far as it is made */
    FEWEST_AHEAD = 4,
    MOST_AHEAD = 64,
};

/* One more of a source block costs about half of what one of its symbols costs to solve, so these
 * are some hundredths of solving. */
static uint32_t how_many_ahead(uint32_t K, uint32_t esi)
{
    uint32_t most = RQ_MAX_ESI - esi + 1, count = K / 32;
    count = count > FEWEST_AHEAD ? count : FEWEST_AHEAD;
    count = count < MOST_AHEAD ? count : MOST_AHEAD;
    return count < most ? count : most;
}

static int look_ahead(rq_encoder *e, uint8_t sbn, uint32_t esi)
{
    uint32_t count = how_many_ahead(rfc6330_partition_size(&e->blocks, sbn), esi);
    forget_ahead(e);
    e->ahead.size = count * packet_size(e);
    e->ahead.packets = memory_allocate(&e->allocator, e->ahead.size, 1);
    bool keeping = kept_memory(e) <= KEPT_AT_ONCE && (e->workspaces || allocate_workspaces(e));
    int status =
        e->ahead.packets ? pass(e, sbn, esi, count, e->ahead.packets, keeping) : RQ_ERROR_MEMORY;
    if (status != RQ_OK) {
        forget_ahead(e);
        return status;
    }
    e->ahead.sbn = sbn;
    e->ahead.first_esi = esi;
    e->ahead.count = count;
    return RQ_OK;
}

/* The packet if it was made ahead, or NULL. */
static const uint8_t *find_ahead(const rq_encoder *e, uint8_t sbn, uint32_t esi)
{
    const packets_ahead *ahead = &e->ahead;
    bool there =
        ahead->sbn == sbn && esi >= ahead->first_esi && esi - ahead->first_esi < ahead->count;
    return there ? ahead->packets + (esi - ahead->first_esi) * packet_size(e) : NULL;
}

/* Few repair packets of a source block, or one, are had without all of its solution. Who asks for
 * more than those ahead, or did so of another source block, asks for many: the solution is made
 * whole and kept, if there is memory for that. */
static int find_way(rq_encoder *e, uint8_t sbn, uint32_t esi)
{
    if (e->solved == sbn || find_ahead(e, sbn, esi))
        return RQ_OK;
    bool many = e->begun == sbn || e->ahead.sbn == sbn || e->solved >= 0;
    int status = many ? solve(e, sbn) : RQ_ERROR_MEMORY;
    return status == RQ_OK ? RQ_OK : look_ahead(e, sbn, esi);
}

static int repair_packet(rq_encoder *e, uint8_t sbn, uint32_t esi, uint8_t *packet)
{
    int status = find_way(e, sbn, esi);
    if (status != RQ_OK)
        return status;
    const uint8_t *ahead = find_ahead(e, sbn, esi);
    if (ahead) {
        memcpy(packet, ahead, packet_size(e));
        return RQ_OK;
    }
    rfc6330_payload_id_write(sbn, esi, packet);
    emit(e, plan_isi(&e->plan->code, rfc6330_partition_size(&e->blocks, sbn), esi),
         packet + RQ_PAYLOAD_ID_SIZE);
    return RQ_OK;
}

int rq_encoder_packet(rq_encoder *encoder, uint8_t sbn, uint32_t esi, void *packet)
{
    if (!encoder || !packet || sbn >= encoder->oti.Z || esi > RQ_MAX_ESI)
        return RQ_ERROR_PARAMETER;
    uint8_t *symbol = (uint8_t *)packet + RQ_PAYLOAD_ID_SIZE;
    uint32_t K = rfc6330_partition_size(&encoder->blocks, sbn);
    int status = esi >= K ? prepare(encoder, K) : RQ_OK;
    if (status != RQ_OK)
        return status;
    if (esi >= K && !encoder->contributions.rows)
        return repair_packet(encoder, sbn, esi, packet);
    rfc6330_payload_id_write(sbn, esi, packet);
    if (esi < K)
        source_symbol(encoder, sbn, esi, symbol);
    else
        weigh(encoder, sbn, plan_isi(&encoder->plan->code, K, esi), symbol);
    return RQ_OK;
}

/* ---- many packets at once ---- */

static int one_by_one(rq_encoder *e, uint8_t sbn, uint32_t first_esi, uint32_t count,
                      uint8_t *packets)
{
    int status = RQ_OK;
    for (uint32_t i = 0; i < count && status == RQ_OK; i++)
        status = rq_encoder_packet(e, sbn, first_esi + i, packets + i * packet_size(e));
    return status;
}

static int repairs_at_once(rq_encoder *e, uint8_t sbn, uint32_t first_esi, uint32_t count,
                           uint8_t *packets)
{
    int status = prepare(e, rfc6330_partition_size(&e->blocks, sbn));
    if (status != RQ_OK)
        return status;
    if (e->contributions.rows || e->solved == sbn)
        return one_by_one(e, sbn, first_esi, count, packets);
    return pass(e, sbn, first_esi, count, packets, false);
}

int rq_encoder_packets(rq_encoder *encoder, uint8_t sbn, uint32_t first_esi, uint32_t count,
                       void *packets)
{
    if (!encoder || !packets || sbn >= encoder->oti.Z || first_esi > RQ_MAX_ESI ||
        count > RQ_MAX_ESI - first_esi + 1)
        return RQ_ERROR_PARAMETER;
    uint32_t K = rfc6330_partition_size(&encoder->blocks, sbn);
    uint32_t sources = first_esi < K ? K - first_esi : 0;
    sources = sources < count ? sources : count;
    int status = one_by_one(encoder, sbn, first_esi, sources, packets);
    if (status != RQ_OK || sources == count)
        return status;
    return repairs_at_once(encoder, sbn, first_esi + sources, count - sources,
                           (uint8_t *)packets + sources * packet_size(encoder));
}
