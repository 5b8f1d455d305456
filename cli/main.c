/* rq: RaptorQ for files, a program on rq.h. */
#include <stdio.h>

#include "command.h"
#include "help.h"
#include "report.h"
#include "system.h"

static int print_version(void)
{
    printf("rq %s (kernels: %s)\n", rq_version(), rq_kernel_name());
    return finish_output("version");
}

static int run(cli_settings *settings)
{
    if (settings->version)
        return print_version();
    if (settings->operand_count == 0) {
        if (settings->help)
            return command_help.run(settings);
        help_short(stderr);
        return STATUS_USAGE;
    }
    const cli_command *command = command_find(settings->operands[0]);
    if (!command) {
        say("there is no command '%s'; see: rq help", settings->operands[0]);
        return STATUS_USAGE;
    }
    if (settings->help)
        return help_command(command);
    int status = settings_check(settings, command->name, command->bit);
    if (status == 0)
        status = command_check(command, settings);
    return status == 0 ? command->run(settings) : status;
}

int main(int argc, char **argv)
{
    cli_settings settings;
    system_prepare();
    settings_init(&settings);
    int status = argc > 0 ? settings_parse(&settings, argv + 1) : 0;
    return status == 0 ? run(&settings) : status;
}
