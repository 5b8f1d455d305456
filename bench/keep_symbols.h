/* Losing symbols: a folder in which only some of an encoding's are. */
#ifndef BENCH_KEEP_SYMBOLS_H
#define BENCH_KEEP_SYMBOLS_H

#include "system.h"

typedef struct keep_symbols {
    const char *from, *layout; /* an encoding */
    const char *to;            /* a new folder, of links to its symbols */
    uint32_t percent;
} keep_symbols;

/* Keeps so much of each source block, chosen at random, the same in every run, and K + 3 symbols at
 * the least. A function for system_run_apart, whose context is a keep_symbols: a layout takes
 * memory that is not to count for what is measured later. outcome->count gets how many were kept.
 */
void keep_symbols_run(void *context, system_outcome *outcome);

#endif
