#include <stdio.h>
#include <string.h>

#include "command.h"
#include "outcome.h"
#include "progress.h"
#include "report.h"

/* Prints the string in which a JSON text keeps the layout. It is rq.h's own JSON: the escapes are
 * the short ones, since a layout has no other control characters than newlines. */
static int print_layout(const char *json)
{
    static const char key[] = "\"layout_content\":\"", letters[] = "nrtbf", meant[] = "\n\r\t\b\f";
    const char *next = strstr(json, key); /* in a value its quotation marks would be escaped */
    if (!next) {
        say("metadata: The result holds no layout");
        return STATUS_FAILED;
    }
    next += sizeof key - 1;
    while (*next && *next != '"') {
        size_t plain = strcspn(next, "\\\"");
        fwrite(next, 1, plain, stdout);
        next += plain;
        if (next[0] == '\\' && next[1]) {
            const char *letter = strchr(letters, next[1]);
            putchar(letter ? meant[letter - letters] : next[1]);
            next += 2;
        }
    }
    return finish_output("metadata");
}

static int run(cli_settings *settings)
{
    const char *layout = settings->operands[2];
    rq_result *result = NULL;
    rq_error error = {0};
    progress_state progress;

    progress_begin(&progress, "metadata", settings, is_stream(layout));
    int code = rq_metadata(&settings->library, settings->operands[1],
                           is_stream(layout) ? NULL : layout, &result, &error);
    double seconds = progress_end(&progress);
    if (code != RQ_OK)
        return report_failure("metadata", code, &error);

    int status = STATUS_DONE;
    if (settings->json)
        status = print_line("metadata", rq_result_json(result));
    else if (is_stream(layout))
        status = print_layout(rq_result_json(result));
    if (status == STATUS_DONE && !settings->json)
        outcome_summary(settings, "listed", "as", result, seconds);
    rq_result_free(result);
    return status;
}

const cli_command command_metadata = {
    .name = "metadata",
    .bit = FOR_METADATA,
    .operands_least = 2,
    .operands_most = 2,
    .operands = {{.name = "INPUT"}, {.name = "LAYOUT_FILE", .may_be_stream = true}},
    .summary = "make the layout alone, writing no symbols",
    .description =
        "Writes to LAYOUT_FILE, or to standard output for '-', the layout that an encode\n"
        "of INPUT with the same options would make: the names of all symbols and the\n"
        "parameters of all blocks. No symbol is written. INPUT must be a file.\n"
        "\n"
        "With --json and '-', the layout is in the result, as layout_content.\n",
    .examples = "  rq metadata photos.tar photos.layout\n"
                "  rq metadata -r 6 photos.tar - | sha256sum\n",
    .run = run,
};
