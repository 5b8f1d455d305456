/* What verify and repair find, printed while they work: as a table of the blocks that are not well,
 * or as JSON of all blocks. */
#ifndef CLI_HEALTH_H
#define CLI_HEALTH_H

#include "options.h"

typedef struct health_printer {
    bool json, quiet, repair, dry_run;
    rq_observer observer; /* for the library: it prints */
    bool begun, in_block;
    int list; /* JSON: the RQ_SYMBOL_ state whose names are being listed, 0: none */
} health_printer;

/* Makes the printer the observer of the options. It must stay where it is. */
void health_begin(health_printer *printer, cli_settings *settings, bool repair);
/* Prints the sum: of all blocks, or if not complete, of those that were done with. Returns the exit
 * status of what was printed. */
int health_end(health_printer *printer, const char *command, const rq_health *sum, bool complete);

/* "3 symbols are damaged and 1 is missing" into text, which it returns. */
const char *health_words(char *text, size_t size, const rq_health *health);

#endif
