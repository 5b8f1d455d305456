#include "codec/few.h"

#include <string.h>

#include "plan/parts.h"

enum {
    LISTS_WORK = 250, /* what the lists take to write, in rows of 1280 octets or so */
    MOST_BITS = 8,    /* of a table's index */
    MOST_WORDS = 16,  /* of a set: symbols that were chosen to be hard have longer ones */
};

/* How symbols are put together from known parts. */
typedef struct parting {
    const rq_plan *plan;
    const codec_outputs *whole; /* the symbols, from intermediate ones */
    const rq_allocator *allocator;
    const uint16_t *inactive;
    uint32_t inactive_count;
    plan_pivot_rows pivots;
    plan_parts parts;
    uint8_t *used; /* the columns whose known parts are wanted */
    uint32_t used_count;
    uint64_t near;         /* known parts, of all symbols together */
    uint32_t bits, groups; /* of inactive symbols: of one table, and tables */
    uint64_t sums;         /* in the tables, but for those of a single symbol */
    uint16_t *table_rows;  /* of sum t of group g, at g << bits | t */
    uint32_t next_row;     /* the next that may be free */
} parting;

/* ---- what is wanted ---- */

static bool is_peeled(const parting *p, uint32_t column)
{
    return p->parts.inactive_index[column] < 0;
}

static void mark_used(parting *p)
{
    memset(p->used, 0, p->plan->code.L);
    for (uint32_t i = 0; i < p->whole->operand_count; i++) {
        uint32_t column = p->whole->operands[i];
        if (is_peeled(p, column)) {
            p->used_count += !p->used[column];
            p->used[column] = 1;
            p->near++;
        }
    }
}

/* ---- how it is done with the least work, in rows that are read or written ---- */

static uint32_t groups_of(const parting *p, uint32_t bits)
{
    return (p->inactive_count + bits - 1) / bits;
}

static uint64_t sums_of(const parting *p, uint32_t bits)
{
    uint32_t last = p->inactive_count % bits;
    return (uint64_t)(p->inactive_count / bits) * ((1u << bits) - 1 - bits) +
           ((1u << last) - 1 - last);
}

static uint64_t list_size(const parting *p, uint64_t sums, uint32_t groups)
{
    uint64_t operands = 2 * (sums + 1) + p->near + (uint64_t)p->whole->count * groups;
    return (sums + 1 + p->whole->count) * sizeof(gf256_gather) + operands * sizeof(uint16_t);
}

/* False if it saves less than a quarter of the last step: longer sums, out of tables here and
 * there, are slower than they count. */
static bool choose_bits(parting *p)
{
    uint64_t completed = p->plan->steps[PLAN_PIVOTS_STEP + 1].first_operand -
                         p->plan->steps[PLAN_PIVOTS_STEP].first_operand;
    uint64_t least = (completed + 2 * p->pivots.count + p->whole->operand_count) / 4 * 3;
    uint64_t free_rows = p->plan->row_count - p->plan->code.L + p->pivots.count - p->used_count;
    uint64_t most_memory = (uint64_t)p->plan->K * CODEC_OUTPUT_SIZE;
    for (uint32_t bits = 1; bits <= MOST_BITS; bits++) {
        uint32_t groups = groups_of(p, bits);
        uint64_t sums = sums_of(p, bits);
        uint64_t work = LISTS_WORK + p->near + (uint64_t)p->whole->count * groups + 3 * sums;
        if (work < least && sums <= free_rows && list_size(p, sums, groups) <= most_memory) {
            least = work;
            p->bits = bits;
            p->groups = groups;
            p->sums = sums;
        }
    }
    return p->bits > 0;
}

/* ---- the lists ---- */

/* Rows behind the columns are free once the inactive columns are known; then peeled columns that
 * nobody uses. */
static uint32_t free_row(parting *p)
{
    const uint32_t L = p->plan->code.L;
    if (p->next_row >= L && p->next_row < p->plan->row_count)
        return p->next_row++;
    if (p->next_row == p->plan->row_count)
        p->next_row = 0;
    while (!is_peeled(p, p->next_row) || p->used[p->next_row])
        p->next_row++;
    return p->next_row++;
}

