/* rq_decoder: an object in the caller's buffer, put together from packets.
 *
 * Source symbols go where they belong at once, repair symbols into other rows of the source block,
 * the last ones first, since source symbols mostly come in order; one whose row's own symbol comes
 * after all moves to another. So K symbols are in the buffer when a plan is made and the lost rows
 * are solved for, strip by strip, and hardly any memory is needed besides. */
#include <string.h>

#include "codec/esi_set.h"
#include "codec/recovery.h"
#include "codec/repair_symbols.h"
#include "codec/strips.h"
#include "memory/arena.h"

enum { ENOUGH_MORE = 8 }; /* attempts wait for an eighth of the surplus */

#define NO_SYMBOL UINT32_MAX

typedef struct block_state {
    uint32_t K;
    uint64_t offset;      /* in the buffer */
    uint32_t *esi_of_row; /* of K rows: which symbol is there, or NO_SYMBOL */
    uint32_t have_source;
    uint32_t free_below;    /* no row from this one on is free */
    esi_set repairs;        /* those there are */
    repair_symbols surplus; /* symbols beyond K */
    uint32_t needed;
    bool refused; /* the last attempt at solving found no memory: any packet makes another */
} block_state;

struct rq_decoder {
    rq_oti oti;
    uint8_t *buffer;
    rq_allocator allocator;
    codec_strips strips;
    block_state blocks[255];
};

static bool begin_blocks(rq_decoder *d)
{
    rfc6330_partition blocks = rfc6330_source_blocks(&d->oti);
    for (uint32_t b = 0; b < d->oti.Z; b++) {
        block_state *block = &d->blocks[b];
        block->K = block->needed = block->free_below = rfc6330_partition_size(&blocks, b);
        block->offset = rfc6330_partition_start(&blocks, b) * d->oti.T;
        esi_set_begin(&block->repairs, &d->allocator);
        repair_symbols_begin(&block->surplus, d->oti.T, codec_strips_shift(&d->strips),
                             &d->allocator);
        block->esi_of_row = memory_allocate(&d->allocator, block->K, sizeof *block->esi_of_row);
        if (!block->esi_of_row)
            return false;
        memset(block->esi_of_row, -1, block->K * sizeof *block->esi_of_row);
    }
    return true;
}

int rq_decoder_create(const rq_oti *oti, void *buffer, const rq_allocator *allocator,
                      rq_decoder **decoder)
{
    if (!decoder)
        return RQ_ERROR_PARAMETER;
    *decoder = NULL;
    if (!oti || !buffer || !rfc6330_valid(oti) || rq_oti_padded_size(oti) > SIZE_MAX ||
        !memory_usable(allocator))
        return RQ_ERROR_PARAMETER;
    const rq_allocator *a = memory_or_heap(allocator);
    rq_decoder *d = memory_allocate(a, 1, sizeof *d);
    if (!d)
        return RQ_ERROR_MEMORY;
    memset(d, 0, sizeof *d);
    d->oti = *oti;
    d->buffer = buffer;
    d->allocator = *a;
    d->strips = codec_strips_in(oti, codec_strip_width(rfc6330_source_blocks(oti).IL), buffer);
    if (!begin_blocks(d)) {
        rq_decoder_free(d);
        return RQ_ERROR_MEMORY;
    }
    *decoder = d;
    return RQ_OK;
}

static void forget_repairs(block_state *block)
{
    if (!block->repairs.allocator)
        return;
    esi_set_free(&block->repairs);
    esi_set_begin(&block->repairs, block->surplus.allocator);
    repair_symbols_clear(&block->surplus);
}

void rq_decoder_free(rq_decoder *decoder)
{
    if (!decoder)
        return;
    for (uint32_t b = 0; b < decoder->oti.Z; b++) {
        block_state *block = &decoder->blocks[b];
        memory_release(&decoder->allocator, block->esi_of_row, block->K, sizeof *block->esi_of_row);
        forget_repairs(block);
    }
    rq_allocator a = decoder->allocator;
    memory_release(&a, decoder, 1, sizeof *decoder);
}

/* ---- symbols and rows ---- */

/* The piece of a row in sub-block j, and where it begins in a symbol. */
static uint8_t *piece_of_row(const rq_decoder *d, const block_state *block, uint32_t row,
                             uint32_t j, uint32_t *start, uint32_t *width)
{
    *width = rfc6330_partition_size(&d->strips.sub_blocks, j) * d->oti.Al;
    *start = (uint32_t)rfc6330_partition_start(&d->strips.sub_blocks, j) * d->oti.Al;
    return d->buffer + block->offset + (uint64_t)*start * block->K + (uint64_t)row * *width;
}

