/* YAJL behind a fence.
 *
 * YAJL 2.1 never looks whether an allocation succeeded, so it must not be able to fail: all that it
 * allocates comes from an arena that is reserved with the reader before the first octet is parsed.
 * The arena cannot run dry, because YAJL's appetite is bounded by what it is fed. It allocates
 *   - four small structs and an error message, under 1 KiB together;
 *   - one byte a nesting level, 128 at a time: JSON_DEEPEST keeps it to the first 128;
 *   - two buffers, for a token that is split between chunks and for a string without its escapes.
 *     Each starts at 2 KiB and doubles until it is larger than the longest token, so it ends at
 *     64 KiB and takes 126 KiB in all where nothing is ever reused.
 * The octets themselves pass json_text first, which bounds the tokens and refuses what YAJL would
 * read wrongly. yajl_tree (CVE-2023-33460) is not used, and buffers of 64 KiB are far from where
 * their growth overflows (CVE-2022-24795). */
#include "layout/json.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#include <yajl/yajl_parse.h>
#include <yajl/yajl_version.h>

#include "error/error.h"
#include "layout/json_text.h"

#if YAJL_MAJOR != 2 || YAJL_MINOR != 1
#error "the bound on the arena was derived from YAJL 2.1: derive it anew"
#endif

enum {
    CHUNK_SIZE = 16384,
    BUFFER_FIRST = 2048,
    BUFFER_LAST = 65536,
    BUFFER_STEPS = 6, /* 2, 4, 8, 16, 32, 64 KiB */
    SMALL_THINGS = 2048,
    BLOCK_HEADER = alignof(max_align_t),
    ARENA_SIZE = 2 * (2 * BUFFER_LAST - BUFFER_FIRST + BUFFER_STEPS * BLOCK_HEADER) + SMALL_THINGS,
};
_Static_assert(BUFFER_LAST >= JSON_TOKEN_LONGEST + 1, "a buffer holds a token and a NUL");
_Static_assert(BLOCK_HEADER >= sizeof(size_t), "a header holds the block's size");

struct json_reader {
    json_handler handler;
    void *context;
    rq_error *error;
    yajl_handle yajl;
    json_text text;
    unsigned depth;
    int stopped;   /* with this code, by the handler or by the fence within a callback */
    uint64_t line; /* of the octet at chunk + counted */
    size_t counted;
    size_t chunk_size;
    uint8_t chunk[CHUNK_SIZE];
    size_t arena_used;
    alignas(max_align_t) uint8_t arena[ARENA_SIZE];
};

/* ---- the arena: blocks one after the other, each behind its size; what is freed stays ---- */

static void *arena_allocate(void *context, size_t size)
{
    json_reader *reader = context;
    const size_t left = ARENA_SIZE - reader->arena_used;
    if (left < BLOCK_HEADER || size > left - BLOCK_HEADER)
        return NULL;
    uint8_t *block = reader->arena + reader->arena_used;
    memcpy(block, &size, sizeof size);
    const size_t end = reader->arena_used + BLOCK_HEADER + size;
    const size_t aligned = (end + BLOCK_HEADER - 1) / BLOCK_HEADER * BLOCK_HEADER;
    reader->arena_used = aligned < ARENA_SIZE ? aligned : ARENA_SIZE;
    return block + BLOCK_HEADER;
}

static void *arena_reallocate(void *context, void *memory, size_t size)
{
    uint8_t *moved = arena_allocate(context, size);
    if (moved && memory) {
        size_t old_size;
        memcpy(&old_size, (uint8_t *)memory - BLOCK_HEADER, sizeof old_size);
        memcpy(moved, memory, old_size < size ? old_size : size);
    }
    return moved;
}

static void arena_release(void *context, void *memory)
{
    (void)context;
    (void)memory;
}

/* ---- places and refusals ---- */

static uint64_t line_at(json_reader *reader, size_t position)
{
    if (position > reader->chunk_size)
        position = reader->chunk_size;
    for (; reader->counted < position; reader->counted++)
        reader->line += reader->chunk[reader->counted] == '\n';
    return reader->line;
}

uint64_t json_line(json_reader *reader)
{
    return line_at(reader, yajl_get_bytes_consumed(reader->yajl));
}

static int refuse(json_reader *reader, uint64_t line, const char *fault)
{
    return error_set(reader->error, RQ_ERROR_DECODE, "layout: line %" PRIu64 ": %s", line, fault);
}

/* ---- YAJL's callbacks: 0 cancels ---- */

static int emit(json_reader *reader, json_kind kind, const void *text, size_t length)
{
    const json_event event = {kind, text, length};
    reader->stopped = reader->handler(reader->context, reader, &event);
    return reader->stopped == 0;
}

