/* The commands. A new one is a file with its command and a line in command_table. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stddef.h>

#include "options.h"

typedef struct cli_operand {
    const char *name;
    bool may_be_stream; /* "-" is standard input or output */
    bool is_folder;     /* a file is refused */
} cli_operand;

typedef struct cli_command {
    const char *name;
    unsigned bit; /* FOR_... in the option table */
    int operands_least, operands_most;
    cli_operand operands[2];
    const char *other_usage; /* a second form of the command, or NULL */
    const char *summary;     /* half a line, for the list of commands */
    const char *description; /* paragraphs for the command's help */
    const char *examples;
    int (*run)(cli_settings *settings); /* returns the exit status */
} cli_command;

extern const cli_command command_encode, command_decode, command_verify, command_repair,
    command_metadata, command_info, command_help;
extern const cli_command *const command_table[];
extern const size_t command_count;

const cli_command *command_find(const char *name); /* NULL if there is none */
/* Refuses operands that are missing, too many or cannot be. 0 or the exit status. */
int command_check(const cli_command *command, const cli_settings *settings);

/* Whether the operand stands for standard input or output. */
bool is_stream(const char *operand);

#endif
