/* Paths come as bytes. The ABI promises to refuse what is not UTF-8; messages and results, which
 * are, tell of the rest as far as it is text. */
#ifndef ERROR_UTF8_H
#define ERROR_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* True if the NUL-terminated text is UTF-8 (RFC 3629: no overlong forms, no surrogates). */
bool utf8_valid(const char *text);
/* How many bytes the character takes that a NUL-terminated text begins with; 0 if it is none. */
size_t utf8_character(const char *text);

#endif
