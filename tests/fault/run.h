/* Runs programs and waits for their ends. Whatever goes wrong with that ends this one. */
#ifndef FAULT_RUN_H
#define FAULT_RUN_H

enum { RUN_KILLED = 128 + 9, RUN_TOO_LONG = 124 };

/* Must come before the first run: ends of programs are waited for as signals, with a limit. */
void run_begin(void);

/* Runs the program arguments[0], NULL being the last argument, with an empty input and this
 * process's environment; the files `out` and `err` get what it prints.
 *
 * Returns its status as a shell tells it: 128 + the signal if one ended it; RUN_TOO_LONG if it was
 * not through after 20 s, and was killed. */
int run(char *const *arguments);

#endif
