/* What rq says: errors, and with which exit status it ends. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <rq.h>

enum {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_TOO_FEW = 3,
    STATUS_MEMORY = 4,
    STATUS_NOT_FOUND = 5,
    STATUS_IO = 6,
    STATUS_UNSOUND = 7,
    STATUS_SIGNAL = 128, /* plus the signal's number */
};

typedef struct status_row {
    int status;
    const char *meaning;
} status_row;

extern const status_row status_table[];
extern const size_t status_count;

#ifdef __GNUC__
#define REPORT_FORMAT __attribute__((format(printf, 1, 2)))
#else
#define REPORT_FORMAT
#endif

/* One line on standard error after "rq: ". Control characters, which names from elsewhere may hold,
 * do not reach the terminal. */
void say(const char *format, ...) REPORT_FORMAT;

/* Where a stream of ours failed (errno_value not 0), only we know why: makes it the message. */
void explain_stream(rq_error *error, const char *what, int errno_value);

/* Says what failed and, where it is known, the remedy. Returns the exit status. */
int report_failure(const char *command, int code, const rq_error *error);

/* Prints a line on standard output; or makes sure that what was printed there arrived. Both return
 * the exit status. */
int print_line(const char *command, const char *text);
int finish_output(const char *command);

#endif
