#include "object/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "error/error.h"
#include "platform/system.h"

enum { DEFAULT_SYMBOL_SIZE = 65535, DEFAULT_REDUNDANCY = 4, MOST_THREADS = 1024 };

#define MIB             (UINT64_C(1) << 20)
#define FALLBACK_MEMORY (UINT64_C(1) << 30) /* where the system does not tell how much it has */

void rq_options_init(rq_options *options)
{
    if (!options)
        return;
    uint64_t memory = platform_memory_size();
    *options = (rq_options){
        .struct_size = sizeof *options,
        .memory_limit = memory > 0 ? memory / 4 / MIB * MIB : FALLBACK_MEMORY,
        .symbol_size = DEFAULT_SYMBOL_SIZE,
        .redundancy = DEFAULT_REDUNDANCY,
    };
}

/* Of this library's rq_options or an older one. A struct ends at a multiple of its alignment, and
 * fields do not lie across one: so none is taken in part, which of a pointer would be fatal. */
static bool is_size(size_t size)
{
    return size >= offsetof(rq_options, durable) && size <= sizeof(rq_options) &&
           size % _Alignof(rq_options) == 0;
}

int settings_read(const rq_options *options, rq_options *settings, rq_error *error)
{
    rq_options_init(settings);
    uint64_t default_memory = settings->memory_limit;
    if (options) {
        if (!is_size(options->struct_size))
            return error_set(error, RQ_ERROR_PARAMETER,
                             "options: struct_size is %zu, not that of an rq_options; call "
                             "rq_options_init first",
                             options->struct_size);
        memcpy(settings, options, options->struct_size);
        settings->struct_size = sizeof *settings;
    }
    if (settings->observer && settings->observer->struct_size < sizeof *settings->observer)
        return error_set(error, RQ_ERROR_PARAMETER,
                         "observer: struct_size is %zu, not that of an rq_observer",
                         settings->observer->struct_size);
    if (settings->memory_limit == 0)
        settings->memory_limit = default_memory;
    if (settings->threads == 0)
        settings->threads = platform_cpu_count();
    if (settings->threads > MOST_THREADS)
        settings->threads = MOST_THREADS;
    return RQ_OK;
}

int settings_check_symbols(const rq_options *settings, rq_error *error)
{
    if (settings->symbol_size > 0)
        return RQ_OK;
    return error_set(error, RQ_ERROR_PARAMETER, "symbol_size is 0; it must be 1 to 65535");
}

uint64_t settings_recommended_block_size(uint64_t memory_limit, uint16_t symbol_size,
                                         uint64_t file_size)
{
    uint64_t safe = memory_limit / 3 * 2 + memory_limit % 3 * 2 / 3; /* limit / 1.5, rounded down */
    if (symbol_size == 0 || file_size < safe)
        return 0;
    uint64_t symbols = safe / 4 / symbol_size;
    return (symbols > 0 ? symbols : 1) * symbol_size;
}

uint64_t settings_block_size(const rq_options *settings, uint64_t file_size)
{
    if (settings->block_size > 0)
        return settings->block_size;
    uint64_t recommended =
        settings_recommended_block_size(settings->memory_limit, settings->symbol_size, file_size);
    return recommended > 0 ? recommended : file_size;
}

uint64_t settings_repair_symbols(const rq_options *settings, uint64_t block_size)
{
    uint64_t redundancy = settings->redundancy, T = settings->symbol_size;
    if (block_size <= T || redundancy == 0)
        return block_size <= T ? redundancy : 0;
    uint64_t whole = block_size / T * (redundancy - 1), rest = block_size % T * (redundancy - 1);
    return whole + rest / T + (rest % T != 0);
}
