/* Paths come as bytes; the ABI promises to refuse what is not UTF-8. */
#ifndef SESSION_UTF8_H
#define SESSION_UTF8_H

#include <stdbool.h>

/* True if the NUL-terminated text is UTF-8 (RFC 3629: no overlong forms, no surrogates). */
bool utf8_valid(const char *text);

#endif
