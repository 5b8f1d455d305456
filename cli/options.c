#include "options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "system.h"

#define FIELD(field) offsetof(cli_settings, field), sizeof(((cli_settings *)0)->field)
#define CHECK        (FOR_VERIFY | FOR_REPAIR)

const option_row option_table[] = {
    {'s', "symbol-size", "BYTES", OPTION_NUMBER, FOR_SHAPE, FIELD(library.symbol_size), 1, 65535, 1,
     "the longest symbol, 1 to 65535 bytes", ""},
    {'r', "redundancy", "N", OPTION_NUMBER, FOR_SHAPE, FIELD(library.redundancy), 0, 255, 1,
     "length of all symbols in multiples of the input's,\n0 to 255", ""},
    {'b', "block-size", "BYTES", OPTION_SIZE, FOR_SHAPE, FIELD(library.block_size), 0, INT64_MAX, 1,
     "cut the input into blocks of so many bytes, or\nwith K, M or G: times 1024, 1024^2, 1024^3;\n"
     "0: by the memory limit",
     ""},
    {'m', "max-memory", "MB", OPTION_NUMBER, FOR_ALL, FIELD(library.memory_limit), 1,
     UINT64_MAX >> 20, 1 << 20, "allocate no more than so many times 2^20 bytes",
     ": a quarter of this machine's memory"},
    {'j', "threads", "N", OPTION_NUMBER, FOR_ALL, FIELD(library.threads), 0, 1024, 1,
     "use so many threads; 0: one for each CPU", ""},
    {'l', "layout", "FILE", OPTION_TEXT, FOR_ENCODE | FOR_DECODE | CHECK,
     FIELD(library.layout_path), 0, 0, 0,
     "the layout's file, where it is not\nSYMBOLS_DIR/" LAYOUT_NAME, NULL},
    {'p', "params", "HEX", OPTION_TEXT, FOR_DECODE, FIELD(parameters), 0, 0, 0,
     "decode without a layout, from the 12 bytes of\nencoder parameters that `rq info` shows: 24\n"
     "digits, or 24 n for the n blocks in their order",
     NULL},
    {0, "memory", NULL, OPTION_FLAG, FOR_INFO, FIELD(memory), 0, 1, 0,
     "tell how much memory FILE would need", NULL},
    {'n', "dry-run", NULL, OPTION_FLAG, FOR_REPAIR, FIELD(library.dry_run), 0, 1, 0,
     "only tell what would be done; change nothing", NULL},
    {0, "scratch", "DIR", OPTION_TEXT, FOR_ENCODE | FOR_DECODE | FOR_METADATA | CHECK,
     FIELD(library.scratch_dir), 0, 0, 0,
     "put temporary files there: some are needed where\nthe memory limit is small", NULL},
    {0, "no-sync", NULL, OPTION_FLAG, FOR_ENCODE | FOR_DECODE | FOR_METADATA | FOR_REPAIR,
     FIELD(library.durable), 0, 0, 0,
     "do not wait until everything is on the disk;\nfaster, but a power cut may undo a success",
     NULL},
    {0, "json", NULL, OPTION_FLAG, FOR_ENCODE | FOR_DECODE | FOR_METADATA | FOR_INFO | CHECK,
     FIELD(json), 0, 1, 0, "print the result as JSON on standard output", NULL},
    {'q', "quiet", NULL, OPTION_FLAG, FOR_ALL, FIELD(quiet), 0, 1, 0,
     "no progress, table or summary, only errors", NULL},
    {'h', "help", NULL, OPTION_FLAG, FOR_ALL, FIELD(help), 0, 1, 0, "show this help", NULL},
    {'V', "version", NULL, OPTION_FLAG, 0, FIELD(version), 0, 1, 0, "show the version", NULL},
};

const size_t option_count = sizeof option_table / sizeof *option_table;

/* ---- fields --------------------------------------------------------------------------------- */

static void store_number(cli_settings *settings, const option_row *row, uint64_t number)
{
    unsigned char *field = (unsigned char *)settings + row->offset;
    uint32_t number32 = (uint32_t)number;
    uint16_t number16 = (uint16_t)number;
    uint8_t number8 = (uint8_t)number;
    switch (row->width) {
    case 1:
        memcpy(field, &number8, 1);
        break;
    case 2:
        memcpy(field, &number16, 2);
        break;
    case 4:
        memcpy(field, &number32, 4);
        break;
    default:
        memcpy(field, &number, 8);
    }
}

uint64_t option_number(const option_row *row, const cli_settings *settings)
{
    const unsigned char *field = (const unsigned char *)settings + row->offset;
    uint64_t number64;
    uint32_t number32;
    uint16_t number16;
    switch (row->width) {
    case 1:
        return *field / row->unit;
    case 2:
        memcpy(&number16, field, 2);
        return number16 / row->unit;
    case 4:
        memcpy(&number32, field, 4);
        return number32 / row->unit;
    default:
        memcpy(&number64, field, 8);
        return number64 / row->unit;
    }
}

void settings_init(cli_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    rq_options_init(&settings->library);
    settings->library.durable = 1;
}

/* ---- values --------------------------------------------------------------------------------- */

static int refuse_number(const option_row *row, const char *text, bool is_number)
{
    if (row->kind == OPTION_SIZE)
        say("--%s: '%s' is not a number of bytes up to %" PRIu64 "G, such as 1280, 64K, 16M or 2G",
            row->name, text, row->largest >> 30);
    else if (row->unit > 1 && !is_number)
        say("--%s: '%s' is not a whole number of MB, such as 64 or 4096", row->name, text);
    else if (is_number)
        say("--%s: %s is not between %" PRIu64 " and %" PRIu64, row->name, text, row->smallest,
            row->largest);
    else
        say("--%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64, row->name, text,
            row->smallest, row->largest);
    return STATUS_USAGE;
}