static int enter(json_reader *reader, json_kind kind)
{
    if (reader->depth == JSON_DEEPEST) {
        reader->stopped = refuse(reader, json_line(reader), "nests deeper than 32");
        return 0;
    }
    reader->depth++;
    return emit(reader, kind, NULL, 0);
}

static int leave(json_reader *reader, json_kind kind)
{
    reader->depth--;
    return emit(reader, kind, NULL, 0);
}

static int on_null(void *context)
{
    return emit(context, JSON_WORD, NULL, 0);
}

static int on_boolean(void *context, int value)
{
    (void)value;
    return emit(context, JSON_WORD, NULL, 0);
}

static int on_number(void *context, const char *text, size_t length)
{
    return emit(context, JSON_NUMBER, text, length);
}

static int on_string(void *context, const unsigned char *text, size_t length)
{
    return emit(context, JSON_STRING, text, length);
}

static int on_key(void *context, const unsigned char *text, size_t length)
{
    return emit(context, JSON_KEY, text, length);
}

static int on_object(void *context)
{
    return enter(context, JSON_OBJECT);
}

static int on_object_end(void *context)
{
    return leave(context, JSON_OBJECT_END);
}

static int on_array(void *context)
{
    return enter(context, JSON_ARRAY);
}

static int on_array_end(void *context)
{
    return leave(context, JSON_ARRAY_END);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_object_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_array_end,
};

/* ---- the stream ---- */

static int yajl_result(json_reader *reader, yajl_status status)
{
    if (status == yajl_status_ok)
        return RQ_OK;
    if (status == yajl_status_client_canceled)
        return reader->stopped;
    char fault[160] = "is not JSON";
    unsigned char *words = yajl_get_error(reader->yajl, 0, NULL, 0);
    if (words)
        snprintf(fault, sizeof fault, "is not JSON: %.*s", (int)strcspn((char *)words, "\n"),
                 (char *)words);
    return refuse(reader, json_line(reader), fault);
}

/* Fills the chunk however little the source gives at a time: YAJL reads a split token from its
 * start again with every chunk. */
static int fill_chunk(json_reader *reader, layout_source source, void *source_context)
{
    line_at(reader, reader->chunk_size);
    reader->counted = 0;
    reader->chunk_size = 0;
    size_t got = 0;
    do {
        const int code = source(source_context, reader->chunk + reader->chunk_size,
                                CHUNK_SIZE - reader->chunk_size, &got);
        if (code != 0)
            return code;
        reader->chunk_size += got;
    } while (got > 0 && reader->chunk_size < CHUNK_SIZE);
    return RQ_OK;
}

/* What is sound goes to YAJL before the fault behind it is told: the first error in the text is the
 * one that is reported, wherever the chunks end. */
static int parse_chunk(json_reader *reader)
{
    const char *fault;
    const size_t sound = json_text_check(&reader->text, reader->chunk, reader->chunk_size, &fault);
    if (sound > 0) {
        const int code = yajl_result(reader, yajl_parse(reader->yajl, reader->chunk, sound));
        if (code != RQ_OK)
            return code;
    }
    return fault ? refuse(reader, line_at(reader, sound), fault) : RQ_OK;
}

static int parse_stream(json_reader *reader, layout_source source, void *source_context)
{
    bool empty = true;
    for (;; empty = false) {
        int code = fill_chunk(reader, source, source_context);
        if (code == RQ_OK && reader->chunk_size == 0)
            break;
        if (code == RQ_OK)
            code = parse_chunk(reader);
        if (code != RQ_OK)
            return code;
    }
    if (empty)
        return error_set(reader->error, RQ_ERROR_DECODE, "layout: is empty");
    const char *fault = json_text_end(&reader->text);
    if (fault)
        return refuse(reader, reader->line, fault);
    return yajl_result(reader, yajl_complete_parse(reader->yajl));
}

int json_read(layout_source source, void *source_context, json_handler handler, void *context,
              const rq_allocator *allocator, rq_error *error)
{
    json_reader *reader = memory_allocate(allocator, 1, sizeof *reader);
    if (!reader)
        return error_set(error, RQ_ERROR_MEMORY, "layout: reading it takes %zu KiB of memory",
                         sizeof *reader / 1024 + 1);
    reader->handler = handler;
    reader->context = context;
    reader->error = error;
    reader->text = (json_text){0};
    reader->depth = 0;
    reader->stopped = RQ_OK;
    reader->line = 1;
    reader->counted = 0;
    reader->chunk_size = 0;
    reader->arena_used = 0;
    yajl_alloc_funcs arena = {arena_allocate, arena_reallocate, arena_release, reader};
    reader->yajl = yajl_alloc(&callbacks, &arena, reader);
    const int code = parse_stream(reader, source, source_context);
    memory_release(allocator, reader, 1, sizeof *reader); /* and all that YAJL allocated */
    return code;
}
