/* attacks COUNT [SEED]: an encoding, damaged in COUNT ways, is decoded. Layouts get flipped bits,
 * cuts, repeated and swapped pieces, huge numbers, deep nesting; symbols are flipped, cut,
 * lengthened, exchanged, or replaced by folders, links, FIFOs, sockets. Then
 *
 *   - a success has given the right file;
 *   - a failure has left the previous file and no litter, and says why;
 *   - it succeeds if two more symbols than needed are whole, and fails if there are too few;
 *   - nothing takes long.
 *
 * A crash or a hang ends the program: the last line tells the round, which SEED alone brings back.
 */
#define _XOPEN_SOURCE 700
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rq.h"
#include "support/files.h"
#include "support/splitmix.h"

enum { SIZE = 9000, SYMBOL = 256, BLOCK = 3000, MOST_SYMBOLS = 200, SECONDS = 120 };

typedef struct symbol {
    char path[FILES_PATH];
    unsigned block;
    bool whole; /* in this round */
    bool touched;
} symbol;

static char root[FILES_PATH], folder[FILES_PATH], layout_path[FILES_PATH], output[FILES_PATH];
static uint8_t contents[SIZE];
static char *layout;
static size_t layout_size;
static symbol symbols[MOST_SYMBOLS];
static char *bytes[MOST_SYMBOLS];
static size_t symbol_count, symbol_size;
static splitmix dice;
static uint64_t seed, successes;

static size_t below(size_t limit)
{
    return (size_t)splitmix_below(&dice, limit);
}

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    printf("FAILED in round %" PRIu64 ": %s\n", seed, what);
    exit(1);
}

/* ---- the layout ---- */

static const char *const pieces[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "-1",
    "0",
    "1e99",
    "0.5",
    "\"\"",
    "\xff",
    "\n",
    "\\u0",
    "[[[[[[[[",
    "{\"a\":",
    "//",
    " ",
    "00",
    "\x01",
    "18446744073709551616",
    "9223372036854775808",
    "4294967296",
    "\"block_id\": 0,",
    "\"size\": 1,",
    "\"symbols\": [],",
    "\"hash\": \"\",",
    "999999999999999999999999999999999999999999",
};

static char *spliced(char *text, size_t *size, size_t from, size_t length, const char *piece,
                     size_t piece_size)
{
    char *made = malloc(*size + piece_size + 1);
    memcpy(made, text, from);
    memcpy(made + from, piece, piece_size);
    memcpy(made + from + piece_size, text + from + length, *size - from - length);
    *size += piece_size - length;
    made[*size] = '\0';
    free(text);
    return made;
}

/* A number, if there is one after `from`, becomes another. */
static char *with_number(char *text, size_t *size, size_t from)
{
    char number[32];
    static const uint64_t edges[] = {0, 1, 255, 256, 65535, 56403, 56404, UINT32_MAX, INT64_MAX};
    from += strcspn(text + from, "0123456789");
    size_t length = strspn(text + from, "0123456789");
    uint64_t value = edges[below(9)] + below(3) - 1;
    int digits = snprintf(number, sizeof number, "%" PRIu64, below(2) ? value : below(300));
    return spliced(text, size, from, length, number, (size_t)digits);
}

static char *nested(char *text, size_t *size, size_t from)
{
    size_t depth = 1 + below(100000);
    char *brackets = malloc(depth);
    memset(brackets, below(2) ? '[' : '{', depth);
    text = spliced(text, size, from, 0, brackets, depth);
    free(brackets);
    return text;
}

static char *changed(char *text, size_t *size)
{
    size_t from = below(*size), rest = *size - from, length = below(rest < 400 ? rest : 400);
    const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
    size_t other = below(*size - length);
    switch (below(9)) {
    case 0:
        text[from] = (char)(text[from] ^ 1 << below(8));
        return text;
    case 1:
        *size = from; /* cut */
        text[from] = '\0';
        return text;
    case 2:
        return spliced(text, size, from, length, "", 0);
    case 3:
        return spliced(text, size, from, 0, piece, strlen(piece));
    case 4:
        return spliced(text, size, from, length, piece, strlen(piece));
    case 5: { /* one part once more elsewhere */
        char *copy = malloc(length + 1);
        memcpy(copy, text + other, length);
        text = spliced(text, size, from, 0, copy, length);
        free(copy);
        return text;
    }
    case 6:
        return below(20) == 0 ? nested(text, size, from) : text;
    default:
        return with_number(text, size, from);
    }
}

static void attack_layout(void)
{
    size_t size = layout_size;
    char *text = malloc(size + 1);
    memcpy(text, layout, size + 1);
    for (size_t i = 1 + below(3); i > 0 && size > 1; i--)
        text = changed(text, &size);
    files_write(layout_path, text, size);
    free(text);
}

/* ---- the symbols ---- */

static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    if (strlen(path) < sizeof address.sun_path) {
        strcpy(address.sun_path, path);
        (void)bind(descriptor, (struct sockaddr *)&address, sizeof address);
    }
    close(descriptor);
}

