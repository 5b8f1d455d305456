/* A folder of symbols in which everything may have been changed: decode must give the file or an
 * error, whatever lies there, and touch nothing else; verify must foretell which of the two, and
 * repair make things better or leave them. A small encoding is laid out anew for every
 * input; each command of 4 bytes then changes something in it: what, where, and two numbers. */
#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/digest.h"
#include "require.h"
#include "rq.h"
#include "support/files.h"
#include "support/splitmix.h"

enum {
    SIZE = 700,
    BLOCK_SIZE = 400,
    SYMBOL_SIZE = 64,
    REDUNDANCY = 3,
    MAX_FILES = 64,
    MAX_BYTES = 8192,
    MAX_COMMANDS = 64,
    SPARE = 4, /* so many symbols more than K always suffice */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct file {
    size_t size;
    int block;      /* -1: the layout */
    char name[128]; /* within the folder */
    uint8_t bytes[MAX_BYTES];
    bool changed; /* in this run: it may be missing or damaged */
} file;

/* The encoding as it was made; made once. */
static file files[MAX_FILES];
static size_t file_count;
static uint8_t contents[SIZE];

typedef struct run {
    char folder[FILES_PATH]; /* holds all that follows */
    char symbols[FILES_PATH], output[FILES_PATH], secret[FILES_PATH];
    bool hostile; /* a layout or a block was forged: any bytes may come out */
} run;

/* ---- the encoding ---- */

typedef struct place {
    const char *folder, *prefix; /* of the names within the folder of symbols */
    int block;
} place;

static void remember(void *context, const char *name)
{
    const place *in = context;
    char path[FILES_PATH];
    size_t size;
    files_join(path, in->folder, name);
    if (in->block < 0 && strncmp(name, "block_", 6) == 0) {
        char prefix[] = "block_0/";
        prefix[6] = name[6];
        place inside = {path, prefix, name[6] - '0'};
        files_list(path, remember, &inside);
        return;
    }
    char *bytes = files_read(path, &size);
    require(file_count < MAX_FILES && size <= MAX_BYTES);
    file *f = &files[file_count++];
    memcpy(f->bytes, bytes, size);
    f->size = size;
    f->block = in->block;
    snprintf(f->name, sizeof f->name, "%s%s", in->prefix, name);
    free(bytes);
}

static void set_options(rq_options *options)
{
    rq_options_init(options);
    options->symbol_size = SYMBOL_SIZE;
    options->redundancy = REDUNDANCY;
    options->block_size = BLOCK_SIZE;
    options->memory_limit = 16 << 20;
    options->threads = 1;
}

static void make_encoding(void)
{
    char folder[FILES_PATH], input[FILES_PATH], symbols[FILES_PATH];
    rq_options options;
    set_options(&options);
    splitmix_fill(1, contents, SIZE);
    files_temporary(folder);
    files_join(input, folder, "input");
    files_join(symbols, folder, "symbols");
    files_write(input, contents, SIZE);
    require(rq_encode(&options, input, symbols, NULL, NULL) == RQ_OK);
    place top = {symbols, "", -1};
    files_list(symbols, remember, &top);
    files_remove(folder);
}

static void block_path(const run *r, int block, char path[FILES_PATH])
{
    char name[] = "block_0";
    name[6] = (char)(name[6] + block);
    files_join(path, r->symbols, name);
}

static void lay_out(run *r)
{
    char path[FILES_PATH];
    memset(r, 0, sizeof *r);
    files_temporary(r->folder);
    files_join(r->symbols, r->folder, "symbols");
    files_join(r->output, r->folder, "output");
    files_join(r->secret, r->folder, "secret");
    files_write(r->output, "previous", 8);
    files_write(r->secret, "secret", 6);
    files_make_folder(r->symbols);
    for (int block = 0; block * BLOCK_SIZE < SIZE; block++) {
        block_path(r, block, path);
        files_make_folder(path);
    }
    for (size_t i = 0; i < file_count; i++) {
        files_join(path, r->symbols, files[i].name);
        files_write(path, files[i].bytes, files[i].size);
        files[i].changed = false;
    }
}

/* ---- what may have been changed ---- */

static void put_link(run *r, const char *path, uint8_t where)
{
    static const char *const targets[] = {"/dev/zero", "/dev/full", ".", "../../secret", "nothing"};
    char target[FILES_PATH];
    size_t kinds = sizeof targets / sizeof *targets;
    if (where % 8 < kinds)
        snprintf(target, sizeof target, "%s", targets[where % 8]);
    else
        files_join(target, r->symbols, files[where % file_count].name);
    (void)symlink(target, path);
}

/* Another thing in place of what was there. */
static void replace(run *r, const char *path, uint8_t kind, uint8_t where)
{
    files_remove(path);
    switch (kind % 4) {
    case 0:
        (void)mkfifo(path, 0600);
        break;
    case 1:
        put_link(r, path, where);
        break;
    case 2:
        (void)mkdir(path, 0700);
        break;
    default:
        break; /* nothing */
    }
}

static void damage(const char *path, const file *f, uint8_t a, uint8_t b)
{
    static uint8_t bytes[2 * MAX_BYTES];
    memset(bytes, b, sizeof bytes);
    memcpy(bytes, f->bytes, f->size);
    size_t at = (a * 31u + b) % f->size;
    files_remove(path);
    switch (b % 4) {
    case 0:
        files_write(path, bytes, at);
        break;
    case 1:
        files_write(path, bytes, f->size + 1 + a);
        break;
    default:
        bytes[at] ^= (uint8_t)(1 << (a % 8));
        files_write(path, bytes, f->size);
    }
}

/* A symbol of that name, but of another's bytes; or of its own, in another folder. */
static void exchange(run *r, const char *path, const file *f, uint8_t a, uint8_t b)
{
    const file *other = &files[a % file_count];
    char moved[FILES_PATH];
    files_remove(path);
    if (b & 1) {
        files_write(path, other->bytes, other->size);
        return;
    }
    const char *name = strrchr(f->name, '/');
    char folder[FILES_PATH];
    files_join(folder, r->symbols, b & 2 ? "block_0" : ".");
    files_join(moved, folder, name ? name + 1 : "stray");
    struct stat status;
    if (lstat(moved, &status) != 0) {
        FILE *copy = fopen(moved, "wb"); /* its folder may have gone */
        if (copy) {
            (void)fwrite(f->bytes, 1, f->size, copy);
            (void)fclose(copy);
        }
    }
}

/* Its name is right, and what it says is a lie. */
static void forge(run *r, uint8_t which, uint8_t a, uint8_t b)
{
    uint8_t symbol[4 + SYMBOL_SIZE] = {a, 0, 0, b};
    char path[FILES_PATH], folder[FILES_PATH], name[DIGEST_NAME_SIZE];
    digest of;
    memset(symbol + 4, which, SYMBOL_SIZE);
    digest_of(symbol, sizeof symbol, &of);
    digest_name(&of, name);
    block_path(r, which % 2, folder);
    struct stat status;
    if (lstat(folder, &status) == 0 && S_ISDIR(status.st_mode)) {
        files_join(path, folder, name);
        files_remove(path);
        files_write(path, symbol, sizeof symbol);
    }
    r->hostile = true;
}

/* The layout with some bytes replaced by a piece of text. */
static void edit_layout(run *r, const file *layout, uint8_t where, uint8_t a, uint8_t b)
{
    static const char *const pieces[] = {"",
                                         "0",
                                         "9",
                                         "-1",
                                         "255",
                                         "1e9",
                                         "99999999999999",
                                         "18446744073709551616",
                                         "\"",
                                         "[",
                                         "]",
                                         "{",
                                         "}",
                                         ",",
                                         ":",
                                         "null",
                                         "../",
                                         "\\u0000",
                                         "block_id",
                                         "\xff",
                                         "400",
                                         "300",
                                         "65535",
                                         "\"hash\": \"\"",
                                         "/etc/passwd",
                                         "11111111111111111111111111111111"};
    static char text[2 * MAX_BYTES];
    char path[FILES_PATH];
    const char *piece = pieces[a % (sizeof pieces / sizeof *pieces)];
    files_join(path, r->symbols, layout->name);
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > MAX_BYTES)
        return;
    size_t size, at, gone = b % 40;
    char *before = files_read(path, &size);
    at = size > 0 ? (where * 256u + b) % size : 0;
    gone = gone < size - at ? gone : size - at;
    size_t length = (size_t)snprintf(text, sizeof text, "%.*s%s", (int)at, before, piece);
    if (length > at + strlen(piece)) /* a NUL cuts short, never longer */
        length = at;
    memcpy(text + length, before + at + gone, size - at - gone);
    files_write(path, text, length + size - at - gone);
    free(before);
    r->hostile = true;
}

