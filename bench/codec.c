/* rq-bench codec: a row for each K. */
#include "codec_decode.h"
#include "codec_encode.h"
#include "commands.h"
#include "fail.h"
#include "operations.h"
#include "roofline.h"
#include "run_table.h"

enum { RUN, RATES, SHARES, PLANS, TABLES };

enum { LOSSES = 4 };
static const uint32_t losses[LOSSES] = {1, 10, 50, DECODE_REPAIR_ONLY};

static const table_column rate_columns[] = {
    {"K", "K", 0},
    {"encode_cold", "encode, cold plan", 0},
    {"encode", "encode", 0},
    {"encode_all", "encode all", 0},
    {"repairs_per_second", "repair symbols/s", 0},
    {"decode_1", "decode 1%", 0},
    {"decode_10", "decode 10%", 0},
    {"decode_50", "decode 50%", 0},
    {"decode_repair_only", "decode repair only", 0},
};

static const table_column share_columns[] = {
    {"K", "K", 0},
    {"encode_cold", "encode, cold plan", 2},
    {"encode", "encode", 2},
    {"encode_all", "encode all", 2},
    {"repairs", "repair symbols", 2},
    {"decode_1", "decode 1%", 2},
    {"decode_10", "decode 10%", 2},
    {"decode_50", "decode 50%", 2},
    {"decode_repair_only", "decode repair only", 2},
};

static const table_column plan_columns[] = {
    {"K", "K", 0},
    {"xor", "XOR a symbol", 2},
    {"multiply_add", "multiply-add a symbol", 2},
    {"work_share", "of L2 XOR, %", 1},
    {"encode_plan", "encode plan, ms", 3},
    {"decode_plan_1", "decode plan 1%, ms", 3},
    {"decode_plan_10", "10%, ms", 3},
    {"decode_plan_50", "50%, ms", 3},
    {"decode_plan_repair_only", "repair only, ms", 3},
};

static void begin_tables(table *tables, const bench_options *options)
{
    uint32_t size = (uint32_t)options->symbol_size, threads = (uint32_t)options->threads;
    run_table_begin(&tables[RUN], size, threads);
    table_begin(&tables[RATES], "codec", "Mbit/s of source data, planning included when decoding",
                rate_columns, sizeof rate_columns / sizeof *rate_columns);
    table_begin(&tables[SHARES], "share", "The same in percent of XOR in L2 in the same run",
                share_columns, sizeof share_columns / sizeof *share_columns);
    table_begin(&tables[PLANS], "plan", "Operations of the encoder's plan, and planning",
                plan_columns, sizeof plan_columns / sizeof *plan_columns);
}

/* A rate in Mbit/s, and its share. */
static void add_rate(table *tables, const block *b, double seconds, double xor)
{
    table_number(&tables[RATES], block_rate(b, seconds) * 8000);
    table_number(&tables[SHARES], block_rate(b, seconds) / xor*100);
}

static void measure_K(table *tables, const bench_options *options, uint32_t K, double xor)
{
    double seconds = (double)options->milliseconds * 1e-3;
    block b;
    block_solution solution;
    block_begin(&b, K, (uint32_t)options->symbol_size, (uint32_t)options->threads);
    block_solution_begin(&solution, &b);
    codec_encode encode =
        codec_encode_measure(&b, &solution, (uint32_t)options->redundancy, seconds);
    for (int i = RATES; i < TABLES; i++)
        table_number(&tables[i], K);
    add_rate(tables, &b, encode.cold, xor);
    add_rate(tables, &b, encode.cached, xor);
    add_rate(tables, &b, encode.all, xor);
    table_number(&tables[RATES], 1 / encode.symbol);
    table_number(&tables[SHARES], b.T / encode.symbol * 1e-9 / xor*100);
    operations each = operations_of(b.plan);
    table_number(&tables[PLANS], each.xor);
    table_number(&tables[PLANS], each.multiply_add);
    table_number(&tables[PLANS],
                 block_rate(&b, encode.solve) * (each.xor +each.multiply_add) / xor*100);
    table_number(&tables[PLANS], encode.plan * 1e3);
    for (int i = 0; i < LOSSES; i++) {
        codec_decode decode = codec_decode_measure(&b, &solution, losses[i], seconds);
        add_rate(tables, &b, decode.all, xor);
        table_number(&tables[PLANS], decode.plan * 1e3);
    }
    block_solution_end(&solution);
    block_end(&b);
}

int command_codec(const bench_options *options)
{
    table tables[TABLES];
    /* All threads' together, though they may share the cache. */
    double xor = roofline_xor_L2((double)options->milliseconds * 1e-3) * (double)options->threads;
    begin_tables(tables, options);
    const char *list = options->K;
    for (uint32_t K = options_next_K(&list); K > 0; K = options_next_K(&list))
        measure_K(tables, options, K, xor);
    tables_print(tables, TABLES, options->json);
    tables_free(tables, TABLES);
    return STATUS_OK;
}
