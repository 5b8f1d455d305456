#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "format.h"
#include "health.h"
#include "progress.h"
#include "report.h"

/* What was found is the exit status. */
static int judge(const rq_health *health)
{
    char text[128];
    if (health->blocks_lost > 0) {
        say("verify: %" PRIu64 " of %" PRIu64 " blocks cannot be had back: at least %" PRIu64
            " more good symbols are needed",
            health->blocks_lost, health->blocks, health->symbols_lacking);
        return STATUS_TOO_FEW;
    }
    if (health->symbols_damaged + health->symbols_missing == 0)
        return STATUS_DONE;
    say("verify: %s; the file can be had back", health_words(text, sizeof text, health));
    return STATUS_UNSOUND;
}

static int run(cli_settings *settings)
{
    rq_health health;
    rq_error error = {0};
    progress_state progress;
    health_printer printer;

    rq_health_init(&health);
    health_begin(&printer, settings, false);
    progress_begin(&progress, "verify", settings, true);
    int code = rq_verify(&settings->library, settings->operands[1], &health, &error);
    double seconds = progress_end(&progress);
    if (code != RQ_OK) {
        if (printer.begun)
            (void)health_end(&printer, "verify", &health, false);
        return report_failure("verify", code, &error);
    }
    int printed = health_end(&printer, "verify", &health, true);
    int status = judge(&health);
    if (status == STATUS_DONE && !settings->quiet && !settings->json) {
        char symbols[FORMAT_LENGTH], time[FORMAT_LENGTH];
        fprintf(stderr, "verified %s in %s\n",
                format_count(symbols, health.symbols_listed, "symbol"), format_time(time, seconds));
    }
    return status == STATUS_DONE ? printed : status;
}

const cli_command command_verify = {
    .name = "verify",
    .bit = FOR_VERIFY,
    .operands_least = 1,
    .operands_most = 1,
    .operands = {{.name = "SYMBOLS_DIR", .is_folder = true}},
    .summary = "check all symbols and whether they are enough",
    .description =
        "Reads every symbol that the layout lists, checks it against its name, and tells\n"
        "for each block that is not well how many symbols are needed, good, damaged (and\n"
        "which), missing, and to spare, and whether the good ones give the block back.\n"
        "That is worked out, not guessed from their number.\n"
        "\n"
        "The exit status is 0 if all symbols are good, 7 if some are not but nothing is\n"
        "lost, and 3 if a block cannot be had back. With -q it says it all.\n",
    .examples = "  rq verify symbols\n"
                "  rq verify -q symbols || rq repair symbols\n"
                "  rq verify --json symbols | jq '.blocks[].damaged[]'\n",
    .run = run,
};
