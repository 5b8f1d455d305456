#include "outcome.h"

#include <stdio.h>

#include "format.h"

uint64_t outcome_bytes(const rq_result *result)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < rq_result_block_count(result); i++)
        bytes += rq_result_block(result, i)->size;
    return bytes;
}

const char *outcome_rate(char *text, size_t size, uint64_t bytes, double seconds)
{
    char rate[FORMAT_LENGTH];
    *text = 0;
    if (seconds >= 1e-6)
        snprintf(text, size, ", %s", format_rate(rate, (double)bytes / seconds));
    return text;
}

void outcome_summary(const cli_settings *settings, const char *verb, const char *as,
                     const rq_result *result, double seconds)
{
    char size[FORMAT_LENGTH], symbols[FORMAT_LENGTH], blocks[FORMAT_LENGTH], time[FORMAT_LENGTH];
    char rate[FORMAT_LENGTH];
    uint64_t bytes = outcome_bytes(result);
    if (settings->quiet)
        return;
    fprintf(stderr, "%s %s %s %s (%s) in %s%s\n", verb, format_bytes(size, bytes), as,
            format_count(symbols, rq_result_symbols(result), "symbol"),
            format_count(blocks, rq_result_block_count(result), "block"),
            format_time(time, seconds), outcome_rate(rate, sizeof rate, bytes, seconds));
}
