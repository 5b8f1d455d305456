/* The progress line on a terminal, and the way in which a signal stops the work. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

#include "options.h"

typedef struct progress_state {
    const char *name; /* of the command */
    double start;     /* in system_seconds */
    double drawn;     /* when the line was drawn last */
    bool show;        /* there is a line to draw at all */
    bool visible;     /* it is on the screen */
} progress_state;

/* Starts the clock and hooks the progress to the options. output: the work writes to standard
 * output, so the line is not shown where that is the terminal as well. */
void progress_begin(progress_state *progress, const char *name, cli_settings *settings,
                    bool output);
/* Wipes the line; the seconds since progress_begin. */
double progress_end(progress_state *progress);

#endif
