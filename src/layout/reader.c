/* From JSON's events to blocks and symbols. */
#include "layout/layout.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error/error.h"
#include "layout/decimal.h"
#include "layout/json.h"

/* The array or object that the next event is in. */
typedef enum place {
    BEFORE_LAYOUT,
    IN_LAYOUT,
    IN_BLOCKS,
    IN_BLOCK,
    IN_PARAMETERS,
    IN_SYMBOLS,
} place;

typedef enum layout_field {
    BLOCKS,
    BLOCK_ID,
    ENCODER_PARAMETERS,
    ORIGINAL_OFFSET,
    SIZE,
    SYMBOLS,
    HASH,
    FIELDS,
    UNKNOWN = FIELDS,
} layout_field;

static const struct field_shape {
    const char *name;
    place place;
    json_kind kind;
} shapes[FIELDS] = {
    [BLOCKS] = {"blocks", IN_LAYOUT, JSON_ARRAY},
    [BLOCK_ID] = {"block_id", IN_BLOCK, JSON_NUMBER},
    [ENCODER_PARAMETERS] = {"encoder_parameters", IN_BLOCK, JSON_ARRAY},
    [ORIGINAL_OFFSET] = {"original_offset", IN_BLOCK, JSON_NUMBER},
    [SIZE] = {"size", IN_BLOCK, JSON_NUMBER},
    [SYMBOLS] = {"symbols", IN_BLOCK, JSON_ARRAY},
    [HASH] = {"hash", IN_BLOCK, JSON_STRING},
};

typedef struct layout_reader {
    const layout_visitor *visitor;
    rq_error *error;
    place place;
    layout_field field; /* whose value is next, in a layout or block */
    bool seen[FIELDS];  /* in this layout, or in this block */
    unsigned skipped;   /* arrays and objects open within an unknown field */
    size_t parameters;  /* read so far, of this block */
    uint64_t position;  /* of the block in the text */
    layout_block block;
} layout_reader;

/* ---- refusals ---- */

static int refuse(layout_reader *reader, json_reader *json, const char *format, ...) ERROR_PRINTF;

static int refuse(layout_reader *reader, json_reader *json, const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (reader->place < IN_BLOCK)
        return error_set(reader->error, RQ_ERROR_DECODE, "layout: line %" PRIu64 ": %s",
                         json_line(json), what);
    return error_set(reader->error, RQ_ERROR_DECODE,
                     "layout: line %" PRIu64 ", block %" PRIu64 ": %s", json_line(json),
                     reader->position, what);
}

/* Hostile text, made fit for a message: printable ASCII, and not much of it. */
typedef struct excerpt {
    char text[64];
} excerpt;

static excerpt excerpt_of(const json_event *event)
{
    excerpt cut;
    const size_t room = sizeof cut.text - sizeof "...";
    const size_t length = event->length < room ? event->length : room;
    for (size_t i = 0; i < length; i++) {
        const char octet = event->text[i];
        cut.text[i] = '?';
        if (octet >= 0x20 && octet < 0x7f)
            cut.text[i] = octet;
    }
    const char *end = event->length > length ? "..." : "";
    memcpy(cut.text + length, end, strlen(end) + 1);
    return cut;
}

static const char *kind_name(json_kind kind)
{
    switch (kind) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    default:
        return "a number";
    }
}

/* ---- fields ---- */

static int take_key(layout_reader *reader, json_reader *json, const json_event *event)
{
    reader->field = UNKNOWN;
    for (layout_field field = 0; field < FIELDS; field++) {
        const struct field_shape *shape = &shapes[field];
        if (shape->place == reader->place && strlen(shape->name) == event->length &&
            memcmp(shape->name, event->text, event->length) == 0)
            reader->field = field;
    }
    if (reader->field == UNKNOWN)
        return 0;
    if (reader->seen[reader->field])
        return refuse(reader, json, "\"%s\" is there twice", shapes[reader->field].name);
    reader->seen[reader->field] = true;
    return 0;
}

static int take_number(layout_reader *reader, json_reader *json, const json_event *event,
                       uint64_t *number)
{
    if (decimal_read(event->text, event->length, INT64_MAX, number))
        return 0;
    return refuse(reader, json, "\"%s\" is %s, which is no integer from 0 to %" PRId64,
                  shapes[reader->field].name, excerpt_of(event).text, INT64_MAX);
}

static int take_hash(layout_reader *reader, json_reader *json, const json_event *event)
{
    reader->block.has_hash = event->length > 0;
    if (event->length == 0 || digest_from_name(event->text, event->length, &reader->block.hash))
        return 0;
    return refuse(reader, json, "\"hash\" is \"%s\", which is no hash", excerpt_of(event).text);
}

static int take_field(layout_reader *reader, json_reader *json, const json_event *event)
{
    if (reader->field == UNKNOWN) {
        reader->skipped = event->kind == JSON_OBJECT || event->kind == JSON_ARRAY;
        return 0;
    }
    const struct field_shape *shape = &shapes[reader->field];
    if (event->kind != shape->kind)
        return refuse(reader, json, "\"%s\" is not %s", shape->name, kind_name(shape->kind));
    switch (reader->field) {
    case BLOCKS:
        reader->place = IN_BLOCKS;
        return 0;
    case ENCODER_PARAMETERS:
        reader->place = IN_PARAMETERS;
        return 0;
    case SYMBOLS:
        reader->place = IN_SYMBOLS;
        return 0;
    case BLOCK_ID:
        return take_number(reader, json, event, &reader->block.block_id);
    case ORIGINAL_OFFSET:
        return take_number(reader, json, event, &reader->block.original_offset);
    case SIZE:
        return take_number(reader, json, event, &reader->block.size);
    default:
        return take_hash(reader, json, event);
    }
}

