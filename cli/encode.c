#include "command.h"
#include "outcome.h"
#include "progress.h"
#include "report.h"
#include "system.h"

static int run(cli_settings *settings)
{
    const char *input = settings->operands[1], *symbols_dir = settings->operands[2];
    int failure = 0;
    const rq_reader reader = {
        .struct_size = sizeof reader, .context = &failure, .read = system_read_input};
    rq_result *result = NULL;
    rq_error error = {0};
    progress_state progress;

    progress_begin(&progress, "encode", settings, false);
    int code = is_stream(input)
                   ? rq_encode_stream(&settings->library, &reader, symbols_dir, &result, &error)
                   : rq_encode(&settings->library, input, symbols_dir, &result, &error);
    double seconds = progress_end(&progress);
    explain_stream(&error, "read standard input", failure);
    if (code != RQ_OK)
        return report_failure("encode", code, &error);

    int status = STATUS_DONE;
    if (settings->json)
        status = print_line("encode", rq_result_json(result));
    else
        outcome_summary(settings, "encoded", "into", result, seconds);
    rq_result_free(result);
    return status;
}

const cli_command command_encode = {
    .name = "encode",
    .bit = FOR_ENCODE,
    .operands_least = 2,
    .operands_most = 2,
    .operands = {{.name = "INPUT", .may_be_stream = true},
                 {.name = "SYMBOLS_DIR", .is_folder = true}},
    .summary = "turn a file into a folder of symbols",
    .description =
        "Turns INPUT, a file or '-' for standard input, into symbols: files in\n"
        "SYMBOLS_DIR/block_N/, each named by the BLAKE3 of its bytes, and a layout that\n"
        "lists them. Any symbols that are together as long as the input, or one or two\n"
        "more for each block, give it back.\n"
        "\n"
        "SYMBOLS_DIR is created where it is missing. An earlier encoding in it is\n"
        "replaced once the new one is complete, and left alone if the work fails.\n",
    .examples = "  rq encode photos.tar symbols\n"
                "      Four times the length of photos.tar in symbols of 64 kB: any quarter of\n"
                "      them is enough.\n"
                "  rq encode -s 1280 -r 2 -m 64 photos.tar symbols\n"
                "      Symbols that fit a packet, twice the length, in 64 MB of memory.\n"
                "  tar c photos | rq encode -b 64M - symbols\n"
                "      From a pipe of any length, in blocks of 64 MB.\n"
                "  rq encode --json photos.tar symbols > result.json\n"
                "      Counts, blocks and parameters for a script.\n",
    .run = run,
};
