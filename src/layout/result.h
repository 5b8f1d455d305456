/* The result JSON: compact, fields in a fixed order, non-ASCII raw. */
#ifndef LAYOUT_RESULT_H
#define LAYOUT_RESULT_H

#include "memory/memory.h"

typedef struct result_text {
    const rq_allocator *allocator;
    char *text; /* NUL-terminated */
    size_t length, capacity;
} result_text;

/* What rq_result holds, laid open for those who fill it. Strings are NUL-terminated. */
typedef struct result_view {
    uint64_t total_symbols_count, total_repair_symbols;
    const char *symbols_directory;
    const rq_block_info *blocks;
    size_t block_count;
    const char *layout_file_path;
    const char *layout_content; /* NULL: the field is left out */
    size_t layout_content_length;
} result_view;

/* {"total_symbols_count":..,"total_repair_symbols":..,"symbols_directory":..,"blocks":[{"block_id":..,
 * "encoder_parameters":[..],"original_offset":..,"size":..,"symbols_count":..,
 * "source_symbols_count":..,"hash":..}],"layout_file_path":..,"layout_content":..}
 * Escapes as serde_json does: \" \\ \b \f \n \r \t, other controls as \u00xx in lower case, nothing
 * else (no \/, DEL raw); an octet that is not UTF-8 becomes U+FFFD. RQ_OK or RQ_ERROR_MEMORY. */
int result_write(const result_view *view, const rq_allocator *allocator, result_text *text);
/* The length of what result_write would write, without the NUL. */
uint64_t result_length(const result_view *view);
/* The length of a block's part of it. */
uint64_t result_block_length(const rq_block_info *block);
void result_text_free(result_text *text);

#endif