/* ---- elements of arrays ---- */

static int take_block(layout_reader *reader, json_reader *json, const json_event *event)
{
    if (event->kind != JSON_OBJECT)
        return refuse(reader, json, "\"blocks\" holds what is not an object");
    reader->place = IN_BLOCK;
    reader->block = (layout_block){0};
    reader->parameters = 0;
    for (layout_field field = 0; field < FIELDS; field++)
        reader->seen[field] = shapes[field].place != IN_BLOCK && reader->seen[field];
    return 0;
}

static int take_parameter(layout_reader *reader, json_reader *json, const json_event *event)
{
    uint64_t octet;
    if (event->kind != JSON_NUMBER)
        return refuse(reader, json, "\"encoder_parameters\" holds what is not a number");
    if (!decimal_read(event->text, event->length, UINT8_MAX, &octet))
        return refuse(reader, json, "\"encoder_parameters\" holds %s, which is no octet",
                      excerpt_of(event).text);
    if (reader->parameters == sizeof reader->block.encoder_parameters)
        return refuse(reader, json, "\"encoder_parameters\" holds more than 12 octets");
    reader->block.encoder_parameters[reader->parameters++] = (uint8_t)octet;
    return 0;
}

static int take_symbol(layout_reader *reader, json_reader *json, const json_event *event)
{
    digest symbol;
    const layout_visitor *visitor = reader->visitor;
    if (event->kind != JSON_STRING)
        return refuse(reader, json, "\"symbols\" holds what is not a string");
    reader->block.symbols_count++;
    if (visitor->names_later)
        return 0;
    if (!digest_from_name(event->text, event->length, &symbol))
        return refuse(reader, json, "\"symbols\" holds \"%s\", which is no symbol name",
                      excerpt_of(event).text);
    return visitor->symbol ? visitor->symbol(visitor->context, reader->position, &symbol) : 0;
}

static int take_value(layout_reader *reader, json_reader *json, const json_event *event)
{
    switch (reader->place) {
    case BEFORE_LAYOUT:
        if (event->kind != JSON_OBJECT)
            return refuse(reader, json, "is not an object");
        reader->place = IN_LAYOUT;
        return 0;
    case IN_BLOCKS:
        return take_block(reader, json, event);
    case IN_PARAMETERS:
        return take_parameter(reader, json, event);
    case IN_SYMBOLS:
        return take_symbol(reader, json, event);
    default:
        return take_field(reader, json, event);
    }
}

/* ---- ends ---- */

static int check_fields(layout_reader *reader, json_reader *json)
{
    for (layout_field field = 0; field < FIELDS; field++)
        if (shapes[field].place == reader->place && !reader->seen[field])
            return refuse(reader, json, "\"%s\" is missing", shapes[field].name);
    return 0;
}

static int end_block(layout_reader *reader, json_reader *json)
{
    int code = check_fields(reader, json);
    const layout_visitor *visitor = reader->visitor;
    if (code == 0 && visitor->block)
        code = visitor->block(visitor->context, reader->position, &reader->block);
    reader->place = IN_BLOCKS;
    reader->position++;
    return code;
}

/* The end of the array or object that is this place. */
static int take_end(layout_reader *reader, json_reader *json)
{
    switch (reader->place) {
    case IN_PARAMETERS:
        if (reader->parameters != sizeof reader->block.encoder_parameters)
            return refuse(reader, json, "\"encoder_parameters\" holds %zu octets, not 12",
                          reader->parameters);
        reader->place = IN_BLOCK;
        return 0;
    case IN_SYMBOLS:
        if (reader->block.symbols_count == 0)
            return refuse(reader, json, "\"symbols\" is empty");
        reader->place = IN_BLOCK;
        return 0;
    case IN_BLOCK:
        return end_block(reader, json);
    case IN_BLOCKS:
        if (reader->position == 0)
            return refuse(reader, json, "\"blocks\" is empty");
        reader->place = IN_LAYOUT;
        return 0;
    default:
        return check_fields(reader, json);
    }
}

static int skip(layout_reader *reader, json_kind kind)
{
    if (kind == JSON_OBJECT || kind == JSON_ARRAY)
        reader->skipped++;
    else if (kind == JSON_OBJECT_END || kind == JSON_ARRAY_END)
        reader->skipped--;
    return 0;
}

static int take_event(void *context, json_reader *json, const json_event *event)
{
    layout_reader *reader = context;
    if (reader->skipped > 0)
        return skip(reader, event->kind);
    switch (event->kind) {
    case JSON_KEY:
        return take_key(reader, json, event);
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
        return take_end(reader, json);
    default:
        return take_value(reader, json, event);
    }
}

int layout_read(layout_source source, void *source_context, const layout_visitor *visitor,
                const rq_allocator *allocator, rq_error *error)
{
    layout_reader reader = {.visitor = visitor, .error = error};
    return json_read(source, source_context, take_event, &reader, allocator, error);
}
