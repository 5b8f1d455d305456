/* Where and with what the figures that follow were measured. */
#ifndef BENCH_RUN_TABLE_H
#define BENCH_RUN_TABLE_H

#include "table.h"

void run_table_begin(table *t, uint32_t symbol_size, uint32_t threads);

#endif
