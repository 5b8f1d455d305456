/* A JSON text from a stream as a sequence of events, in memory that does not depend on the text. */
#ifndef LAYOUT_JSON_H
#define LAYOUT_JSON_H

#include "layout/layout.h"

enum { JSON_DEEPEST = 32 }; /* arrays and objects within each other */

typedef enum json_kind {
    JSON_OBJECT,
    JSON_OBJECT_END,
    JSON_ARRAY,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_WORD, /* true, false, null */
} json_kind;

/* text holds, not NUL-terminated and until the handler returns, a key's or string's characters
 * without escapes or a number as it is written. */
typedef struct json_event {
    json_kind kind;
    const char *text;
    size_t length;
} json_event;

typedef struct json_reader json_reader;

/* Other than 0 stops the reader, which returns it. */
typedef int (*json_handler)(void *context, json_reader *reader, const json_event *event);

/* Refuses with RQ_ERROR_DECODE what is not one JSON value in UTF-8, nests deeper than JSON_DEEPEST
 * or has tokens longer than JSON_TOKEN_LONGEST. RQ_ERROR_MEMORY if the allocator refuses. */
int json_read(layout_source source, void *source_context, json_handler handler, void *context,
              const rq_allocator *allocator, rq_error *error);

/* The line of the event at hand, from 1. */
uint64_t json_line(json_reader *reader);

#endif