static void fill_row(const rq_decoder *d, block_state *block, uint32_t row, uint32_t esi,
                     const uint8_t *symbol)
{
    uint32_t start, width;
    for (uint32_t j = 0; j < d->oti.N; j++) {
        uint8_t *piece = piece_of_row(d, block, row, j, &start, &width);
        memcpy(piece, symbol + start, width);
    }
    block->esi_of_row[row] = esi;
}

/* A row that is free, the last one, or K. Rows that are taken stay so. */
static uint32_t free_row(block_state *block)
{
    while (block->free_below > 0 && block->esi_of_row[block->free_below - 1] != NO_SYMBOL)
        block->free_below--;
    return block->free_below > 0 ? block->free_below - 1 : block->K;
}

/* Makes room for a repair symbol, in a free row or else beyond. False if there is no memory. */
static bool reserve(block_state *block)
{
    return free_row(block) < block->K || repair_symbols_reserve(&block->surplus, block->needed);
}

/* The row's own symbol comes: the one that is there goes elsewhere, where there is room. */
static void move_away(const rq_decoder *d, block_state *block, uint32_t row)
{
    uint32_t to = free_row(block), start, width;
    uint8_t *data = NULL;
    if (to == block->K)
        data = repair_symbols_add(&block->surplus, block->esi_of_row[row]);
    for (uint32_t j = 0; j < d->oti.N; j++) {
        const uint8_t *piece = piece_of_row(d, block, row, j, &start, &width);
        uint8_t *there = data ? data + start : piece_of_row(d, block, to, j, &start, &width);
        memcpy(there, piece, width);
    }
    if (!data)
        block->esi_of_row[to] = block->esi_of_row[row];
}

/* Where the received symbols are that a sub-block's strips are made of: a row has each of the first
 * K, for there is no solving before all are taken. */
static void set_inputs(const block_state *block, const codec_recovery *recovery,
                       const codec_strip *strip, const uint8_t *base, const uint8_t **inputs)
{
    for (uint32_t i = 0; i < recovery->input_count; i++) {
        uint32_t from = recovery->input_of[i];
        if (from == CODEC_NOTHING)
            inputs[i] = NULL;
        else if (from < block->K)
            inputs[i] = base + (uint64_t)from * strip->sub_width;
        else
            inputs[i] = block->surplus.items[from - block->K].data + strip->sub_start;
    }
}

/* The lost source symbols' rows of all strips. inputs and workspace have room enough. */
static void run_strips(rq_decoder *d, const block_state *block, const codec_recovery *recovery,
                       const uint8_t **inputs, uint8_t *workspace)
{
    for (uint32_t s = 0; s < d->strips.count; s++) {
        codec_strip strip = codec_strip_at(&d->strips, s);
        uint8_t *base = d->buffer + block->offset + (uint64_t)strip.sub_start * block->K;
        if (strip.column == 0)
            set_inputs(block, recovery, &strip, base, inputs);
        codec_recovery_run(recovery, inputs, strip.column, strip.width, workspace,
                           base + strip.column, strip.sub_width);
    }
}

static int recover(rq_decoder *d, block_state *block, const codec_recovery *recovery,
                   const rq_allocator *a)
{
    size_t size = (size_t)codec_recovery_workspace_size(recovery, codec_strips_widest(&d->strips));
    const uint8_t **inputs = memory_allocate(a, recovery->input_count, sizeof *inputs);
    uint8_t *workspace = memory_allocate(a, size, 1);
    bool ready = inputs && workspace;
    if (ready) {
        run_strips(d, block, recovery, inputs, workspace);
        block->needed = 0;
    }
    memory_release(a, workspace, size, 1);
    memory_release(a, inputs, recovery->input_count, sizeof *inputs);
    return ready ? RQ_OK : RQ_ERROR_MEMORY;
}

/* All that solving takes, nearly always: in one piece, which the next block finds again. */
static size_t solving_memory(const rq_decoder *d, const block_state *block)
{
    enum { EACH = 64, ODDS_AND_ENDS = 4096 }; /* symbols' identifiers, inputs, outputs */
    rfc6330_code code;
    rfc6330_code_for(block->K, &code);
    uint64_t symbols = (uint64_t)code.K_prime + block->surplus.count;
    uint64_t size = plan_memory(block->K) +
                    plan_rows(&code) * codec_stride(codec_strips_widest(&d->strips)) +
                    symbols * EACH + ODDS_AND_ENDS;
    return (size_t)memory_whole(size);
}

/* Lists the symbols at hand, row by row, then those beyond; and the source symbols that are lost.
 */
