/* Calls of the session ABI in any order, with any session and any argument: the codes are those of
 * the documentation, buffers are kept to, and what is said to be decoded is right. Each call takes
 * 6 bytes of the input: the function, the session, two paths, two numbers. */
#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/digest.h"
#include "require.h"
#include "rq-library.h"
#include "support/files.h"
#include "support/splitmix.h"

enum { CALL = 6, MAX_CALLS = 24, SESSIONS = 8, PATHS = 16, BUFFER = 6000, GUARD = 0xa5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct caller {
    char folder[FILES_PATH];
    char paths[PATHS][FILES_PATH];
    uintptr_t sessions[SESSIONS]; /* some freed, some never made */
    bool live[SESSIONS];
    digest encoded[MAX_CALLS]; /* what a decode may give */
    size_t encoded_count;
} caller;

static const char *path_of(caller *c, uint8_t byte)
{
    static const char *const odd[] = {NULL, "", "\xff\xfe", "/dev/null", "/dev/null/deep"};
    if (byte < 0xf0)
        return c->paths[byte % PATHS];
    return odd[byte % (sizeof odd / sizeof *odd)];
}

static void begin(caller *c)
{
    static const char *const names[PATHS] = {"input_0",
                                             "input_1",
                                             "empty",
                                             "symbols_0",
                                             "symbols_1",
                                             "symbols_0/_raptorq_layout.json",
                                             "symbols_1/_raptorq_layout.json",
                                             "output_0",
                                             "output_1",
                                             "layout",
                                             "missing/deep",
                                             "symbols_0/block_0",
                                             "folder",
                                             ".",
                                             "fifo_less",
                                             "\xc3\xa9"};
    memset(c, 0, sizeof *c);
    files_temporary(c->folder);
    for (int i = 0; i < PATHS; i++)
        files_join(c->paths[i], c->folder, names[i]);
    uint8_t contents[2000];
    splitmix_fill(1, contents, sizeof contents);
    files_write(c->paths[0], contents, 300);
    files_write(c->paths[1], contents, sizeof contents);
    files_write(c->paths[2], "", 0);
    files_make_folder(c->paths[12]);
    c->sessions[SESSIONS - 1] = UINTPTR_MAX;
    c->sessions[SESSIONS - 2] = 0;
}

/* False if there is no such file. */
static bool digest_of_file(const char *path, digest *found)
{
    size_t size;
    struct stat status;
    if (!path || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    char *bytes = files_read(path, &size);
    digest_of(bytes, size, found);
    free(bytes);
    return true;
}

static bool was_encoded(const caller *c, const char *path)
{
    digest found;
    require(digest_of_file(path, &found));
    for (size_t i = 0; i < c->encoded_count; i++) {
        if (digest_equal(&found, &c->encoded[i]))
            return true;
    }
    return false;
}

/* ---- the calls ---- */

static void init(caller *c, const uint8_t *call)
{
    static const uint16_t symbol_sizes[] = {0, 1, 7, 64, 100, 1280, 65535, 8};
    int slot = call[1] % (SESSIONS - 2);
    if (c->live[slot])
        return;
    uintptr_t id =
        raptorq_init_session(symbol_sizes[call[2] % 8], call[3] % 6, call[4] % 32, call[5] % 3);
    require((id != 0) == (symbol_sizes[call[2] % 8] != 0));
    require(id == 0 || id > c->sessions[slot]);
    c->sessions[slot] = id;
    c->live[slot] = id != 0;
}

static bool known(int32_t code)
{
    return (code <= 0 && code >= -5) || (code <= -11 && code >= -17);
}

/* Failures have words; no code comes from a session that is not there. */
static void check_code(caller *c, int slot, int32_t code)
{
    char words[64];
    require(known(code));
    require(c->live[slot] || code == RAPTORQ_ERROR_INVALID_SESSION ||
            code == RAPTORQ_ERROR_INVALID_PARAMETERS);
    memset(words, GUARD, sizeof words);
    int32_t got = raptorq_get_last_error(c->sessions[slot], words, sizeof words - 1);
    require(got == (c->live[slot] ? 0 : -1));
    require(words[sizeof words - 1] == (char)GUARD);
    if (c->live[slot]) {
        require(memchr(words, '\0', sizeof words - 1) != NULL);
        require(code == 0 || words[0] != '\0');
    }
}

/* In symbols of one byte a layout is 50 times as long as what it lists; a layout of a layout of a
 * layout would take all the time there is. */
static bool is_long(const char *path)
{
    enum { LONG = 10000 };
    struct stat status;
    return path && stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > LONG;
}

static void encode(caller *c, const uint8_t *call, bool metadata)
{
    static const uintptr_t block_sizes[] = {0, 1000, 64, 1, UINTPTR_MAX, 500, 0, 0};
    char *result = malloc(BUFFER + 1);
    require(result != NULL);
    size_t room = call[5] & 1 ? BUFFER : (size_t)call[5] * 8;
    uintptr_t block_size = block_sizes[call[4] % 8];
    memset(result, GUARD, BUFFER + 1);
    char *buffer = call[5] == 0xff ? NULL : result;
    const char *input = path_of(c, call[2]), *output = path_of(c, call[3]);
    int slot = call[1] % SESSIONS;
    if (is_long(input)) {
        free(result);
        return;
    }
    bool is_file = digest_of_file(input, &c->encoded[c->encoded_count]);
    int32_t code =
        metadata
            ? raptorq_create_metadata(c->sessions[slot], input, output, block_size, buffer, room)
            : raptorq_encode_file(c->sessions[slot], input, output, block_size, buffer, room);
    require(result[room] == (char)GUARD);
    require(code != 0 || memchr(result, '\0', room) != NULL);
    check_code(c, slot, code);
    require(code != 0 || is_file);
    c->encoded_count += code == 0;
    free(result);
}

static void decode(caller *c, const uint8_t *call, bool by_parameters)
{
    static const uint8_t parameters[] = {0, 0, 0, 7, 0xd0, 0, 5, 0,  1, 0, 1, 8,
                                         0, 0, 0, 1, 44,   0, 0, 64, 1, 0, 1, 8};
    int slot = call[1] % SESSIONS;
    const char *symbols = path_of(c, call[2]), *output = path_of(c, call[3]);
    int32_t code =
        by_parameters
            ? raptorq_decode_params(c->sessions[slot], symbols, output,
                                    call[4] == 0xff ? NULL : parameters + call[4] % 2 * 12,
                                    call[5] % 4 == 0 ? call[5] / 4 % 13 : 12)
            : raptorq_decode_symbols(c->sessions[slot], symbols, output, path_of(c, call[4]));
    check_code(c, slot, code);
    if (code == 0 && !by_parameters && strcmp(output, "/dev/null") != 0)
        require(was_encoded(c, output));
}

static void ask(caller *c, const uint8_t *call)
{
    char text[64];
    int slot = call[1] % SESSIONS;
    size_t room = call[3] % (sizeof text - 1);
    memset(text, GUARD, sizeof text);
    int32_t code = raptorq_get_last_error(c->sessions[slot], call[2] == 0 ? NULL : text, room);
    require(code == (c->live[slot] && call[2] != 0 && room > 0 ? 0 : -1));
    require(text[room] == (char)GUARD);
    memset(text, GUARD, sizeof text);
    code = raptorq_version(call[2] == 0 ? NULL : text, room);
    require(code == 0 || code == -1);
    require(text[room] == (char)GUARD);
    uint64_t size = (uint64_t)call[4] << (call[5] % 64);
    uintptr_t block = raptorq_get_recommended_block_size(c->sessions[slot], size);
    require(block == raptorq_get_recommended_chunk_size(c->sessions[slot], size));
    require(c->live[slot] || block == 0);
}

static void release(caller *c, int slot)
{
    require(raptorq_free_session(c->sessions[slot]) == c->live[slot]);
    require(!raptorq_free_session(c->sessions[slot]));
    c->live[slot] = false;
}

static void run_call(caller *c, const uint8_t *call)
{
    switch (call[0] % 8) {
    case 0:
    case 1:
        init(c, call);
        break;
    case 2:
    case 3:
        encode(c, call, false);
        break;
    case 4:
        encode(c, call, true);
        break;
    case 5:
        decode(c, call, false);
        break;
    case 6:
        decode(c, call, true);
        break;
    default:
        if (call[5] & 1)
            release(c, call[1] % SESSIONS);
        else
            ask(c, call);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static caller c;
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    (void)setenv("RQ_THREADS", "2", 0);
    begin(&c);
    for (size_t i = 0; i < MAX_CALLS && (i + 1) * CALL <= size; i++)
        run_call(&c, data + i * CALL);
    for (int slot = 0; slot < SESSIONS; slot++) {
        if (c.live[slot])
            release(&c, slot);
    }
    files_remove(c.folder);
    return 0;
}
