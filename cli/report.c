#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

const status_row status_table[] = {
    {STATUS_DONE, "everything was done"},
    {STATUS_FAILED, "the work failed for a reason not listed here"},
    {STATUS_USAGE, "wrong usage: options or arguments that cannot be"},
    {STATUS_TOO_FEW, "too few good symbols, or a layout that cannot be true"},
    {STATUS_MEMORY, "the memory limit is too small"},
    {STATUS_NOT_FOUND, "a file or folder was not found or could not be opened"},
    {STATUS_IO, "a file or folder could not be read or written"},
    {STATUS_UNSOUND, "verify: symbols are damaged or missing, but nothing is lost"},
    {STATUS_SIGNAL + 2, "interrupted (143 by SIGTERM, 129 by SIGHUP)"},
};

const size_t status_count = sizeof status_table / sizeof *status_table;

void say(const char *format, ...)
{
    char text[2048];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    for (char *next = text; *next; next++) {
        if ((unsigned char)*next < 0x20 || *next == 0x7f)
            *next = '?';
    }
    fprintf(stderr, "rq: %s\n", text);
}

static int exit_status(int code)
{
    switch (code) {
    case RQ_ERROR_PARAMETER:
        return STATUS_USAGE;
    case RQ_ERROR_DECODE:
        return STATUS_TOO_FEW;
    case RQ_ERROR_MEMORY:
        return STATUS_MEMORY;
    case RQ_ERROR_NOT_FOUND:
    case RQ_ERROR_PATH:
        return STATUS_NOT_FOUND;
    case RQ_ERROR_IO:
        return STATUS_IO;
    default:
        return STATUS_FAILED;
    }
}

/* The message of RQ_ERROR_MEMORY is part of the interface: "Required: NMB, Available: MMB". */
static void hint_memory(const char *message)
{
    static const char label[] = "Required: ";
    const char *required = strstr(message, label);
    char *end;
    if (!required)
        return;
    unsigned long long megabytes = strtoull(required + sizeof label - 1, &end, 10);
    if (strncmp(end, "MB", 2) == 0)
        say("try -m %llu", megabytes);
}

void explain_stream(rq_error *error, const char *what, int errno_value)
{
    if (errno_value != 0)
        snprintf(error->message, sizeof error->message, "Failed to %s: %s", what,
                 strerror(errno_value));
}

int report_failure(const char *command, int code, const rq_error *error)
{
    if (system_interrupted()) {
        say("%s: interrupted", command);
        return STATUS_SIGNAL + system_interrupted();
    }
    say("%s: %s", command, error->message[0] ? error->message : rq_error_name(code));
    if (code == RQ_ERROR_MEMORY)
        hint_memory(error->message);
    return exit_status(code);
}

int finish_output(const char *command)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_DONE;
    if (errno != EPIPE) /* who has seen enough of it need not be told */
        say("%s: Failed to write standard output: %s", command, strerror(errno));
    return STATUS_IO;
}

int print_line(const char *command, const char *text)
{
    fputs(text, stdout);
    putchar('\n');
    return finish_output(command);
}
