/* What must hold of a JSON text before YAJL may see it, checked octet by octet. YAJL's own check of
 * UTF-8 lets overlong forms and surrogates pass, it takes \v and \f for white space, forgives a
 * string left open behind the document, reads beyond the string at half a surrogate pair
 * (CVE-2017-16516, where unpatched), and keeps a token of any length in memory. */
#ifndef LAYOUT_JSON_TEXT_H
#define LAYOUT_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_TOKEN_LONGEST = 65535 }; /* a string with its quotes, a number or a word */

/* Zeroed for a new text. */
typedef struct json_text {
    size_t token; /* octets of the token at hand */
    bool in_string;
    bool escaped;     /* the last octet was a backslash that escapes the next */
    bool half_pair;   /* the last escape was the first half of a surrogate pair */
    uint8_t hex_left; /* digits that \u still wants */
    uint16_t unit;    /* what they made so far */
    uint8_t utf8_left, utf8_low, utf8_high; /* octets to come, and the range of the next */
} json_text;

/* Checks the next octets of the text. Returns how many are sound; where that is less than size,
 * *fault says what is wrong with the one that follows, and the text must not be continued. */
size_t json_text_check(json_text *text, const uint8_t *octets, size_t size, const char **fault);

/* NULL if the text may end here, else what is wrong. */
const char *json_text_end(const json_text *text);

#endif
