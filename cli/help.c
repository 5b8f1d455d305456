#include "help.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

#define TEXT_COLUMN 28
#define TEXT_WIDTH  51

static void print_operands(FILE *file, const cli_command *command)
{
    for (int i = 0; i < command->operands_most; i++)
        fprintf(file, i < command->operands_least ? " %s" : " [%s]", command->operands[i].name);
}

static void print_usage(FILE *file, const char *before, const cli_command *command)
{
    const char *options = command == &command_help ? "" : " [options]";
    fprintf(file, "%srq %s%s", before, command->name, options);
    print_operands(file, command);
    putc('\n', file);
    if (command->other_usage)
        fprintf(file, "%*srq %s %s\n", (int)strlen(before), "", command->name,
                command->other_usage);
}

void help_short(FILE *file)
{
    for (size_t i = 0; i < command_count; i++)
        print_usage(file, i == 0 ? "usage: " : "       ", command_table[i]);
}

/* Prints a text whose later lines begin at the column where the first does. */
static void print_indented(const char *text)
{
    for (; *text; text++) {
        putchar(*text);
        if (*text == '\n')
            printf("%*s", TEXT_COLUMN, "");
    }
}

static void print_option(const option_row *row, const cli_settings *defaults)
{
    char letter[] = "    ", left[TEXT_COLUMN + 1];
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name, row->value ? " " : "",
             row->value ? row->value : "");
    printf("  %-*s", TEXT_COLUMN - 2, left);
    print_indented(row->text);
    if (row->default_note) {
        char note[80];
        snprintf(note, sizeof note, "(default %" PRIu64 "%s)", option_number(row, defaults),
                 row->default_note);
        const char *last_line = strrchr(row->text, '\n');
        size_t length = strlen(last_line ? last_line + 1 : row->text);
        if (length + 1 + strlen(note) <= TEXT_WIDTH)
            printf(" %s", note);
        else
            printf("\n%*s%s", TEXT_COLUMN, "", note);
    }
    putchar('\n');
}

int help_command(const cli_command *command)
{
    cli_settings defaults;
    settings_init(&defaults);
    print_usage(stdout, "usage: ", command);
    printf("\n%s", command->description);
    if (command->bit != 0)
        printf("\noptions:\n");
    for (const option_row *row = option_table; row < option_table + option_count; row++) {
        if (row->commands & command->bit)
            print_option(row, &defaults);
    }
    printf("\nexamples:\n%s", command->examples);
    return finish_output("help");
}

static int help_overview(void)
{
    printf("rq turns files into RaptorQ (RFC 6330) symbols, of which any large enough part\n"
           "gives the file back, within a memory limit.\n\n");
    help_short(stdout);
    printf("       rq --version\n\ncommands:\n");
    for (size_t i = 0; i < command_count; i++)
        printf("  %-10s%s\n", command_table[i]->name, command_table[i]->summary);
    printf("\n`rq help COMMAND` tells the options of a command. They may stand anywhere before\n"
           "a '--', which ends them. '-' is standard input as encode's INPUT, and standard\n"
           "output as decode's OUTPUT or metadata's LAYOUT_FILE.\n"
           "Results go to standard output, everything else to standard error.\n"
           "\nexit status:\n");
    for (size_t i = 0; i < status_count; i++)
        printf("  %3d  %s\n", status_table[i].status, status_table[i].meaning);
    return finish_output("help");
}

static int run(cli_settings *settings)
{
    if (settings->operand_count < 2)
        return help_overview();
    const cli_command *command = command_find(settings->operands[1]);
    if (command)
        return help_command(command);
    say("help: there is no command '%s'; see: rq help", settings->operands[1]);
    return STATUS_USAGE;
}

const cli_command command_help = {
    .name = "help",
    .operands_least = 0,
    .operands_most = 1,
    .operands = {{.name = "command"}},
    .summary = "show this, or the options of a command",
    .description = "Shows the commands and exit statuses, or the options of one command.\n",
    .examples = "  rq help encode\n",
    .run = run,
};
