/* rq-bench roofline: XOR, multiply-add and copying by where the rows lie, and BLAKE3. */
#include "roofline.h"

#include <string.h>

#include "commands.h"
#include "digest/digest.h"
#include "fail.h"
#include "gf256/gf256.h"
#include "measure.h"
#include "platform/system.h"
#include "random.h"
#include "rq.h"
#include "run_table.h"
#include "system.h"

enum {
    ROW = 1280,          /* octets */
    WINDOW_ROWS = 65536, /* operands of the kernels are 16 bits */
    LEAST_STEPS = 1024,  /* so that calls do not count */
    GATHERED = 8,        /* about what a row of the code has */
};

/* Rows, and steps on random ones of them. A set of more rows than operands can name is several
 * windows, in each of which the same steps are done. */
typedef struct row_set {
    uint8_t *rows;
    size_t size, width, window_rows, windows;
    gf256_gather *gathers;
    uint16_t *sources;
    size_t steps, operands;
} row_set;

static void set_begin(row_set *set, size_t size)
{
    size_t count = size / ROW;
    size_t windows = (count + WINDOW_ROWS - 1) / WINDOW_ROWS, each = count / windows;
    *set = (row_set){.width = ROW, .window_rows = each, .windows = windows};
    set->size = ROW * each * windows;
    set->rows = make_array(set->size, 1);
    set->steps = each > LEAST_STEPS ? each : LEAST_STEPS;
    set->operands = set->steps * GATHERED;
    set->gathers = make_array(set->steps, sizeof *set->gathers);
    set->sources = make_array(set->operands, sizeof *set->sources);
    random_stream random = {1};
    random_fill(&random, set->rows, set->size);
    for (size_t i = 0; i < set->steps; i++)
        set->gathers[i].destination = random_below(&random, (uint32_t)each);
    for (size_t i = 0; i < set->operands; i++)
        set->sources[i] = (uint16_t)random_below(&random, (uint32_t)each);
}

static void set_end(row_set *set)
{
    release_array(set->rows, set->size, 1);
    release_array(set->gathers, set->steps, sizeof *set->gathers);
    release_array(set->sources, set->operands, sizeof *set->sources);
}

/* ---- what is measured: each step of `operands` rows, window by window ---- */

static void gather(const row_set *set)
{
    for (size_t w = 0; w < set->windows; w++) {
        uint8_t *rows = set->rows + w * set->window_rows * set->width;
        gf256_rows all = {.width = set->width,
                          .operands = rows,
                          .destinations = rows,
                          .destination_stride = set->width,
                          .destination_width = set->width};
        gf256()->gather(set->gathers, set->steps, set->sources, GF256_ALL, &all);
    }
}

static void run_gather(void *context)
{
    gather(context);
}

static void run_multiply_add(void *context)
{
    const row_set *set = context;
    for (size_t w = 0; w < set->windows; w++) {
        uint8_t *rows = set->rows + w * set->window_rows * set->width;
        for (size_t i = 0; i < set->steps; i++)
            gf256()->multiply_add(rows + set->gathers[i].destination * set->width,
                                  rows + set->sources[i] * set->width, (uint8_t)(2 + i % 254),
                                  set->width);
    }
}

static void run_copy(void *context)
{
    const row_set *set = context;
    for (size_t w = 0; w < set->windows; w++) {
        uint8_t *rows = set->rows + w * set->window_rows * set->width;
        for (size_t i = 0; i < set->steps; i++)
            memmove(rows + set->gathers[i].destination * set->width,
                    rows + set->sources[i] * set->width, set->width);
    }
}

/* GB/s of the rows that are read besides the destinations. */
static double rate(row_set *set, void (*run)(void *), uint16_t operands, uint32_t input,
                   double seconds)
{
    for (size_t i = 0; i < set->steps; i++) {
        set->gathers[i].input = input;
        set->gathers[i].near = set->gathers[i].all = operands;
    }
    measurement what = {.context = set, .run = run};
    double bytes = (double)operands * (double)(set->steps * set->windows * set->width);
    return bytes / measure(&what, seconds) * 1e-9;
}

static double rate_xor(row_set *set, double seconds)
{
    return rate(set, run_gather, 1, GF256_ACCUMULATE, seconds);
}

/* ---- sets ---- */