/* The sums of each group's inactive symbols, each of two. */
static void write_sums(parting *p, codec_outputs *sums)
{
    p->next_row = p->plan->code.L;
    for (uint32_t g = 0; g < p->groups; g++) {
        uint16_t *rows = p->table_rows + ((size_t)g << p->bits);
        const uint16_t *single = p->inactive + g * p->bits;
        uint32_t left = p->inactive_count - g * p->bits;
        for (uint32_t t = 1; t < 1u << (left < p->bits ? left : p->bits); t++) {
            uint32_t rest = t & (t - 1), lowest = 0;
            while (!(t >> lowest & 1))
                lowest++;
            rows[t] = single[lowest];
            if (rest == 0)
                continue;
            codec_outputs_put(sums, single[lowest]);
            codec_outputs_put(sums, rows[rest]);
            rows[t] = (uint16_t)free_row(p);
            codec_outputs_end(sums, rows[t]);
        }
    }
}

/* Bits first to first + count - 1 of a set. */
static uint32_t bits_of(const uint64_t *set, uint32_t words, uint32_t first, uint32_t count)
{
    uint32_t word = first / 64, shift = first % 64;
    uint64_t bits = set[word] >> shift;
    if (shift + count > 64 && word + 1 < words)
        bits |= set[word + 1] << (64 - shift);
    return (uint32_t)(bits & ((1u << count) - 1));
}

/* A symbol's columns: the peeled ones first, whose number is returned. */
static uint32_t take_apart(const parting *p, const uint16_t *columns, uint32_t count,
                           uint16_t *apart)
{
    uint32_t peeled = 0, known = count;
    for (uint32_t i = 0; i < count; i++) {
        if (is_peeled(p, columns[i]))
            apart[peeled++] = columns[i];
        else
            apart[--known] = columns[i];
    }
    return peeled;
}

static void write_symbols(const parting *p, codec_outputs *symbols)
{
    const uint16_t *columns = p->whole->operands;
    uint16_t apart[RFC6330_MAX_COLUMNS];
    uint64_t set[MOST_WORDS];
    for (uint32_t i = 0; i < p->whole->count; i++) {
        const gf256_gather *symbol = &p->whole->gathers[i];
        uint32_t peeled = take_apart(p, columns, symbol->all, apart);
        plan_parts_of(&p->parts, apart, peeled, symbol->all, set);
        for (uint32_t k = 0; k < peeled; k++)
            codec_outputs_put(symbols, apart[k]);
        for (uint32_t g = 0; g < p->groups; g++) {
            uint32_t t = bits_of(set, p->parts.words, g * p->bits, p->bits);
            if (t != 0)
                codec_outputs_put(symbols, p->table_rows[(g << p->bits) + t]);
        }
        codec_outputs_end(symbols, symbol->destination);
        columns += symbol->all;
    }
}

static bool write_with_sets(parting *p, codec_outputs *sums, codec_outputs *symbols)
{
    const rq_allocator *a = p->allocator;
    uint64_t operands = p->near + (uint64_t)p->whole->count * p->groups;
    size_t rows = (size_t)p->groups << p->bits;
    p->table_rows = memory_allocate(a, rows, sizeof *p->table_rows);
    /* Where each table is of one symbol, there are no sums. */
    uint32_t sum_room = (uint32_t)p->sums + 1;
    bool ready = p->table_rows && codec_outputs_reserve(sums, sum_room, 2 * sum_room, a) &&
                 codec_outputs_reserve(symbols, p->whole->count, (uint32_t)operands, a);
    if (ready) {
        write_sums(p, sums);
        write_symbols(p, symbols);
    }
    memory_release(a, p->table_rows, rows, sizeof *p->table_rows);
    return ready;
}

