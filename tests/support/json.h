/* Looks into JSON text in place: a value is the piece of text that holds it. For well-formed text
 * made by this project or its golden data; it checks nothing. */
#ifndef SUPPORT_JSON_H
#define SUPPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct json {
    const char *text; /* NULL: there is no such value */
    size_t length;
} json;

/* The first value in a NUL-terminated text. */
json json_of(const char *text);
/* The value of a member of an object. */
json json_member(json object, const char *name);
/* Element i of an array; and how many there are. */
json json_element(json array, size_t i);
size_t json_count(json array);
/* Goes through an array: the element after previous, the first if previous.text is NULL. */
json json_next(json array, json previous);

uint64_t json_number(json value);
int64_t json_integer(json value);
/* A string without escapes; cut to size. */
void json_string(json value, char *text, size_t size);

/* The value without white space between its tokens. Freed with free(). */
char *json_compact(json value);
/* The NUL-terminated text with the piece value replaced. Freed with free(). */
char *json_replace(const char *text, json value, const char *replacement);

#endif
