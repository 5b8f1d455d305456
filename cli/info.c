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

#define BLOCKS_SHOWN 12 /* of more, the first and the last ones */
#define MEGABYTE     (UINT64_C(1) << 20)

/* ---- a layout ------------------------------------------------------------------------------- */

static void print_block(const rq_block_info *block)
{
    rq_oti oti = {0};
    uint64_t source = block->source_symbols_count;
    uint64_t repair = block->symbols_count > source ? block->symbols_count - source : 0;
    rq_oti_parse(block->encoder_parameters, &oti);
    printf("%6" PRIu64 "  %13" PRIu64 "  %13" PRIu64 "  %5" PRIu32 "  %5u  %3u  %5u  %8" PRIu64
           "  %8" PRIu64 "\n",
           block->block_id, block->original_offset, block->size, rq_oti_source_symbols(&oti, 0),
           oti.T, oti.Z, oti.N, source, repair);
    printf("        hash        %s\n        parameters  ", *block->hash ? block->hash : "none");
    for (size_t i = 0; i < sizeof block->encoder_parameters; i++)
        printf("%02x", block->encoder_parameters[i]);
    putchar('\n');
}

static void print_table(const char *path, const rq_result *result)
{
    char size[FORMAT_LENGTH], blocks[FORMAT_LENGTH];
    size_t count = rq_result_block_count(result);
    uint64_t bytes = outcome_bytes(result), all = rq_result_symbols(result);
    uint64_t repair = rq_result_repair_symbols(result);

    printf("layout   %s\n", path);
    printf("object   %" PRIu64 " bytes (%s) in %s\n", bytes, format_bytes(size, bytes),
           format_count(blocks, count, "block"));
    printf("symbols  %" PRIu64 ": %" PRIu64 " source + %" PRIu64 " repair\n\n", all, all - repair,
           repair);
    printf("%6s  %13s  %13s  %5s  %5s  %3s  %5s  %8s  %8s\n", "block", "offset", "size", "K", "T",
           "Z", "N", "source", "repair");
    for (size_t i = 0; i < count; i++) {
        if (count > BLOCKS_SHOWN && i == BLOCKS_SHOWN - 2) {
            printf("   ...  %zu more blocks; --json shows all\n", count - (BLOCKS_SHOWN - 1));
            i = count - 1;
        }
        print_block(rq_result_block(result, i));
    }
}

/* The layout's path: that of the folder's layout, in new memory, or a copy. NULL: no memory. */
static char *layout_path(const char *operand)
{
    static const char name[] = "/" LAYOUT_NAME;
    size_t length = strlen(operand);
    char *path = malloc(length + sizeof name);
    if (!path)
        return NULL;
    memcpy(path, operand, length + 1);
    if (system_is_folder(operand)) {
        while (length > 0 && path[length - 1] == '/')
            length--;
        memcpy(path + length, name, sizeof name);
    }
    return path;
}

static int show_layout(cli_settings *settings)
{
    rq_result *result = NULL;
    rq_error error = {0};
    progress_state progress;
    char *path = layout_path(settings->operands[1]);
    if (!path) {
        say("info: There is no memory for a path");
        return STATUS_FAILED;
    }
    progress_begin(&progress, "info", settings, true);
    int code = rq_read_layout(&settings->library, path, &result, &error);
    (void)progress_end(&progress);
    int status = STATUS_DONE;
    if (code != RQ_OK) {
        status = report_failure("info", code, &error);
    } else if (settings->json) {
        status = print_line("info", rq_result_json(result));
    } else {
        print_table(path, result);
        status = finish_output("info");
    }
    rq_result_free(result);
    free(path);
    return status;
}

/* ---- --memory ------------------------------------------------------------------------------- */

typedef struct need {
    int operation;
    const char *name;
    uint64_t smallest, comfortable; /* bytes */
} need;

#define NEEDS 5

static int ask_needs(const cli_settings *settings, uint64_t size, need needs[NEEDS])
{
    rq_error error = {0};
    for (int i = 0; i < NEEDS; i++) {
        int code = rq_memory_required(&settings->library, needs[i].operation, size,
                                      &needs[i].smallest, &needs[i].comfortable, &error);
        if (code != RQ_OK)
            return report_failure("info", code, &error);
    }
    return STATUS_DONE;
}

