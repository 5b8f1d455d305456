/* The command line: one table that the parser and the help share. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* The commands an option is for. */
enum { FOR_ROOFLINE = 1, FOR_CODEC = 2, FOR_FILE = 4, FOR_ALL = 7 };

typedef struct bench_options {
    uint64_t symbol_size;
    uint64_t threads;
    uint64_t redundancy;
    uint64_t milliseconds; /* a cell */
    uint64_t size;
    uint64_t runs;
    uint64_t memory; /* MiB */
    const char *K;   /* a list */
    const char *folder;
    const char *against; /* NULL: nothing */
    bool json;
} bench_options;

/* The defaults of the command. */
void options_init(bench_options *options, unsigned command);
/* Reads what follows the command; false after saying what is wrong. */
bool options_parse(bench_options *options, unsigned command, char **arguments);
void options_help(unsigned command);

/* Takes the next number off a list such as 10,100; 0 at its end. The list was checked before. */
uint32_t options_next_K(const char **list);

#endif
