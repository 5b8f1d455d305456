#include "layout/result.h"

#include <string.h>

#include "error/utf8.h"
#include "layout/decimal.h"

/* One walk over the view both measures and writes: where text is NULL it only counts. */
typedef struct output {
    char *text;
    uint64_t length;
} output;

static void put(output *out, const char *text, size_t length)
{
    if (out->text)
        memcpy(out->text + out->length, text, length);
    out->length += length;
}

static void put_text(output *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_number(output *out, const char *title, uint64_t number)
{
    char digits[DECIMAL_LONGEST];
    put_text(out, title);
    put(out, digits, decimal_write(number, digits));
}

/* Writes the escape of an octet and returns its length; 0 if it stands for itself. */
static size_t escape(char octet, char escaped[6])
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt",
                      hex[] = "0123456789abcdef";
    const unsigned code = (unsigned char)octet;
    if (code >= 0x20 && octet != '"' && octet != '\\')
        return 0;
    escaped[0] = '\\';
    const char *found = code == 0 ? NULL : strchr(named, octet);
    if (found) {
        escaped[1] = letters[found - named];
        return 2;
    }
    escaped[1] = 'u';
    escaped[2] = escaped[3] = '0';
    escaped[4] = hex[code >> 4];
    escaped[5] = hex[code & 15];
    return 6;
}

/* The same of a character, and how many octets that takes. What is none, as paths may have it, is
 * written as U+FFFD: JSON has no way to tell it. */
static size_t replace(const char *character, char escaped[6], size_t *taken)
{
    static const char unknown[] = "\xef\xbf\xbd";
    *taken = utf8_character(character);
    if (*taken > 0)
        return *taken == 1 ? escape(*character, escaped) : 0;
    *taken = 1;
    memcpy(escaped, unknown, sizeof unknown - 1);
    return sizeof unknown - 1;
}

static void put_string(output *out, const char *title, const char *string, size_t length)
{
    put_text(out, title);
    put_text(out, "\"");
    size_t written = 0, taken;
    for (size_t i = 0; i < length; i += taken) {
        char escaped[6];
        const size_t size = replace(string + i, escaped, &taken);
        if (size > 0) {
            put(out, string + written, i - written);
            put(out, escaped, size);
            written = i + taken;
        }
    }
    put(out, string + written, length - written);
    put_text(out, "\"");
}

static void put_block(output *out, const rq_block_info *block)
{
    put_number(out, "{\"block_id\":", block->block_id);
    put_text(out, ",\"encoder_parameters\":");
    for (size_t i = 0; i < sizeof block->encoder_parameters; i++)
        put_number(out, i == 0 ? "[" : ",", block->encoder_parameters[i]);
    put_number(out, "],\"original_offset\":", block->original_offset);
    put_number(out, ",\"size\":", block->size);
    put_number(out, ",\"symbols_count\":", block->symbols_count);
    put_number(out, ",\"source_symbols_count\":", block->source_symbols_count);
    put_string(out, ",\"hash\":", block->hash, strlen(block->hash));
    put_text(out, "}");
}

static void put_result(output *out, const result_view *view)
{
    const char *const directory = view->symbols_directory, *const path = view->layout_file_path;
    put_number(out, "{\"total_symbols_count\":", view->total_symbols_count);
    put_number(out, ",\"total_repair_symbols\":", view->total_repair_symbols);
    put_string(out, ",\"symbols_directory\":", directory, strlen(directory));
    put_text(out, ",\"blocks\":[");
    for (size_t i = 0; i < view->block_count; i++) {
        put_text(out, i == 0 ? "" : ",");
        put_block(out, &view->blocks[i]);
    }
    put_string(out, "],\"layout_file_path\":", path, strlen(path));
    if (view->layout_content)
        put_string(out, ",\"layout_content\":", view->layout_content, view->layout_content_length);
    put_text(out, "}");
}

uint64_t result_block_length(const rq_block_info *block)
{
    output out = {NULL, 0};
    put_block(&out, block);
    return out.length;
}

uint64_t result_length(const result_view *view)
{
    output out = {NULL, 0};
    put_result(&out, view);
    return out.length;
}

int result_write(const result_view *view, const rq_allocator *allocator, result_text *text)
{
    *text = (result_text){.allocator = allocator};
    const uint64_t length = result_length(view);
    if (length >= SIZE_MAX)
        return RQ_ERROR_MEMORY;
    const size_t capacity = (size_t)length + 1;
    text->text = memory_allocate(allocator, capacity, 1);
    if (!text->text)
        return RQ_ERROR_MEMORY;
    text->capacity = capacity;
    output out = {text->text, 0};
    put_result(&out, view);
    text->length = (size_t)out.length;
    text->text[text->length] = '\0';
    return RQ_OK;
}

void result_text_free(result_text *text)
{
    memory_release(text->allocator, text->text, text->capacity, 1);
    *text = (result_text){.allocator = text->allocator};
}