static void list_symbols(const block_state *block, uint32_t *esis, uint32_t *lost)
{
    memcpy(esis, block->esi_of_row, block->K * sizeof *esis);
    for (uint32_t i = 0; i < block->surplus.count; i++)
        esis[block->K + i] = block->surplus.items[i].esi;
    for (uint32_t row = 0; row < block->K; row++) {
        if (block->esi_of_row[row] != row)
            *lost++ = row;
    }
}

static int solve(rq_decoder *d, block_state *block, uint32_t *missing, const rq_allocator *a)
{
    uint32_t count = block->K + block->surplus.count;
    uint32_t lost_count = block->K - block->have_source;
    uint32_t *esis = memory_allocate(a, count, sizeof *esis);
    uint32_t *lost = memory_allocate(a, lost_count, sizeof *lost);
    int status = RQ_ERROR_MEMORY;
    if (esis && lost) {
        codec_recovery recovery;
        list_symbols(block, esis, lost);
        status = codec_recovery_make(&recovery, block->K, esis, count, lost, lost_count, a, NULL,
                                     missing);
        if (status == RQ_OK)
            status = recover(d, block, &recovery, a);
        codec_recovery_free(&recovery);
    }
    memory_release(a, lost, lost_count, sizeof *lost);
    memory_release(a, esis, count, sizeof *esis);
    return status;
}

/* With K or more symbols at hand: recovers what is lost, or finds how many more are needed. */
static int try_solve(rq_decoder *d, block_state *block)
{
    memory_arena arena;
    uint32_t missing = 0;
    block->needed = 1; /* until it is solved */
    memory_arena_begin(&arena, solving_memory(d, block), &d->allocator);
    int status = solve(d, block, &missing, &arena.lasting);
    memory_arena_end(&arena);
    block->refused = status == RQ_ERROR_MEMORY;
    if (status != RQ_ERROR_DECODE)
        return status;
    /* By chance symbols that depend on each other are few. Where they were chosen to, each one's
     * attempt would cost more than the one before. */
    uint32_t more = block->surplus.count / ENOUGH_MORE;
    block->needed = missing > more ? missing : more;
    return RQ_OK;
}

static int take_repair(rq_decoder *d, block_state *block, uint32_t esi, const uint8_t *symbol)
{
    if (esi_set_has(&block->repairs, esi))
        return 0;
    if (!reserve(block) || esi_set_add(&block->repairs, esi) < 0)
        return RQ_ERROR_MEMORY;
    uint32_t row = free_row(block);
    if (row < block->K)
        fill_row(d, block, row, esi, symbol);
    else
        memcpy(repair_symbols_add(&block->surplus, esi), symbol, d->oti.T);
    return 1;
}

/* Keeps the symbol. 1; 0 if it was there already; RQ_ERROR_MEMORY. */
static int take(rq_decoder *d, block_state *block, uint32_t esi, const uint8_t *symbol)
{
    if (esi >= block->K)
        return take_repair(d, block, esi, symbol);
    if (block->esi_of_row[esi] == esi)
        return 0;
    if (block->esi_of_row[esi] != NO_SYMBOL) {
        if (!reserve(block))
            return RQ_ERROR_MEMORY;
        move_away(d, block, esi);
    }
    fill_row(d, block, esi, esi, symbol);
    block->have_source++;
    return 1;
}

int rq_decoder_push(rq_decoder *decoder, const void *packet, size_t size)
{
    if (!decoder || !packet || size != (size_t)decoder->oti.T + RQ_PAYLOAD_ID_SIZE)
        return RQ_ERROR_PARAMETER;
    uint8_t sbn;
    uint32_t esi;
    rfc6330_payload_id_read(packet, &sbn, &esi);
    if (sbn >= decoder->oti.Z)
        return RQ_ERROR_PARAMETER;
    block_state *block = &decoder->blocks[sbn];
    if (block->needed == 0)
        return RQ_OK;
    int taken = take(decoder, block, esi, (const uint8_t *)packet + RQ_PAYLOAD_ID_SIZE);
    if (taken < 0)
        return taken;
    int status = RQ_OK;
    block->needed -= taken == 1;
    if (block->have_source == block->K)
        block->needed = 0;
    else if (block->needed == 0 || block->refused)
        status = try_solve(decoder, block);
    if (block->needed == 0)
        forget_repairs(block);
    return status;
}

uint32_t rq_decoder_needed(const rq_decoder *decoder, uint8_t sbn)
{
    return decoder && sbn < decoder->oti.Z ? decoder->blocks[sbn].needed : 0;
}

int rq_decoder_complete(const rq_decoder *decoder)
{
    for (uint32_t b = 0; decoder && b < decoder->oti.Z; b++) {
        if (decoder->blocks[b].needed > 0)
            return 0;
    }
    return decoder != NULL;
}
