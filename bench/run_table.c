#include "run_table.h"

#include "rq.h"
#include "system.h"

void run_table_begin(table *t, uint32_t symbol_size, uint32_t threads)
{
    static const table_column columns[] = {
        {"processor", "processor", 0},     {"kernels", "kernels", 0}, {"threads", "threads", 0},
        {"symbol_size", "symbol size", 0}, {"version", "rq", 0},
    };
    char processor[64];
    system_processor(processor, sizeof processor);
    table_begin(t, "run", "Measured with", columns, sizeof columns / sizeof *columns);
    table_text(t, processor);
    table_text(t, rq_kernel_name());
    table_number(t, threads);
    table_number(t, symbol_size);
    table_text(t, rq_version());
}
