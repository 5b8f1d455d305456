/* _raptorq_layout.json: the list of blocks, their parameters and symbols. Written and read as a
 * stream, so that neither needs memory for its length.
 *
 *   {"blocks": [{"block_id": 0, "encoder_parameters": [12 integers], "original_offset": 0,
 *                "size": 1, "symbols": ["name", ..], "hash": "name"}, ..]}
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest/digest.h"
#include "memory/memory.h"

#define LAYOUT_FILE_NAME "_raptorq_layout.json"

typedef struct layout_block {
    uint64_t block_id;
    uint8_t encoder_parameters[12];
    uint64_t original_offset;
    uint64_t size;
    uint64_t symbols_count;
    bool has_hash; /* false where the layout says "" */
    digest hash;
} layout_block;

/* ---- writing ---- */

/* Takes the next bytes; other than 0 stops the writer, which returns it from then on. */
typedef int (*layout_sink)(void *context, const void *data, size_t size);

typedef struct layout_writer {
    layout_sink sink;
    void *context;
    uint64_t blocks;  /* begun so far */
    uint64_t symbols; /* of the open block */
    int failure;
    size_t used; /* of buffer */
    char buffer[4096];
} layout_writer;

/* The text is that of serde_json's pretty printer, byte for byte: two spaces an indent, one array
 * element a line, no newline at the end. Call in this order: begin, for each block (block_begin,
 * symbols any number of times, block_end), end. All return 0 or what the sink returned. */
int layout_write_begin(layout_writer *writer, layout_sink sink, void *context);
/* Uses block_id, encoder_parameters, original_offset and size. */
int layout_write_block_begin(layout_writer *writer, const layout_block *block);
int layout_write_symbols(layout_writer *writer, const digest *symbols, size_t count);
int layout_write_block_end(layout_writer *writer, const digest *hash);
int layout_write_end(layout_writer *writer);

/* ---- reading ---- */

/* Gives the next bytes of the text: 0 and *got (0 at the end), or an error code to stop with. */
typedef int (*layout_source)(void *context, void *buffer, size_t size, size_t *got);

/* What the reader found; each may be NULL. Other than 0 stops the reader, which returns it.
 * The fields of a block may stand in any order in the text, so its symbols come before all of the
 * block is known: symbol gets the block's place in the text (0 for the first), block is called when
 * the block is whole. */
typedef struct layout_visitor {
    void *context;
    int (*symbol)(void *context, uint64_t position, const digest *symbol);
    int (*block)(void *context, uint64_t position, const layout_block *block);
    bool names_later; /* symbols are counted only: another reading looks at their names */
} layout_visitor;

/* Reads a whole layout, hostile until proven otherwise. Unknown fields are skipped. Refused with
 * RQ_ERROR_DECODE and a message that names the thing and its place (block, line): what is not UTF-8
 * JSON, a missing or doubled field, a field of the wrong type or range, an empty blocks array, an
 * empty symbols array, parameters that are not 12 octets, a symbol or hash that is not the name of
 * a digest (a hash may be ""), nesting deeper than 32, a string or number longer than 64 KiB.
 * RQ_ERROR_MEMORY if the allocator refuses; otherwise what source or visitor returned. */
int layout_read(layout_source source, void *source_context, const layout_visitor *visitor,
                const rq_allocator *allocator, rq_error *error);

#endif
