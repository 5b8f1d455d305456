#include "options.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rq.h"

enum kind { FLAG, NUMBER, TEXT, LIST };

typedef struct option_row {
    const char *name, *value;
    enum kind kind;
    unsigned commands;
    size_t offset;
    uint64_t smallest, largest;
    const char *text;
} option_row;

#define FIELD(name) offsetof(bench_options, name)

static const option_row rows[] = {
    {"--symbol-size", "T", NUMBER, FOR_ALL, FIELD(symbol_size), 1, 65535, "bytes of a symbol"},
    {"--k", "LIST", LIST, FOR_CODEC, FIELD(K), 1, RQ_MAX_K, "source symbols, such as 10,1000"},
    {"--threads", "N", NUMBER, FOR_CODEC, FIELD(threads), 1, 1024, "threads that share the work"},
    {"--size", "N", NUMBER, FOR_FILE, FIELD(size), 1, UINT64_C(1) << 40, "bytes of the file"},
    {"--dir", "DIR", TEXT, FOR_FILE, FIELD(folder), 0, 0, "where the files go for the time being"},
    {"--redundancy", "R", NUMBER, FOR_CODEC | FOR_FILE, FIELD(redundancy), 2, 255,
     "all symbols together, in lengths of the data"},
    {"--against", "LIB", TEXT, FOR_FILE, FIELD(against), 0, 0,
     "a shared library with the same functions"},
    {"--runs", "N", NUMBER, FOR_FILE, FIELD(runs), 1, 1000, "of which the median is taken"},
    {"--memory", "MIB", NUMBER, FOR_FILE, FIELD(memory), 1, UINT64_C(1) << 40,
     "max_memory_mb of the sessions"},
    {"--milliseconds", "N", NUMBER, FOR_ROOFLINE | FOR_CODEC, FIELD(milliseconds), 0, 60000,
     "to spend on a figure"},
    {"--json", NULL, FLAG, FOR_ALL, FIELD(json), 0, 0, "print JSON"},
};

enum { ROWS = sizeof rows / sizeof *rows };

void options_init(bench_options *options, unsigned command)
{
    *options = (bench_options){.symbol_size = command == FOR_FILE ? 65535 : 1280,
                               .threads = 1,
                               .redundancy = 4,
                               .milliseconds = 300,
                               .size = 100000000,
                               .runs = 5,
                               .memory = 8192,
                               .K = "10,100,500,1000,2000,5000,10000,20000,50000",
                               .folder = "."};
}

/* A number within a row's bounds; *end gets what follows it. */
static bool read_number(const option_row *row, const char *text, uint64_t *number, const char **end)
{
    char *after;
    *number = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &after, 10) : 0;
    if (text[0] < '0' || text[0] > '9' || *number < row->smallest || *number > row->largest)
        return false;
    *end = after;
    return true;
}

uint32_t options_next_K(const char **list)
{
    if (!**list)
        return 0;
    char *end;
    uint32_t K = (uint32_t)strtoul(*list, &end, 10);
    *list = end + (*end == ',');
    return K;
}

static bool check_list(const option_row *row, const char *text)
{
    uint64_t number;
    while (read_number(row, text, &number, &text)) {
        if (!*text)
            return true;
        if (*text++ != ',')
            return false;
    }
    return false;
}

static bool set_option(const option_row *row, const char *text, bench_options *options)
{
    void *field = (char *)options + row->offset;
    uint64_t number;
    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return true;
    case NUMBER:
        if (!read_number(row, text, &number, &text) || *text)
            return false;
        *(uint64_t *)field = number;
        return true;
    case LIST:
        if (!check_list(row, text))
            return false;
        *(const char **)field = text;
        return true;
    case TEXT:
        *(const char **)field = text;
        return text[0] != '\0';
    }
    return false;
}

static const option_row *find_row(const char *name, unsigned command)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].commands & command && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

bool options_parse(bench_options *options, unsigned command, char **arguments)
{
    for (; *arguments; arguments++) {
        const option_row *row = find_row(*arguments, command);
        if (!row) {
            fprintf(stderr, "rq-bench: '%s' is no option of this command; see: rq-bench help\n",
                    *arguments);
            return false;
        }
        const char *text = NULL;
        if (row->kind != FLAG && !(text = *++arguments)) {
            fprintf(stderr, "rq-bench: %s needs a value\n", row->name);
            return false;
        }
        if (!set_option(row, text, options)) {
            fprintf(stderr, "rq-bench: %s cannot be '%s'\n", row->name, text);
            return false;
        }
    }
    return true;
}

static void print_default(const option_row *row, const bench_options *defaults)
{
    const void *field = (const char *)defaults + row->offset;
    if (row->kind == NUMBER)
        printf(" (%" PRIu64 ")", *(const uint64_t *)field);
    else if (row->kind != FLAG && *(const char *const *)field)
        printf(" (%s)", *(const char *const *)field);
}

void options_help(unsigned command)
{
    bench_options defaults;
    options_init(&defaults, command);
    for (size_t i = 0; i < ROWS; i++) {
        if (!(rows[i].commands & command))
            continue;
        const char *value = rows[i].value ? rows[i].value : "";
        printf("  %s %-*s %s", rows[i].name, 18 - (int)strlen(rows[i].name), value, rows[i].text);
        print_default(&rows[i], &defaults);
        putchar('\n');
    }
}
