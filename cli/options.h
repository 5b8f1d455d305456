/* The command line: one table that the parser and the help share. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rq.h>

/* Its name is part of the format; rq.h only speaks of it. */
#define LAYOUT_NAME "_raptorq_layout.json"

/* The commands an option is for. */
enum {
    FOR_ENCODE = 1,
    FOR_DECODE = 2,
    FOR_METADATA = 4,
    FOR_INFO = 8,
    FOR_VERIFY = 16,
    FOR_REPAIR = 32,
    FOR_ALL = 255,
    FOR_SHAPE = FOR_ENCODE | FOR_METADATA | FOR_INFO, /* how an encoding is to be */
};

/* What the command line says. */
typedef struct cli_settings {
    rq_options library;
    const char *parameters;
    bool json, quiet, memory, help, version;
    char **operands; /* the command's name first */
    int operand_count;
    uint32_t given; /* bit i: option_table[i] was there */
} cli_settings;

enum option_kind { OPTION_FLAG, OPTION_NUMBER, OPTION_SIZE, OPTION_TEXT };

typedef struct option_row {
    char letter; /* 0: none */
    const char *name;
    const char *value; /* what the value is called, NULL for a flag */
    enum option_kind kind;
    unsigned commands;
    size_t offset, width;       /* of the field in settings */
    uint64_t smallest, largest; /* of a number; a flag sets its field to largest */
    uint64_t unit;              /* the field is the number times unit */
    const char *text;           /* for the help; lines of at most 50 columns */
    const char *default_note;   /* follows the default in the help; NULL: no default is shown */
} option_row;

extern const option_row option_table[];
extern const size_t option_count;

/* The defaults, this machine's included. */
void settings_init(cli_settings *settings);
/* Reads the options wherever they stand before "--" and leaves the operands at the front of
 * arguments, which end with NULL. 0, or the exit status after saying what is wrong. */
int settings_parse(cli_settings *settings, char **arguments);
/* Refuses options that are not for the command, and folders that are none. Likewise. */
int settings_check(const cli_settings *settings, const char *command_name, unsigned command);

/* The number that settings hold for an option, in its unit. */
uint64_t option_number(const option_row *row, const cli_settings *settings);

#endif
