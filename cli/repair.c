#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "format.h"
#include "health.h"
#include "progress.h"
#include "report.h"

static void print_summary(const cli_settings *settings, const rq_health *health, double seconds)
{
    char symbols[FORMAT_LENGTH], time[FORMAT_LENGTH];
    if (settings->quiet || settings->json)
        return;
    fprintf(stderr, "%s %" PRIu64 " of %s in %s\n",
            settings->library.dry_run ? "would mend" : "mended", health->symbols_mended,
            format_count(symbols, health->symbols_listed, "symbol"), format_time(time, seconds));
}

static int run(cli_settings *settings)
{
    rq_health health;
    rq_error error = {0};
    progress_state progress;
    health_printer printer;

    rq_health_init(&health);
    health_begin(&printer, settings, true);
    progress_begin(&progress, "repair", settings, true);
    int code = rq_repair(&settings->library, settings->operands[1], &health, &error);
    double seconds = progress_end(&progress);
    int printed = STATUS_DONE;
    /* What was mended in spite of a failure is a result as well. */
    if (code == RQ_OK || printer.begun)
        printed = health_end(&printer, "repair", &health, code == RQ_OK || code == RQ_ERROR_DECODE);
    if (code != RQ_OK)
        return report_failure("repair", code, &error);
    print_summary(settings, &health, seconds);
    return printed;
}

const cli_command command_repair = {
    .name = "repair",
    .bit = FOR_REPAIR,
    .operands_least = 1,
    .operands_most = 1,
    .operands = {{.name = "SYMBOLS_DIR", .is_folder = true}},
    .summary = "make damaged and missing symbols anew",
    .description = "Makes every symbol that the layout lists and that is damaged or missing anew\n"
                   "from the good ones, and puts it in its place. The file itself is not written\n"
                   "anywhere. A symbol is put back whole and only if its hash is the listed name.\n"
                   "\n"
                   "Where a block has too few good symbols, the others are mended, and the exit\n"
                   "status is 3. A folder with something in it in the place of a symbol is left\n"
                   "alone (status 6). A repair that was stopped needs but a second one.\n",
    .examples = "  rq repair symbols\n"
                "  rq repair --dry-run symbols\n"
                "      Does all but write.\n"
                "  rq repair -l photos.layout -m 64 symbols\n"
                "      The layout lies elsewhere; in 64 MB of memory.\n",
    .run = run,
};
