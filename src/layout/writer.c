/* A fixed shape of digits and base58, in which nothing ever needs escaping. */
#include "layout/layout.h"

#include <string.h>

#include "layout/decimal.h"

static int flush(layout_writer *writer)
{
    if (writer->failure == 0 && writer->used > 0)
        writer->failure = writer->sink(writer->context, writer->buffer, writer->used);
    writer->used = 0;
    return writer->failure;
}

static void put(layout_writer *writer, const char *text, size_t length)
{
    while (length > 0) {
        const size_t room = sizeof writer->buffer - writer->used;
        const size_t taken = length < room ? length : room;
        memcpy(writer->buffer + writer->used, text, taken);
        writer->used += taken;
        text += taken;
        length -= taken;
        if (writer->used == sizeof writer->buffer)
            flush(writer);
    }
}

static void put_text(layout_writer *writer, const char *text)
{
    put(writer, text, strlen(text));
}

static void put_number(layout_writer *writer, uint64_t number)
{
    char digits[DECIMAL_LONGEST];
    put(writer, digits, decimal_write(number, digits));
}

static void put_field(layout_writer *writer, const char *title, uint64_t number)
{
    put_text(writer, title);
    put_number(writer, number);
}

static void put_name(layout_writer *writer, const digest *value)
{
    char name[DIGEST_NAME_SIZE];
    digest_name(value, name);
    put_text(writer, name);
}

int layout_write_begin(layout_writer *writer, layout_sink sink, void *context)
{
    writer->sink = sink;
    writer->context = context;
    writer->blocks = 0;
    writer->symbols = 0;
    writer->failure = 0;
    writer->used = 0;
    put_text(writer, "{\n  \"blocks\": [");
    return writer->failure;
}

int layout_write_block_begin(layout_writer *writer, const layout_block *block)
{
    put_text(writer, writer->blocks++ == 0 ? "\n    {" : ",\n    {");
    put_field(writer, "\n      \"block_id\": ", block->block_id);
    put_text(writer, ",\n      \"encoder_parameters\": [");
    for (size_t i = 0; i < sizeof block->encoder_parameters; i++)
        put_field(writer, i == 0 ? "\n        " : ",\n        ", block->encoder_parameters[i]);
    put_field(writer, "\n      ],\n      \"original_offset\": ", block->original_offset);
    put_field(writer, ",\n      \"size\": ", block->size);
    put_text(writer, ",\n      \"symbols\": [");
    writer->symbols = 0;
    return writer->failure;
}

int layout_write_symbols(layout_writer *writer, const digest *symbols, size_t count)
{
    for (size_t i = 0; i < count && writer->failure == 0; i++) {
        put_text(writer, writer->symbols++ == 0 ? "\n        \"" : ",\n        \"");
        put_name(writer, &symbols[i]);
        put_text(writer, "\"");
    }
    return writer->failure;
}

int layout_write_block_end(layout_writer *writer, const digest *hash)
{
    put_text(writer,
             writer->symbols == 0 ? "],\n      \"hash\": \"" : "\n      ],\n      \"hash\": \"");
    if (hash)
        put_name(writer, hash);
    put_text(writer, "\"\n    }");
    return writer->failure;
}

int layout_write_end(layout_writer *writer)
{
    put_text(writer, writer->blocks == 0 ? "]\n}" : "\n  ]\n}");
    return flush(writer);
}
