/* layout_read on any text. The first byte says how many bytes the source gives at a time, which
 * must not matter. What is read well is written and read again, which must give the same. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "layout/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER = 3, CHUNK = 16384 /* of the reader */, MEMORY_LIMIT = 300 * 1024 };

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* ---- memory: a hard limit ---- */

static void *allocate(void *context, size_t size, size_t alignment)
{
    size_t *used = context;
    if (size > MEMORY_LIMIT - *used)
        return NULL;
    *used += size;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void release(void *context, void *memory, size_t size)
{
    size_t *used = context;
    *used -= size;
    free(memory);
}

/* ---- the text, piece by piece ---- */

typedef struct source {
    const uint8_t *text;
    size_t size, step, blanks;
} source;

static int give(void *context, void *buffer, size_t size, size_t *got)
{
    source *from = context;
    *got = size < from->step ? size : from->step;
    if (from->blanks > 0) {
        *got = *got < from->blanks ? *got : from->blanks;
        memset(buffer, ' ', *got);
        from->blanks -= *got;
        return 0;
    }
    *got = *got < from->size ? *got : from->size;
    memcpy(buffer, from->text, *got);
    from->text += *got;
    from->size -= *got;
    return 0;
}

/* ---- what was read ---- */

typedef struct findings {
    digest_state all; /* every symbol and every field */
    uint64_t symbols, blocks;
    layout_writer writer; /* writes the blocks without their symbols but one */
    digest symbol;
    char *text;
    size_t length, room;
} findings;

static int take_symbol(void *context, uint64_t position, const digest *symbol)
{
    findings *found = context;
    require(position == found->blocks);
    digest_update(&found->all, symbol, sizeof *symbol);
    found->symbols++;
    found->symbol = *symbol;
    return 0;
}

static int take_block(void *context, uint64_t position, const layout_block *block)
{
    findings *found = context;
    require(position == found->blocks++);
    require(block->symbols_count == found->symbols && found->symbols > 0);
    require((block->block_id | block->original_offset | block->size) <= INT64_MAX);
    const uint64_t numbers[] = {block->block_id, block->original_offset, block->size,
                                block->has_hash};
    digest_update(&found->all, numbers, sizeof numbers);
    digest_update(&found->all, block->encoder_parameters, sizeof block->encoder_parameters);
    digest_update(&found->all, block->hash.bytes, sizeof block->hash);
    found->symbols = 0;
    layout_write_block_begin(&found->writer, block);
    layout_write_symbols(&found->writer, &found->symbol, 1);
    return layout_write_block_end(&found->writer, block->has_hash ? &block->hash : NULL);
}

static int append(void *context, const void *data, size_t size)
{
    findings *found = context;
    if (size > found->room - found->length) {
        found->room = 2 * (found->length + size);
        found->text = realloc(found->text, found->room);
        require(found->text != NULL);
    }
    memcpy(found->text + found->length, data, size);
    found->length += size;
    return 0;
}

typedef struct outcome {
    int code;
    rq_error error;
    digest all;
    char *text;
    size_t length;
} outcome;

static outcome read_source(source from)
{
    outcome result = {0};
    size_t used = 0;
    const rq_allocator allocator = {&used, allocate, release};
    findings found = {0};
    const layout_visitor visitor = {&found, take_symbol, take_block, false};
    digest_begin(&found.all);
    layout_write_begin(&found.writer, append, &found);
    result.code = layout_read(give, &from, &visitor, &allocator, &result.error);
    layout_write_end(&found.writer);
    digest_end(&found.all, &result.all);
    result.text = found.text;
    result.length = found.length;
    require(used == 0);
    require(result.code == RQ_OK || result.code == RQ_ERROR_DECODE);
    require(result.code == result.error.code);
    require((result.code == RQ_OK) == (result.error.message[0] == '\0'));
    return result;
}

static void require_same_text(const outcome *a, const outcome *b)
{
    require(a->length == b->length && memcmp(a->text, b->text, a->length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= HEADER)
        return 0;
    const uint8_t *text = data + HEADER;
    const size_t length = size - HEADER, step = data[0] + (size_t)1;
    const size_t split = (data[1] | (size_t)data[2] << 8) % CHUNK;

    outcome whole = read_source((source){text, length, SIZE_MAX, 0});
    outcome pieces = read_source((source){text, length, step, CHUNK - split});
    require(whole.code == pieces.code);
    require(strcmp(whole.error.message, pieces.error.message) == 0);
    require(digest_equal(&whole.all, &pieces.all));
    require_same_text(&whole, &pieces);
    free(pieces.text);

    if (whole.code == RQ_OK) {
        outcome again = read_source((source){(const uint8_t *)whole.text, whole.length, step, 0});
        require(again.code == RQ_OK);
        require_same_text(&whole, &again);
        free(again.text);
    }
    free(whole.text);
    return 0;
}
