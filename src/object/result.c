#include "object/result.h"

#include <string.h>

struct rq_result {
    rq_block_info *blocks;
    size_t count, capacity;
    uint64_t symbols, repairs;
    result_text text;
};

rq_result *result_create(void)
{
    rq_result *result = memory_allocate(&memory_system, 1, sizeof *result);
    if (result)
        memset(result, 0, sizeof *result);
    return result;
}

int result_add_block(rq_result *result, const rq_block_info *block, const digest *hash)
{
    if (result->count == result->capacity) {
        size_t capacity = result->capacity ? 2 * result->capacity : 4;
        rq_block_info *more = memory_allocate(&memory_system, capacity, sizeof *more);
        if (!more)
            return RQ_ERROR_MEMORY;
        if (result->count > 0)
            memcpy(more, result->blocks, result->count * sizeof *more);
        memory_release(&memory_system, result->blocks, result->capacity, sizeof *more);
        result->blocks = more;
        result->capacity = capacity;
    }
    rq_block_info *added = &result->blocks[result->count++];
    *added = *block;
    memset(added->hash, 0, sizeof added->hash);
    if (hash)
        digest_name(hash, added->hash);
    result->symbols += block->symbols_count;
    if (block->symbols_count > block->source_symbols_count) /* a layout may list fewer */
        result->repairs += block->symbols_count - block->source_symbols_count;
    return RQ_OK;
}

static result_view view_of(const rq_result *result, const char *symbols_directory,
                           const char *layout_path)
{
    return (result_view){.total_symbols_count = result->symbols,
                         .total_repair_symbols = result->repairs,
                         .symbols_directory = symbols_directory,
                         .blocks = result->blocks,
                         .block_count = result->count,
                         .layout_file_path = layout_path};
}

int result_finish(rq_result *result, const char *symbols_directory, const char *layout_path,
                  const char *layout_content, size_t layout_content_length)
{
    result_view view = view_of(result, symbols_directory, layout_path);
    view.layout_content = layout_content;
    view.layout_content_length = layout_content_length;
    return result_write(&view, &memory_system, &result->text);
}

/* The digits of 0, step, 2 step, .., count numbers, beyond one each. */
static uint64_t further_digits(uint64_t count, uint64_t step)
{
    uint64_t sum = 0;
    for (uint64_t power = 10;; power *= 10) {
        uint64_t shorter = power / step + (power % step != 0);
        if (shorter >= count)
            return sum;
        sum += count - shorter;
        if (power > UINT64_MAX / 10)
            return sum;
    }
}

uint64_t result_least_length(const rq_block_info *block, uint64_t count, const rq_block_info *last,
                             const char *symbols_directory, const char *layout_path)
{
    enum { SHORTEST_NAME = 32 };
    const rq_block_info *infos[2] = {block, last};
    const uint64_t counts[2] = {count, last ? 1 : 0};
    result_view none = {.symbols_directory = symbols_directory, .layout_file_path = layout_path};
    uint64_t commas = count + counts[1] - 1, blocks = 0;
    for (int i = 0; i < 2; i++) {
        if (counts[i] == 0)
            continue;
        uint64_t repairs = infos[i]->symbols_count - infos[i]->source_symbols_count;
        none.total_symbols_count += counts[i] * infos[i]->symbols_count;
        none.total_repair_symbols += counts[i] * repairs;
        blocks += counts[i] * (result_block_length(infos[i]) + SHORTEST_NAME);
    }
    if (count > 0)
        blocks += further_digits(count, 1) + further_digits(count, block->size);
    return result_length(&none) + blocks + commas;
}

uint64_t rq_result_symbols(const rq_result *result)
{
    return result ? result->symbols : 0;
}

uint64_t rq_result_repair_symbols(const rq_result *result)
{
    return result ? result->repairs : 0;
}

size_t rq_result_block_count(const rq_result *result)
{
    return result ? result->count : 0;
}

const rq_block_info *rq_result_block(const rq_result *result, size_t i)
{
    return result && i < result->count ? &result->blocks[i] : NULL;
}

const char *rq_result_json(const rq_result *result)
{
    return result && result->text.text ? result->text.text : "";
}

void rq_result_free(rq_result *result)
{
    if (!result)
        return;
    memory_release(&memory_system, result->blocks, result->capacity, sizeof *result->blocks);
    if (result->text.text)
        result_text_free(&result->text);
    memory_release(&memory_system, result, 1, sizeof *result);
}
