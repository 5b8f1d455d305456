#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "command.h"

void help_short(FILE *file);                  /* the usage of every command */
int help_command(const cli_command *command); /* all about one; returns the exit status */

#endif