static bool write_lists(parting *p, codec_outputs *sums, codec_outputs *symbols)
{
    if (p->plan->parts.sets)
        return write_with_sets(p, sums, symbols);
    const uint32_t W = p->plan->code.W;
    plan_parts *parts = &p->parts;
    parts->sets = memory_allocate(p->allocator, W, parts->words * sizeof *parts->sets);
    bool written = false;
    if (parts->sets) {
        plan_parts_fill(parts, &p->pivots);
        written = write_with_sets(p, sums, symbols);
    }
    memory_release(p->allocator, parts->sets, W, parts->words * sizeof *parts->sets);
    return written;
}

/* The index of the inactive columns, if the plan has not kept it. */
static bool list_inactive(parting *p)
{
    const uint32_t L = p->plan->code.L;
    p->parts = p->plan->parts;
    if (p->parts.sets)
        return true;
    p->parts.words = plan_parts_words(p->inactive_count);
    p->parts.inactive_index = memory_allocate(p->allocator, L, sizeof *p->parts.inactive_index);
    if (!p->parts.inactive_index)
        return false;
    memset(p->parts.inactive_index, -1, L * sizeof *p->parts.inactive_index);
    for (uint32_t i = 0; i < p->inactive_count; i++)
        p->parts.inactive_index[p->inactive[i]] = (int32_t)i;
    return true;
}

/* From known parts, if that is less work and there is memory for it; else it stays as it is. */
static void part(codec_few *few, const rq_allocator *a)
{
    const uint32_t L = few->plan->code.L;
    codec_outputs sums = {0}, symbols = {0};
    parting p = {.plan = few->plan, .whole = &few->symbols, .allocator = a};
    p.inactive = plan_inactive_of(few->plan, &p.inactive_count);
    p.pivots = plan_pivots_of(few->plan);
    if (plan_parts_words(p.inactive_count) > MOST_WORDS)
        return;
    p.used = memory_allocate(a, L, 1);
    if (list_inactive(&p) && p.used) {
        mark_used(&p);
        few->by_parts = choose_bits(&p) && write_lists(&p, &sums, &symbols);
    }
    if (!few->plan->parts.sets)
        memory_release(a, p.parts.inactive_index, L, sizeof *p.parts.inactive_index);
    memory_release(a, p.used, L, 1);
    codec_outputs_free(few->by_parts ? &few->symbols : &symbols);
    if (few->by_parts) {
        few->symbols = symbols;
        few->sums = sums;
    } else {
        codec_outputs_free(&sums);
    }
}

bool codec_few_make(codec_few *few, const rq_plan *plan, const uint32_t *isis, const uint32_t *rows,
                    uint32_t count, const rq_allocator *allocator)
{
    *few = (codec_few){.plan = plan};
    bool made = codec_outputs_begin(&few->symbols, count, allocator);
    for (uint32_t i = 0; made && i < count; i++)
        made = codec_outputs_add(&few->symbols, &plan->code, isis[i], rows ? rows[i] : i);
    if (made)
        part(few, allocator);
    return made;
}

void codec_few_free(codec_few *few)
{
    codec_outputs_free(&few->symbols);
    codec_outputs_free(&few->sums);
}

void codec_few_run(const codec_few *few, const uint8_t *const *inputs, size_t offset, size_t width,
                   uint8_t *workspace, uint8_t *destinations, size_t stride, size_t made)
{
    size_t row = codec_stride(width);
    gf256_rows rows = {.width = row,
                       .operands = workspace,
                       .inputs = inputs,
                       .input_offset = offset,
                       .input_width = width,
                       .destinations = workspace,
                       .destination_stride = row,
                       .destination_width = row};
    if (few->by_parts)
        codec_solve_parts(few->plan, inputs, offset, width, workspace);
    else
        codec_solve(few->plan, inputs, offset, width, workspace);
    if (few->sums.count > 0)
        gf256()->gather(few->sums.gathers, few->sums.count, few->sums.operands, GF256_ALL, &rows);
    rows.destinations = destinations;
    rows.destination_stride = stride;
    rows.destination_width = made;
    gf256()->gather(few->symbols.gathers, few->symbols.count, few->symbols.operands, GF256_ALL,
                    &rows);
}
