#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "format.h"
#include "outcome.h"
#include "progress.h"
#include "report.h"
#include "system.h"

#define BLOCK_DIGITS 24 /* hexadecimal, of the 12 bytes of one block */

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* Reads --params into new memory, which the caller frees. 0 or the exit status. */
static int read_parameters(const char *text, uint8_t **bytes, size_t *size)
{
    size_t digits = strlen(text);
    for (size_t i = 0; i < digits; i++) {
        if (digit_value(text[i]) < 0) {
            say("--params: character %zu is not a hexadecimal digit", i + 1);
            return STATUS_USAGE;
        }
    }
    if (digits == 0 || digits % BLOCK_DIGITS != 0) {
        say("--params: there are %zu digits; it takes %d for each block", digits, BLOCK_DIGITS);
        return STATUS_USAGE;
    }
    *size = digits / 2;
    *bytes = malloc(*size);
    if (!*bytes) {
        say("decode: There is no memory for the parameters");
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < *size; i++)
        (*bytes)[i] = (uint8_t)(digit_value(text[2 * i]) << 4 | digit_value(text[2 * i + 1]));
    return 0;
}

static int check(const cli_settings *settings)
{
    bool stream = is_stream(settings->operands[2]);
    const char *wrong = NULL;
    if (settings->parameters && settings->library.layout_path)
        wrong = "--layout and --params exclude each other";
    else if (settings->parameters && stream)
        wrong = "with --params, OUTPUT must be a file";
    else if (settings->json && stream)
        wrong = "--json and OUTPUT '-' both want standard output";
    if (!wrong)
        return 0;
    say("decode: %s", wrong);
    return STATUS_USAGE;
}

static int work(cli_settings *settings, rq_decode_report *report, rq_error *error)
{
    const char *symbols_dir = settings->operands[1], *output = settings->operands[2];
    int failure = 0;
    const rq_writer writer = {
        .struct_size = sizeof writer, .context = &failure, .write = system_write_output};
    if (!is_stream(output))
        return rq_decode(&settings->library, symbols_dir, output, report, error);
    int code = rq_decode_stream(&settings->library, symbols_dir, &writer, report, error);
    explain_stream(error, "write standard output", failure);
    return code;
}

/* The damaged symbols for the JSON: the first so many that were found. */
#define DAMAGED_LISTED 1000
#define NAME_SIZE      45 /* base58 of 32 bytes, and the NUL */

typedef struct damaged_list {
    size_t count;
    struct {
        uint64_t block_id;
        char name[NAME_SIZE];
    } items[DAMAGED_LISTED];
} damaged_list;

static int take_symbol(void *context, uint64_t block_id, const char *name, int state)
{
    damaged_list *list = context;
    if (state != RQ_SYMBOL_DAMAGED || list->count == DAMAGED_LISTED)
        return 0;
    list->items[list->count].block_id = block_id;
    snprintf(list->items[list->count].name, NAME_SIZE, "%s", name);
    list->count++;
    return 0;
}

static int print_report(const rq_decode_report *report, const damaged_list *damaged)
{
    printf("{\"bytes_written\":%" PRIu64 ",\"symbols_good\":%" PRIu64
           ",\"symbols_damaged\":%" PRIu64 ",\"symbols_missing\":%" PRIu64 ",\"damaged\":[",
           report->bytes_written, report->symbols_good, report->symbols_damaged,
           report->symbols_missing);
    for (size_t i = 0; i < damaged->count; i++)
        printf("%s{\"block_id\":%" PRIu64 ",\"name\":\"%s\"}", i > 0 ? "," : "",
               damaged->items[i].block_id, damaged->items[i].name);
    puts("]}");
    return finish_output("decode");
}

static void print_summary(const rq_decode_report *report, double seconds)
{
    char size[FORMAT_LENGTH], symbols[FORMAT_LENGTH], time[FORMAT_LENGTH], rate[FORMAT_LENGTH];
    fprintf(stderr, "decoded %s from %s in %s%s\n", format_bytes(size, report->bytes_written),
            format_count(symbols, report->symbols_good, "symbol"), format_time(time, seconds),
            outcome_rate(rate, sizeof rate, report->bytes_written, seconds));
    if (report->symbols_damaged > 0)
        fprintf(stderr, "%s damaged and left out\n",
                format_count(symbols, report->symbols_damaged, "symbol"));
}

static int run(cli_settings *settings)
{
    rq_decode_report report;
    rq_error error = {0};
    progress_state progress;
    uint8_t *parameters = NULL;
    size_t parameters_size = 0;

    int status = check(settings);
    if (status == 0 && settings->parameters)
        status = read_parameters(settings->parameters, &parameters, &parameters_size);
    if (status != 0)
        return status;

    static damaged_list damaged;
    const rq_observer observer = {
        .struct_size = sizeof observer, .context = &damaged, .symbol = take_symbol};
    if (settings->json)
        settings->library.observer = &observer;
    rq_decode_report_init(&report);
    progress_begin(&progress, "decode", settings, is_stream(settings->operands[2]));
    int code = parameters ? rq_decode_parameters(&settings->library, settings->operands[1],
                                                 settings->operands[2], parameters, parameters_size,
                                                 &report, &error)
                          : work(settings, &report, &error);
    double seconds = progress_end(&progress);
    free(parameters);

    if (code != RQ_OK)
        status = report_failure("decode", code, &error);
    if (code == RQ_ERROR_NOT_FOUND && !settings->parameters && !settings->library.layout_path)
        say("name the layout with --layout, or decode without one with --params");
    if (code == RQ_ERROR_DECODE && settings->parameters && report.symbols_good == 0 &&
        report.symbols_damaged > 0)
        say("no symbol fits the parameters: are they those of these symbols?");
    /* What was found says how far it is to a success, so it is a result of a failure too. */
    if (settings->json && (code == RQ_OK || code == RQ_ERROR_DECODE)) {
        int printed = print_report(&report, &damaged);
        status = status == 0 ? printed : status;
    } else if (code == RQ_OK && !settings->quiet) {
        print_summary(&report, seconds);
    }
    return status;
}

const cli_command command_decode = {
    .name = "decode",
    .bit = FOR_DECODE,
    .operands_least = 2,
    .operands_most = 2,
    .operands = {{.name = "SYMBOLS_DIR", .is_folder = true},
                 {.name = "OUTPUT", .may_be_stream = true}},
    .summary = "get the file back from enough symbols",
    .description =
        "Puts the file together from the symbols in SYMBOLS_DIR and writes it to OUTPUT,\n"
        "or to standard output for '-'. Symbols may be missing or damaged as long as\n"
        "enough good ones are left: each is checked against its name before it is used.\n"
        "\n"
        "A file OUTPUT appears when it is complete and right; if the work fails, what was\n"
        "there before is left alone. Standard output gets each block once it is complete\n"
        "and right, so look at the exit status before you trust in the end.\n"
        "\n"
        "With --json, a decode that lacks symbols (exit status 3) prints its counts and\n"
        "the damaged ones too. To look at all symbols use verify.\n",
    .examples = "  rq decode symbols photos.tar\n"
                "      The layout is symbols/" LAYOUT_NAME ".\n"
                "  rq decode -l photos.layout symbols photos.tar\n"
                "      The layout lies elsewhere.\n"
                "  rq decode symbols - | tar x\n"
                "      Into a pipe, block by block.\n"
                "  rq decode -p 000640000000fff801000a08 symbols photos.tar\n"
                "      Without a layout: what `rq info` shows as parameters is enough.\n",
    .run = run,
};
