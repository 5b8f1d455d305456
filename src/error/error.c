#include "error/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error/utf8.h"

/* Takes back the beginning of a character whose end did not fit. */
static void drop_cut_character(char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length - (start - 1) < wanted)
        text[start - 1] = '\0';
}

/* Paths are bytes, a message is UTF-8. */
static void mask_foreign(char *text)
{
    while (*text) {
        size_t length = utf8_character(text);
        if (length == 0)
            *text = '?';
        text += length > 0 ? length : 1;
    }
}

int error_set(rq_error *error, int code, const char *format, ...)
{
    if (!error)
        return code;
    /* The arguments may point into error->message: a failure is often told in terms of another. */
    char text[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= sizeof text)
        drop_cut_character(text, sizeof text - 1);
    mask_foreign(text);
    error->code = code;
    memcpy(error->message, text, strlen(text) + 1);
    return code;
}

void error_clear(rq_error *error)
{
    if (!error)
        return;
    error->code = RQ_OK;
    error->message[0] = '\0';
}

const char *rq_error_name(int code)
{
    switch (code) {
    case RQ_OK:
        return "ok";
    case RQ_ERROR_GENERIC:
        return "failure";
    case RQ_ERROR_PARAMETER:
        return "invalid parameter";
    case RQ_ERROR_RESPONSE:
        return "invalid response";
    case RQ_ERROR_BUFFER:
        return "buffer too small";
    case RQ_ERROR_SESSION:
        return "invalid session";
    case RQ_ERROR_IO:
        return "input or output failed";
    case RQ_ERROR_NOT_FOUND:
        return "file not found";
    case RQ_ERROR_PATH:
        return "invalid path";
    case RQ_ERROR_ENCODE:
        return "encoding failed";
    case RQ_ERROR_DECODE:
        return "decoding failed";
    case RQ_ERROR_MEMORY:
        return "memory limit exceeded";
    case RQ_ERROR_BUSY:
        return "concurrency limit reached";
    case RQ_ERROR_CANCELLED:
        return "cancelled";
    default:
        return "unknown error";
    }
}
