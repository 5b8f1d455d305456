#include "codec/outputs.h"

#include <string.h>

/* LT rows have 7.2 columns on average; room is made for a few more and grows where it must. */
enum { COLUMNS_GUESS = 8 };

bool codec_outputs_begin(codec_outputs *outputs, uint32_t capacity, const rq_allocator *allocator)
{
    *outputs = (codec_outputs){.allocator = allocator, .capacity = capacity};
    outputs->operand_capacity = capacity * COLUMNS_GUESS + RFC6330_MAX_COLUMNS;
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

/* ---- arranging ---- */

enum {
    GROUP = 96,   /* rows: in strips of the usual width half of the first cache, or less */
    DEGREES = 32, /* numbers of columns that are told apart */
};

/* Where the next output of a key goes. */
typedef struct next_place {
    uint32_t gather, operand;
} next_place;

typedef struct arrangement {
    gf256_gather *gathers;
    uint16_t *operands;
    uint16_t *keys; /* of each output */
    next_place *next;
    uint32_t key_count;
} arrangement;

/* The group that has most of the columns; those behind W are in the cache anyway. */
static uint32_t group_of(const uint16_t *columns, uint32_t count, uint32_t W)
{
    uint32_t best = 0, most = 0;
    for (uint32_t i = 0; i < count && most < count - i; i++) {
        uint32_t group = columns[i] / GROUP, there = 0;
        for (uint32_t j = i; j < count && columns[i] < W; j++)
            there += columns[j] / GROUP == group;
        if (there > most) {
            most = there;
            best = group;
        }
    }
    return best;
}

/* Turns numbers for each key into where its first output goes. */
static void add_up(next_place *next, uint32_t key_count)
{
    next_place all = {0, 0};
    for (uint32_t key = 0; key < key_count; key++) {
        next_place of_key = next[key];
        next[key] = all;
        all.gather += of_key.gather;
        all.operand += of_key.operand;
    }
}

static void count_keys(const codec_outputs *outputs, uint32_t W, arrangement *to)
{
    const uint16_t *columns = outputs->operands;
    memset(to->next, 0, to->key_count * sizeof *to->next);
    for (uint32_t i = 0; i < outputs->count; i++) {
        uint32_t count = outputs->gathers[i].all;
        uint32_t degree = count < DEGREES ? count : DEGREES - 1;
        to->keys[i] = (uint16_t)(group_of(columns, count, W) * DEGREES + degree);
        to->next[to->keys[i]].gather++;
        to->next[to->keys[i]].operand += count;
        columns += count;
    }
    add_up(to->next, to->key_count);
}

static void put_in_order(codec_outputs *outputs, const arrangement *to)
{
    const uint16_t *columns = outputs->operands;
    for (uint32_t i = 0; i < outputs->count; i++) {
        uint32_t count = outputs->gathers[i].all;
        next_place *place = &to->next[to->keys[i]];
        to->gathers[place->gather++] = outputs->gathers[i];
        memcpy(to->operands + place->operand, columns, count * sizeof *columns);
        place->operand += count;
        columns += count;
    }
    memcpy(outputs->gathers, to->gathers, outputs->count * sizeof *to->gathers);
    memcpy(outputs->operands, to->operands, outputs->operand_count * sizeof *to->operands);
}

void codec_outputs_arrange(codec_outputs *outputs, const rfc6330_code *code)
{
    const rq_allocator *a = outputs->allocator;
    arrangement to = {.key_count = (code->W / GROUP + 1) * DEGREES};
    to.gathers = memory_allocate(a, outputs->count, sizeof *to.gathers);
    to.operands = memory_allocate(a, outputs->operand_count, sizeof *to.operands);
    to.keys = memory_allocate(a, outputs->count, sizeof *to.keys);
    to.next = memory_allocate(a, to.key_count, sizeof *to.next);
    if (to.gathers && to.operands && to.keys && to.next) {
        count_keys(outputs, code->W, &to);
        put_in_order(outputs, &to);
    }
    memory_release(a, to.gathers, outputs->count, sizeof *to.gathers);
    memory_release(a, to.operands, outputs->operand_count, sizeof *to.operands);
    memory_release(a, to.keys, outputs->count, sizeof *to.keys);
    memory_release(a, to.next, to.key_count, sizeof *to.next);
}
