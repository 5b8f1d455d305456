/* Errors with words: fills the caller's rq_error and passes the code on, so that a failure reads
 * `return error_set(error, RQ_ERROR_IO, "cannot write \"%s\": %s", path, why);`. */
#ifndef ERROR_H
#define ERROR_H

#include "rq.h"

#if defined(__GNUC__)
#define ERROR_PRINTF __attribute__((format(printf, 3, 4)))
#else
#define ERROR_PRINTF
#endif

/* Sets code and message (cut to fit, at a character's edge) and returns code. error may be NULL. */
int error_set(rq_error *error, int code, const char *format, ...) ERROR_PRINTF;

/* Success: code 0, empty message. */
void error_clear(rq_error *error);

#endif