/* The power of two that a suffix stands for, -1 if it is none. */
static int suffix_shift(const char *suffix)
{
    if (*suffix == 0)
        return 0;
    if (suffix[1] != 0)
        return -1;
    switch (*suffix) {
    case 'K':
    case 'k':
        return 10;
    case 'M':
    case 'm':
        return 20;
    case 'G':
    case 'g':
        return 30;
    default:
        return -1;
    }
}

static int read_number(const option_row *row, cli_settings *settings, const char *text)
{
    uint64_t number = 0;
    bool too_large = false;
    const char *end = text;
    for (; *end >= '0' && *end <= '9'; end++) {
        unsigned digit = (unsigned)(*end - '0');
        too_large = too_large || number > (UINT64_MAX - digit) / 10;
        number = number * 10 + digit;
    }
    int shift = row->kind == OPTION_SIZE ? suffix_shift(end) : *end ? -1 : 0;
    if (end == text || shift < 0)
        return refuse_number(row, text, false);
    if (too_large || number > row->largest >> shift || number << shift < row->smallest)
        return refuse_number(row, text, true);
    store_number(settings, row, (number << shift) * row->unit);
    return 0;
}

static int read_value(const option_row *row, cli_settings *settings, const char *text)
{
    if (row->kind != OPTION_TEXT)
        return read_number(row, settings, text);
    if (*text == 0 || strcmp(text, "-") == 0) {
        say("--%s: '%s' cannot be used here; give a %s", row->name, text, row->value);
        return STATUS_USAGE;
    }
    memcpy((unsigned char *)settings + row->offset, &text, sizeof text);
    return 0;
}

/* ---- arguments ------------------------------------------------------------------------------ */

typedef struct argument_list {
    char **next; /* NULL-terminated, as main gets them */
    char **operands;
    int operand_count;
} argument_list;

/* Takes the option; its value is attached, or the next argument where attached is NULL. */
static int take_option(const option_row *row, cli_settings *settings, const char *attached,
                       argument_list *arguments)
{
    settings->given |= UINT32_C(1) << (row - option_table);
    if (row->kind == OPTION_FLAG) {
        store_number(settings, row, row->largest);
        return 0;
    }
    const char *value = attached ? attached : *arguments->next;
    if (!value) {
        say("--%s: its value is missing (%s)", row->name, row->value);
        return STATUS_USAGE;
    }
    arguments->next += !attached;
    return read_value(row, settings, value);
}

/* "name", "name=value" */
static int take_long(cli_settings *settings, const char *text, argument_list *arguments)
{
    size_t length = strcspn(text, "=");
    const char *attached = text[length] ? text + length + 1 : NULL;
    for (const option_row *row = option_table; row < option_table + option_count; row++) {
        if (strlen(row->name) != length || memcmp(row->name, text, length) != 0)
            continue;
        if (attached && row->kind == OPTION_FLAG) {
            say("--%s takes no value", row->name);
            return STATUS_USAGE;
        }
        return take_option(row, settings, attached, arguments);
    }
    say("there is no option --%.*s; see: rq help", (int)length, text);
    return STATUS_USAGE;
}

/* Letters of flags, of which the last may be an option with its value: "q", "s1280", "qs". */
static int take_letters(cli_settings *settings, const char *letters, argument_list *arguments)
{
    while (*letters) {
        const option_row *row = option_table;
        while (row < option_table + option_count && row->letter != *letters)
            row++;
        if (row == option_table + option_count) {
            say("there is no option -%c; see: rq help", *letters);
            return STATUS_USAGE;
        }
        letters++;
        bool flag = row->kind == OPTION_FLAG;
        if (flag && *letters == '=') {
            say("-%c takes no value", row->letter);
            return STATUS_USAGE;
        }
        int status = take_option(row, settings, *letters ? letters : NULL, arguments);
        if (status != 0 || !flag)
            return status;
    }
    return 0;
}

int settings_parse(cli_settings *settings, char **next)
{
    argument_list arguments = {.next = next, .operands = next};
    bool options_end = false;
    int status = 0;
    while (status == 0 && *arguments.next) {
        char *argument = *arguments.next++;
        if (options_end || argument[0] != '-' || argument[1] == 0)
            arguments.operands[arguments.operand_count++] = argument; /* never past next */
        else if (argument[1] != '-')
            status = take_letters(settings, argument + 1, &arguments);
        else if (argument[2] != 0)
            status = take_long(settings, argument + 2, &arguments);
        else
            options_end = true;
    }
    settings->operands = arguments.operands;
    settings->operand_count = arguments.operand_count;
    return status;
}

int settings_check(const cli_settings *settings, const char *command_name, unsigned command)
{
    for (size_t i = 0; i < option_count; i++) {
        if ((settings->given >> i & 1) && !(option_table[i].commands & command)) {
            say("%s has no option --%s; see: rq help %s", command_name, option_table[i].name,
                command_name);
            return STATUS_USAGE;
        }
    }
    const char *scratch = settings->library.scratch_dir;
    if (scratch && !system_is_folder(scratch)) {
        say("--scratch: \"%s\" is no folder", scratch);
        return STATUS_USAGE;
    }
    return 0;
}