static void change(run *r, const uint8_t *command)
{
    file *f = &files[command[1] % file_count];
    char path[FILES_PATH], folder[FILES_PATH];
    struct stat status;
    files_join(path, r->symbols, f->name);
    block_path(r, command[1] % 2, folder);
    bool reachable = f->block < 0;
    if (!reachable) {
        char own[FILES_PATH];
        block_path(r, f->block, own);
        reachable = lstat(own, &status) == 0 && S_ISDIR(status.st_mode);
    }
    uint8_t kind = command[0] % 8;
    if (kind < 4 && !reachable)
        return;
    f->changed |= kind < 4;
    r->hostile |= kind < 4 && f->block < 0;
    switch (kind) {
    case 0:
        replace(r, path, command[2], command[3]);
        break;
    case 1:
    case 2:
        damage(path, f, command[2], command[3]);
        break;
    case 3:
        exchange(r, path, f, command[2], command[3]);
        break;
    case 4:
        forge(r, command[1], command[2], command[3]);
        break;
    case 5:
        replace(r, folder, command[2], command[3]);
        for (size_t i = 0; i < file_count; i++)
            files[i].changed |= files[i].block == command[1] % 2;
        break;
    default:
        for (size_t i = 0; i < file_count; i++) {
            if (files[i].block < 0)
                edit_layout(r, &files[i], command[1], command[2], command[3]);
        }
    }
}