static void attack_symbol(size_t i)
{
    const char *path = symbols[i].path;
    char copy[2 * SYMBOL];
    size_t size = symbol_size, other = below(symbol_count);
    memset(copy, 0, sizeof copy);
    memcpy(copy, bytes[i], size);
    symbols[i].touched = true;
    symbols[i].whole = false;
    (void)remove(path);
    switch (below(11)) {
    case 0:
        return;
    case 1:
        mkdir(path, 0777);
        return;
    case 2:
        (void)symlink(below(2) ? symbols[other].path : "/dev/zero", path);
        return;
    case 3:
        mkfifo(path, 0666);
        return;
    case 4:
        make_socket(path);
        return;
    case 5:
        size = below(size);
        break;
    case 6:
        size += 1 + below(SYMBOL - 10);
        break;
    case 7: /* another's bytes under this name */
        memcpy(copy, bytes[other], size);
        symbols[i].whole = memcmp(copy, bytes[i], size) == 0;
        break;
    case 8: /* a forged payload id */
        copy[below(4)] ^= (char)(1 + below(255));
        break;
    default:
        copy[below(size)] ^= (char)(1 << below(8));
    }
    files_write(path, copy, size);
}

static size_t attack_symbols(void)
{
    size_t victims = 1 + below(symbol_count);
    for (size_t i = 0; i < victims; i++)
        attack_symbol(below(symbol_count));
    size_t needed = (BLOCK + SYMBOL - 1) / SYMBOL, fewest = SIZE_MAX;
    for (unsigned block = 0; block < SIZE / BLOCK; block++) {
        size_t whole = 0;
        for (size_t i = 0; i < symbol_count; i++)
            whole += symbols[i].block == block && symbols[i].whole;
        fewest = whole < fewest ? whole : fewest;
    }
    return fewest >= needed + 2 ? 2 : fewest >= needed ? 1 : 0;
}

static void restore(void)
{
    files_write(layout_path, layout, layout_size);
    for (size_t i = 0; i < symbol_count; i++) {
        if (!symbols[i].touched)
            continue;
        (void)remove(symbols[i].path);
        files_write(symbols[i].path, bytes[i], symbol_size);
        symbols[i].touched = false;
        symbols[i].whole = true;
    }
}

/* ---- rounds ---- */

static void visit_nothing(void *context, const char *name)
{
    (void)context, (void)name;
}

/* expected: 0 it must fail, 2 it must succeed, 1 whatever. */
static void decode(int expected)
{
    static const char previous[] = "what was there before";
    rq_options options;
    rq_error error;
    rq_options_init(&options);
    options.memory_limit = 32 << 20;
    options.threads = 1 + (uint32_t)below(2);
    files_write(output, previous, sizeof previous);
    alarm(SECONDS);
    int status = rq_decode(&options, folder, output, NULL, &error);
    alarm(0);
    successes += status == RQ_OK;
    if (status == RQ_OK) {
        require(expected != 0, "success with too few symbols");
        require(files_equal(output, contents, SIZE), "success, and the wrong file");
    } else {
        require(expected != 2, error.message);
        require(error.message[0] != '\0', "failure without a word");
        require(files_equal(output, previous, sizeof previous), "a failure touched the output");
    }
    require(files_list(root, visit_nothing, NULL) == 3, "litter");
}

static void add_symbol(void *context, const char *name)
{
    const unsigned *block = context;
    symbol *added = &symbols[symbol_count];
    require(symbol_count < MOST_SYMBOLS, "too many symbols");
    int length = snprintf(added->path, sizeof added->path, "%s/block_%u/%s", folder, *block, name);
    require(length > 0 && (size_t)length < sizeof added->path, "a path too long");
    added->block = *block;
    added->whole = true;
    bytes[symbol_count++] = files_read(added->path, &symbol_size);
}

static void begin(void)
{
    char input[FILES_PATH], block_path[FILES_PATH], name[32];
    rq_options options;
    files_temporary(root);
    files_join(input, root, "input");
    files_join(folder, root, "symbols");
    files_join(layout_path, folder, "_raptorq_layout.json");
    files_join(output, root, "output");
    splitmix_fill(1, contents, SIZE);
    files_write(input, contents, SIZE);
    rq_options_init(&options);
    options.symbol_size = SYMBOL;
    options.redundancy = 3;
    options.block_size = BLOCK;
    require(rq_encode(&options, input, folder, NULL, NULL) == RQ_OK, "cannot encode");
    layout = files_read(layout_path, &layout_size);
    for (unsigned block = 0; block < SIZE / BLOCK; block++) {
        snprintf(name, sizeof name, "block_%u", block);
        files_join(block_path, folder, name);
        (void)files_list(block_path, add_symbol, &block);
    }
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    begin();
    for (seed = first; seed - first < count; seed++) {
        dice = (splitmix){seed};
        if (below(2)) {
            attack_layout();
            decode(1);
        } else {
            decode((int)attack_symbols());
        }
        restore();
    }
    seed = 0;
    decode(2);
    files_remove(root);
    for (size_t i = 0; i < symbol_count; i++)
        free(bytes[i]);
    free(layout);
    printf("%" PRIu64 " attacks, of which %" PRIu64 " did no harm\n", count, successes);
    return 0;
}