static uint64_t cache_or(int level, uint64_t otherwise)
{
    uint64_t size = system_cache_size(level);
    return size > 0 ? size : otherwise;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Bytes of a set that fits cache `level` and not the one before; level 4: memory. The third level
 * may belong to many processors, so not more of it is used than a share that one would have. */
static size_t set_size(int level)
{
    const uint64_t L2 = cache_or(2, 1 << 20), L3 = cache_or(3, 16 << 20);
    const uint64_t share = most(2 * L2, least(L3 / 2, 16 << 20));
    const uint64_t memory = platform_memory_size(), room = memory > 0 ? memory / 8 : 256 << 20;
    switch (level) {
    case 1:
        return (size_t)cache_or(1, 32 << 10) / 2;
    case 2:
        return (size_t)(L2 / 2);
    case 3:
        return (size_t)share;
    default:
        return (size_t)least(most(least(2 * L3, room), 2 * share), SIZE_MAX / 4);
    }
}

double roofline_xor_L2(double seconds)
{
    row_set set;
    set_begin(&set, set_size(2));
    double result = rate_xor(&set, seconds);
    set_end(&set);
    return result;
}

static void measure_sets(table *t, double seconds)
{
    static const char *const names[] = {"L1", "L2", "L3", "memory"};
    for (int level = 1; level <= 4; level++) {
        row_set set;
        set_begin(&set, set_size(level));
        table_text(t, names[level - 1]);
        table_number(t, (double)set.size / (1 << 20));
        table_number(t, rate_xor(&set, seconds));
        table_number(t, rate(&set, run_gather, GATHERED, GF256_NO_INPUT, seconds));
        table_number(t, rate(&set, run_multiply_add, 1, 0, seconds));
        table_number(t, rate(&set, run_copy, 1, 0, seconds));
        set_end(&set);
    }
}

/* ---- BLAKE3 ---- */

typedef struct hashed {
    uint8_t *data;
    size_t size, count;
    digest *digests;
} hashed;

static void run_one_by_one(void *context)
{
    const hashed *h = context;
    for (size_t i = 0; i < h->count; i++)
        digest_of(h->data + i * h->size, h->size, &h->digests[i]);
}

static void run_side_by_side(void *context)
{
    const hashed *h = context;
    digest_of_many(h->data, h->size, h->size, h->count, h->digests);
}

static void measure_hash(table *t, uint32_t symbol_size, double seconds)
{
    hashed h = {.size = symbol_size + RQ_PAYLOAD_ID_SIZE};
    h.count = set_size(2) / h.size > 0 ? set_size(2) / h.size : 1;
    h.data = make_array(h.count, h.size);
    h.digests = make_array(h.count, sizeof *h.digests);
    random_stream random = {2};
    random_fill(&random, h.data, h.count * h.size);
    double bytes = (double)(h.count * h.size) * 1e-9;
    measurement one = {.context = &h, .run = run_one_by_one};
    measurement many = {.context = &h, .run = run_side_by_side};
    table_number(t, (double)h.size);
    table_number(t, bytes / measure(&one, seconds));
    table_number(t, bytes / measure(&many, seconds));
    release_array(h.data, h.count, h.size);
    release_array(h.digests, h.count, sizeof *h.digests);
}

int command_roofline(const bench_options *options)
{
    static const table_column set_columns[] = {
        {"set", "rows in", 0},
        {"set_mib", "MiB", 2},
        {"xor", "XOR", 1},
        {"gather", "sum of 8 rows", 1},
        {"multiply_add", "multiply-add", 1},
        {"copy", "memcpy", 1},
    };
    static const table_column hash_columns[] = {
        {"size", "bytes", 0},
        {"one_by_one", "one by one", 2},
        {"side_by_side", "side by side", 2},
    };
    uint32_t size = (uint32_t)options->symbol_size;
    double seconds = (double)options->milliseconds * 1e-3;
    enum { RUN, SETS, HASHES, TABLES };
    table tables[TABLES];
    run_table_begin(&tables[RUN], size, 1);
    table_begin(&tables[SETS], "roofline", "GB/s of the rows added or copied, one thread",
                set_columns, sizeof set_columns / sizeof *set_columns);
    table_begin(&tables[HASHES], "blake3", "BLAKE3 of symbols with their payload ids, GB/s",
                hash_columns, sizeof hash_columns / sizeof *hash_columns);
    measure_sets(&tables[SETS], seconds);
    measure_hash(&tables[HASHES], size, seconds);
    tables_print(tables, TABLES, options->json);
    tables_free(tables, TABLES);
    return STATUS_OK;
}