/* ---- the decode and what must hold ---- */

/* Enough of every block is as it was. */
static bool must_succeed(const run *r)
{
    size_t whole[2] = {0, 0};
    for (size_t i = 0; i < file_count; i++) {
        if (files[i].block < 0 && files[i].changed)
            return false;
        if (files[i].block >= 0)
            whole[files[i].block] += !files[i].changed;
    }
    return !r->hostile && whole[0] >= (BLOCK_SIZE + SYMBOL_SIZE - 1) / SYMBOL_SIZE + SPARE &&
           whole[1] >= (SIZE - BLOCK_SIZE + SYMBOL_SIZE - 1) / SYMBOL_SIZE + SPARE;
}

static void check(const run *r, int code, const rq_decode_report *report)
{
    require(files_equal(r->secret, "secret", 6));
    require(files_list(r->folder, NULL, NULL) == 3); /* symbols, output, secret: no litter */
    if (code != RQ_OK) {
        require(files_equal(r->output, "previous", 8));
        require(!must_succeed(r));
    } else {
        require(r->hostile || files_equal(r->output, contents, SIZE));
        require(files_size(r->output) == report->bytes_written);
    }
}

/* Failures have words, and only they. */
static bool is_told(int code, const rq_error *error)
{
    bool known = code == RQ_OK || (code <= RQ_ERROR_IO && code >= RQ_ERROR_MEMORY);
    return known && code == error->code && (code == RQ_OK) == (error->message[0] == '\0');
}

static int verify(const run *r, const rq_options *options, rq_health *health)
{
    rq_error error;
    rq_health_init(health);
    int code = rq_verify(options, r->symbols, health, &error);
    require(is_told(code, &error));
    require(health->symbols_listed == health->symbols_good + health->symbols_damaged +
                                          health->symbols_missing + health->symbols_useless);
    require(health->symbols_mended == 0);
    return code;
}

/* What decode said is what verify says. Then a repair: it loses nothing, and if it says that all is
 * well, all is. */
static void check_health(const run *r, const rq_options *options, int decoded)
{
    rq_health before, after, repaired;
    rq_error error;
    int code = verify(r, options, &before);
    if (!r->hostile && decoded != RQ_ERROR_MEMORY && code != RQ_ERROR_MEMORY)
        require((code == RQ_OK && before.blocks_lost == 0) == (decoded == RQ_OK));
    rq_health_init(&repaired);
    int repair = rq_repair(options, r->symbols, &repaired, &error);
    require(is_told(repair, &error));
    require(files_equal(r->secret, "secret", 6));
    if (code != RQ_OK || verify(r, options, &after) != RQ_OK)
        return;
    require(after.symbols_good >= before.symbols_good);
    require(repair == RQ_OK || r->hostile || after.symbols_good < after.symbols_listed);
    if (repair == RQ_OK)
        require(after.blocks_lost == 0 && after.symbols_damaged + after.symbols_missing == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static run r;
    rq_options options;
    rq_decode_report report;
    rq_error error;
    if (size == 0)
        return 0;
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    if (file_count == 0)
        make_encoding();
    lay_out(&r);
    for (size_t i = 0; i < MAX_COMMANDS && 1 + (i + 1) * 4 <= size; i++)
        change(&r, data + 1 + i * 4);
    set_options(&options);
    options.threads = 1 + (data[0] & 1);
    if (data[0] & 2)
        options.memory_limit = 4 << 20;
    rq_decode_report_init(&report);
    int code = rq_decode(&options, r.symbols, r.output, &report, &error);
    require(is_told(code, &error));
    check(&r, code, &report);
    check_health(&r, &options, code);
    files_remove(r.folder);
    return 0;
}
