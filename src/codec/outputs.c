#include "codec/outputs.h"

#include <string.h>

/* LT rows have 7.2 columns on average; room is made for a few more and grows where it must. */
enum { COLUMNS_GUESS = 8 };

bool codec_outputs_begin(codec_outputs *outputs, uint32_t capacity, const rq_allocator *allocator)
{
    return codec_outputs_reserve(outputs, capacity, capacity * COLUMNS_GUESS + RFC6330_MAX_COLUMNS,
                                 allocator);
}

bool codec_outputs_reserve(codec_outputs *outputs, uint32_t capacity, uint32_t operand_capacity,
                           const rq_allocator *allocator)
{
    *outputs = (codec_outputs){
        .allocator = allocator, .capacity = capacity, .operand_capacity = operand_capacity};
    outputs->gathers = memory_allocate(allocator, capacity, sizeof *outputs->gathers);
    outputs->operands =
        memory_allocate(allocator, outputs->operand_capacity, sizeof *outputs->operands);
    return outputs->gathers && outputs->operands;
}

void codec_outputs_clear(codec_outputs *outputs)
{
    outputs->count = outputs->operand_count = 0;
}

static bool reserve_columns(codec_outputs *outputs)
{
    uint32_t capacity = outputs->operand_capacity;
    if (capacity - outputs->operand_count >= RFC6330_MAX_COLUMNS)
        return true;
    capacity += capacity / 8 + RFC6330_MAX_COLUMNS;
    uint16_t *operands = memory_allocate(outputs->allocator, capacity, sizeof *operands);
    if (!operands)
        return false;
    memcpy(operands, outputs->operands, outputs->operand_count * sizeof *operands);
    memory_release(outputs->allocator, outputs->operands, outputs->operand_capacity,
                   sizeof *operands);
    outputs->operands = operands;
    outputs->operand_capacity = capacity;
    return true;
}

bool codec_outputs_add(codec_outputs *outputs, const rfc6330_code *code, uint32_t isi,
                       uint32_t destination)
{
    if (!reserve_columns(outputs))
        return false;
    uint32_t lt;
    uint32_t columns = rfc6330_lt_row(code, isi, outputs->operands + outputs->operand_count, &lt);
    outputs->operand_count += columns;
    outputs->gathers[outputs->count++] =
        (gf256_gather){GF256_NO_INPUT, destination, (uint16_t)columns, (uint16_t)columns};
    return true;
}

void codec_outputs_free(codec_outputs *outputs)
{
    memory_release(outputs->allocator, outputs->gathers, outputs->capacity,
                   sizeof *outputs->gathers);
    memory_release(outputs->allocator, outputs->operands, outputs->operand_capacity,
                   sizeof *outputs->operands);
}

/* ---- arranging ----
 *
 * Rows that lie side by side keep one channel of the memory busy while the others wait. And to sum
 * as many columns as last time is what a processor expects. */

enum {
    TURNS = 64, /* output i is made in turn i % TURNS, so that rows in a turn are that far apart */
    DEGREES = 32, /* numbers of columns that are told apart in a turn */
    KEYS = TURNS * DEGREES,
};

/* Where the next output of a key goes. */
typedef struct next_place {
    uint32_t gather, operand;
} next_place;

typedef struct arrangement {
    gf256_gather *gathers;
    uint16_t *operands;
    next_place *next; /* of each key */
} arrangement;

static uint32_t key_of(const codec_outputs *outputs, uint32_t i)
{
    uint32_t columns = outputs->gathers[i].all;
    return i % TURNS * DEGREES + (columns < DEGREES ? columns : DEGREES - 1);
}

/* Turns numbers for each key into where its first output goes. */
static void add_up(next_place next[KEYS])
{
    next_place all = {0, 0};
    for (uint32_t key = 0; key < KEYS; key++) {
        next_place of_key = next[key];
        next[key] = all;
        all.gather += of_key.gather;
        all.operand += of_key.operand;
    }
}

static void begin_keys(const codec_outputs *outputs, next_place next[KEYS])
{
    memset(next, 0, KEYS * sizeof *next);
    for (uint32_t i = 0; i < outputs->count; i++) {
        next_place *place = &next[key_of(outputs, i)];
        place->gather++;
        place->operand += outputs->gathers[i].all;
    }
    add_up(next);
}

static void put_in_order(codec_outputs *outputs, const arrangement *to)
{
    const uint16_t *columns = outputs->operands;
    begin_keys(outputs, to->next);
    for (uint32_t i = 0; i < outputs->count; i++) {
        uint32_t count = outputs->gathers[i].all;
        next_place *place = &to->next[key_of(outputs, i)];
        to->gathers[place->gather++] = outputs->gathers[i];
        memcpy(to->operands + place->operand, columns, count * sizeof *columns);
        place->operand += count;
        columns += count;
    }
    memcpy(outputs->gathers, to->gathers, outputs->count * sizeof *to->gathers);
    memcpy(outputs->operands, to->operands, outputs->operand_count * sizeof *to->operands);
}

void codec_outputs_arrange(codec_outputs *outputs)
{
    const rq_allocator *a = outputs->allocator;
    arrangement to = {memory_allocate(a, outputs->count, sizeof *to.gathers),
                      memory_allocate(a, outputs->operand_count, sizeof *to.operands),
                      memory_allocate(a, KEYS, sizeof *to.next)};
    if (to.gathers && to.operands && to.next)
        put_in_order(outputs, &to);
    memory_release(a, to.gathers, outputs->count, sizeof *to.gathers);
    memory_release(a, to.operands, outputs->operand_count, sizeof *to.operands);
    memory_release(a, to.next, KEYS, sizeof *to.next);
}
