/* layout_read on any text. The first byte says how many bytes the source gives at a time, the next
 * two where the first chunk ends, which must not matter. What is read well is written and read
 * again, which must give the same. Of the third byte the upper bits say whether the text has long
 * repetitions in it, and whether the visitor stops the reader. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "layout/layout.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER = 3, CHUNK = 16384 /* of the reader */, MEMORY_LIMIT = 300 * 1024 };
enum { REPEATS = 0x80, STOPS = 0x40 };
enum { STOPPED = 77 /* of the visitor */ };
enum { REPETITION = 8191, LONGEST = 1 << 18 };

/* ---- memory: a hard limit, and one piece at a time, which is always the same: a piece of that
 * size from the system costs more than all the reading ---- */

static void *allocate(void *context, size_t size, size_t alignment)
{
    static _Alignas(4096) uint8_t piece[MEMORY_LIMIT];
    size_t *used = context;
    require(alignment <= 4096 && size > 0);
    if (*used > 0 || size > MEMORY_LIMIT)
        return NULL;
    *used = size;
    return piece + (MEMORY_LIMIT - size) / alignment * alignment; /* near what may not be touched */
}

static void release(void *context, void *memory, size_t size)
{
    size_t *used = context;
    require(memory && *used == size);
    *used = 0;
    memset(memory, 0xa5, size); /* whatever still looks at it sees that */
}

/* ---- the text, piece by piece ---- */

/* The text with REPETITION octets more like the one before each octet of 1, which is nothing that a
 * layout may hold: strings, blanks and numbers of any length. Freed with free(). */
static uint8_t *repeat(const uint8_t *text, size_t length, size_t *longer)
{
    uint8_t *made = malloc(LONGEST);
    require(made != NULL);
    *longer = 0;
    for (size_t i = 0; i < length && *longer < LONGEST - REPETITION; i++) {
        bool again = text[i] == 1 && *longer > 0;
        memset(made + *longer, again ? made[*longer - 1] : text[i], again ? REPETITION : 1);
        *longer += again ? REPETITION : 1;
    }
    return made;
}

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
    size_t calls_left; /* until the visitor stops the reader */
    digest_state all;  /* every symbol and every field */
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
    return --found->calls_left == 0 ? STOPPED : 0;
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
    layout_write_block_end(&found->writer, block->has_hash ? &block->hash : NULL);
    return --found->calls_left == 0 ? STOPPED : 0;
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

static outcome read_source(source from, size_t calls)
{
    outcome result = {.error = {.code = RQ_OK}};
    size_t used = 0;
    const rq_allocator allocator = {&used, allocate, release};
    findings found = {.calls_left = calls};
    const layout_visitor visitor = {&found, take_symbol, take_block, false};
    digest_begin(&found.all);
    layout_write_begin(&found.writer, append, &found);
    result.code = layout_read(give, &from, &visitor, &allocator, &result.error);
    layout_write_end(&found.writer);
    digest_end(&found.all, &result.all);
    result.text = found.text;
    result.length = found.length;
    require(used == 0);
    require(result.code == (found.calls_left == 0 ? STOPPED : result.error.code));
    require(result.error.code == RQ_OK || result.error.code == RQ_ERROR_DECODE);
    require((result.error.code == RQ_OK) == (result.error.message[0] == '\0'));
    return result;
}

static int count_block(void *context, uint64_t position, const layout_block *block)
{
    uint64_t *blocks = context;
    require(position == *blocks && block->symbols_count > 0);
    ++*blocks;
    return 0;
}

/* The first of two readings, which leaves the names to the second. */
static void measure(source from, int code)
{
    size_t used = 0;
    uint64_t blocks = 0;
    rq_error error;
    const rq_allocator allocator = {&used, allocate, release};
    const layout_visitor visitor = {&blocks, NULL, count_block, true};
    int measured = layout_read(give, &from, &visitor, &allocator, &error);
    require(used == 0 && (measured == RQ_OK || measured == RQ_ERROR_DECODE));
    require(measured == RQ_OK || code != RQ_OK);
    require(measured != RQ_OK || blocks > 0);
}

static void require_same_text(const outcome *a, const outcome *b)
{
    require(a->length == b->length && memcmp(a->text, b->text, a->length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= HEADER)
        return 0;
    size_t length = size - HEADER;
    uint8_t *repeated = data[2] & REPEATS ? repeat(data + HEADER, length, &length) : NULL;
    const uint8_t *text = repeated ? repeated : data + HEADER;
    const size_t step = data[0] + (size_t)1, calls = data[2] & STOPS ? step : SIZE_MAX;
    const size_t split = (data[1] | (size_t)data[2] << 8) % CHUNK;

    outcome whole = read_source((source){text, length, SIZE_MAX, 0}, calls);
    outcome pieces = read_source((source){text, length, step, CHUNK - split}, calls);
    require(whole.code == pieces.code);
    require(strcmp(whole.error.message, pieces.error.message) == 0);
    require(digest_equal(&whole.all, &pieces.all));
    require_same_text(&whole, &pieces);
    free(pieces.text);

    if (whole.code == RQ_OK) {
        outcome again =
            read_source((source){(const uint8_t *)whole.text, whole.length, step, 0}, SIZE_MAX);
        require(again.code == RQ_OK);
        require_same_text(&whole, &again);
        free(again.text);
    }
    measure((source){text, length, SIZE_MAX, 0}, whole.code);
    free(whole.text);
    free(repeated);
    return 0;
}
