#include "command.h"

#include <stdio.h>
#include <string.h>

#include "report.h"
#include "system.h"

const cli_command *const command_table[] = {
    &command_encode,   &command_decode, &command_verify, &command_repair,
    &command_metadata, &command_info,   &command_help,
};

const size_t command_count = sizeof command_table / sizeof command_table[0];

const cli_command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(command_table[i]->name, name) == 0)
            return command_table[i];
    }
    return NULL;
}

bool is_stream(const char *operand)
{
    return strcmp(operand, "-") == 0;
}

static int check_operand(const cli_command *command, const cli_operand *operand, const char *text)
{
    uint64_t size;
    if (*text == 0)
        say("%s: %s is empty", command->name, operand->name);
    else if (is_stream(text) && !operand->may_be_stream)
        say("%s: %s cannot be '-' (for a file of that name: ./-)", command->name, operand->name);
    else if (operand->is_folder && system_file_size(text, &size) == 0)
        say("%s: %s is a folder of symbols, but \"%s\" is a file", command->name, operand->name,
            text);
    else
        return 0;
    return STATUS_USAGE;
}

int command_check(const cli_command *command, const cli_settings *settings)
{
    int count = settings->operand_count - 1, status = 0;
    for (int i = 0; i < count && i < command->operands_most && status == 0; i++)
        status = check_operand(command, &command->operands[i], settings->operands[i + 1]);
    if (status != 0)
        return status;
    if (count > command->operands_most) {
        say("%s: there is one argument too many: %s; see: rq help %s", command->name,
            settings->operands[command->operands_most + 1], command->name);
        return STATUS_USAGE;
    }
    if (count < command->operands_least) {
        say("%s: %s is missing; see: rq help %s", command->name, command->operands[count].name,
            command->name);
        return STATUS_USAGE;
    }
    return 0;
}