static int print_needs_json(uint64_t size, const need needs[NEEDS])
{
    printf("{\"object_size\":%" PRIu64, size);
    for (int i = 0; i < NEEDS; i++) {
        printf(",\"%s\":{\"smallest\":%" PRIu64 ",\"comfortable\":%" PRIu64 "}", needs[i].name,
               needs[i].smallest, needs[i].comfortable);
    }
    puts("}");
    return finish_output("info");
}

static uint64_t megabytes(uint64_t bytes)
{
    return bytes / MEGABYTE + (bytes % MEGABYTE != 0);
}

static int print_needs(uint64_t size, const need needs[NEEDS])
{
    char text[FORMAT_LENGTH];
    printf("object   %" PRIu64 " bytes (%s)\n\n", size, format_bytes(text, size));
    printf("memory, in MB as for -m   smallest   comfortable\n");
    for (int i = 0; i < NEEDS; i++) {
        printf("  %-22s  %8" PRIu64 "      %8" PRIu64 "\n", needs[i].name,
               megabytes(needs[i].smallest), megabytes(needs[i].comfortable));
    }
    return finish_output("info");
}

static int show_memory(cli_settings *settings)
{
    need needs[NEEDS] = {{.operation = RQ_OPERATION_ENCODE, .name = "encode"},
                         {.operation = RQ_OPERATION_METADATA, .name = "metadata"},
                         {.operation = RQ_OPERATION_DECODE, .name = "decode"},
                         {.operation = RQ_OPERATION_VERIFY, .name = "verify"},
                         {.operation = RQ_OPERATION_REPAIR, .name = "repair"}};
    uint64_t size = 0;
    int failure = system_file_size(settings->operands[1], &size);
    if (failure != 0) {
        say("info: Failed to look at file \"%s\": %s", settings->operands[1], strerror(failure));
        return system_not_found(failure) ? STATUS_NOT_FOUND : STATUS_IO;
    }
    if (size == 0) {
        say("info: File is empty: \"%s\"", settings->operands[1]);
        return STATUS_FAILED;
    }
    int status = ask_needs(settings, size, needs);
    if (status != STATUS_DONE)
        return status;
    return settings->json ? print_needs_json(size, needs) : print_needs(size, needs);
}

/* ---- the command ---------------------------------------------------------------------------- */

/* Options that say how FILE would be encoded tell nothing about a layout. */
static int check(const cli_settings *settings)
{
    for (size_t i = 0; i < option_count && !settings->memory; i++) {
        if ((settings->given >> i & 1) && option_table[i].commands == FOR_SHAPE) {
            say("info: --%s goes with --memory", option_table[i].name);
            return STATUS_USAGE;
        }
    }
    return 0;
}

static int run(cli_settings *settings)
{
    int status = check(settings);
    if (status != 0)
        return status;
    return settings->memory ? show_memory(settings) : show_layout(settings);
}

const cli_command command_info = {
    .name = "info",
    .bit = FOR_INFO,
    .operands_least = 1,
    .operands_most = 1,
    .operands = {{.name = "SYMBOLS_DIR|LAYOUT_FILE"}},
    .other_usage = "--memory [options] FILE",
    .summary = "show a layout, or how much memory a file needs",
    .description =
        "Shows what a layout says: the object's size, and for each block its place, the\n"
        "symbols K of its largest source block, the symbol size T, the source blocks Z,\n"
        "the sub-blocks N, its symbols, its BLAKE3 hash, and the encoder parameters for\n"
        "`rq decode --params`. Symbols are not looked at.\n"
        "\n"
        "With --memory: how much memory each command on FILE with these options\n"
        "would need at the least, and with how much they stop getting faster.\n",
    .examples = "  rq info symbols\n"
                "  rq info --json photos.layout\n"
                "  rq info --memory -s 1280 -r 6 photos.tar\n",
    .run = run,
};
