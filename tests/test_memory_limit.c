/* The memory limit, held against the system's: each run is a process that may have LIMIT + 16 MiB
 * of data. It must make the layout, or the file, that a run without limits makes.
 * scripts/test-memory does the same with large files. */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/digest.h"
#include "error/error.h"
#include "rq-library.h"
#include "support/files.h"
#include "support/limited.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

#define MIB    (UINT64_C(1) << 20)
#define LAYOUT "_raptorq_layout.json"

/* An object, its paths, and the options of the calls on it. */
typedef struct object {
    uint64_t size;
    rq_options options;
    char folder[FILES_PATH], input[FILES_PATH], symbols[FILES_PATH], block[FILES_PATH];
    char layout[FILES_PATH]; /* of the symbols */
    char expected[FILES_PATH], metadata[FILES_PATH], output[FILES_PATH];
} object;

/* ---- the calls, as the children make them ---- */

static int call_encode(void *context, rq_error *error)
{
    object *o = context;
    return rq_encode(&o->options, o->input, o->symbols, NULL, error);
}

static int call_metadata(void *context, rq_error *error)
{
    object *o = context;
    return rq_metadata(&o->options, o->input, o->metadata, NULL, error);
}

static int call_decode(void *context, rq_error *error)
{
    object *o = context;
    return rq_decode(&o->options, o->symbols, o->output, NULL, error);
}

/* ---- an object and what must come of it ---- */

static void write_input(const object *o)
{
    enum { PIECE = 1 << 16 };
    static uint8_t piece[PIECE];
    FILE *file = fopen(o->input, "wb");
    assert_non_null(file);
    for (uint64_t at = 0; at < o->size; at += PIECE) {
        size_t size = o->size - at < PIECE ? (size_t)(o->size - at) : PIECE;
        splitmix_fill(o->size + at, piece, size);
        assert_int_equal(fwrite(piece, 1, size, file), size);
    }
    assert_int_equal(fclose(file), 0);
}

/* True if the files are the same; without memory for either. */
static bool same_files(const char *a, const char *b)
{
    static char x[1 << 16], y[1 << 16];
    if (!files_exists(a) || !files_exists(b) || files_size(a) != files_size(b))
        return false;
    FILE *first = fopen(a, "rb"), *second = fopen(b, "rb");
    bool same = first && second;
    for (size_t got = 1; same && got > 0;) {
        got = fread(x, 1, sizeof x, first);
        same = fread(y, 1, sizeof y, second) == got && memcmp(x, y, got) == 0;
    }
    if (first)
        fclose(first);
    if (second)
        fclose(second);
    return same;
}

/* The file and its layout, made without limits. block_size 0: one block. */
static void object_open(object *o, uint64_t size, uint16_t symbol_size, uint8_t redundancy,
                        uint64_t block_size)
{
    memset(o, 0, sizeof *o);
    o->size = size;
    files_temporary(o->folder);
    files_join(o->input, o->folder, "input");
    files_join(o->symbols, o->folder, "symbols");
    files_join(o->block, o->symbols, "block_0");
    files_join(o->layout, o->symbols, LAYOUT);
    files_join(o->expected, o->folder, "expected");
    files_join(o->metadata, o->folder, "metadata");
    files_join(o->output, o->folder, "output");
    rq_options_init(&o->options);
    o->options.symbol_size = symbol_size;
    o->options.redundancy = redundancy;
    o->options.block_size = block_size > 0 ? block_size : size;
    o->options.scratch_dir = o->folder;
    o->options.memory_limit = UINT64_C(1) << 40;
    write_input(o);
    limited_outcome made = limited_run(0, call_metadata, o);
    assert_string_equal(made.error.message, "");
    assert_int_equal(made.status, RQ_OK);
    assert_int_equal(rename(o->metadata, o->expected), 0);
}

static void object_close(const object *o)
{
    files_remove(o->folder);
}

/* Runs one call under that limit, which must do. */
static void succeeds(object *o, uint64_t limit, limited_function call)
{
    o->options.memory_limit = limit;
    limited_outcome outcome = limited_run(limit, call, o);
    assert_string_equal(outcome.error.message, "");
    assert_int_equal(outcome.status, RQ_OK);
}

static void encodes(object *o, uint64_t limit)
{
    succeeds(o, limit, call_encode);
    assert_true(same_files(o->layout, o->expected));
    succeeds(o, limit, call_metadata);
    assert_true(same_files(o->metadata, o->expected));
    files_remove(o->metadata);
}

static void decodes(object *o, uint64_t limit)
{
    succeeds(o, limit, call_decode);
    assert_true(same_files(o->output, o->input));
    files_remove(o->output);
}

typedef struct keeping {
    const object *object;
    uint64_t left;
} keeping;

static void keep_or_remove(void *context, const char *name)
{
    keeping *k = context;
    char path[FILES_PATH];
    if (k->left > 0) {
        k->left--;
        return;
    }
    files_join(path, k->object->block, name);
    assert_int_equal(remove(path), 0);
}

/* Leaves count symbols of block 0. Names are hashes, so those that come first are a random choice.
 */
static void keep_symbols(const object *o, uint64_t count)
{
    keeping k = {o, count};
    files_list(o->block, keep_or_remove, &k);
    assert_int_equal(files_list(o->block, NULL, NULL), count);
}

/* Encode, metadata, decode with all symbols; then with a twentieth lost and with a random K + 3
 * left, each at every limit. */
static void four_calls(object *o, const uint64_t *limits, size_t count, uint64_t K)
{
    for (size_t i = 0; i < count; i++) {
        encodes(o, limits[i]);
        decodes(o, limits[i]);
    }
    keep_symbols(o, files_list(o->block, NULL, NULL) / 20 * 19);
    for (size_t i = 0; i < count; i++)
        decodes(o, limits[i]);
    keep_symbols(o, K + 3);
    for (size_t i = 0; i < count; i++)
        decodes(o, limits[i]);
    /* Nothing else is left behind: the layout and the block. */
    assert_int_equal(files_list(o->symbols, NULL, NULL), 2);
    assert_int_equal(files_list(o->folder, NULL, NULL), 3);
}

/* ---- the cases ---- */

static void one_block_of_long_symbols(void **state)
{
    (void)state;
    static const uint64_t limits[] = {12 * MIB, 24 * MIB};
    object o;
    uint64_t size = (SUPPORT_SLOW_BUILD ? 8 : 48) * MIB + 4321;
    object_open(&o, size, 65535, 6, 0);
    four_calls(&o, limits, 2, (size + 65527) / 65528);
    object_close(&o);
}

/* K = 56403, the most: plans and rows take the memory, not the 3.4 MiB of data. */
static void largest_source_block(void **state)
{
    (void)state;
    static const uint64_t limits[] = {48 * MIB};
    object o;
    if (SUPPORT_SLOW_BUILD)
        skip();
    object_open(&o, RQ_MAX_K * UINT64_C(64), 64, 2, 0);
    four_calls(&o, limits, 1, RQ_MAX_K);
    object_close(&o);
}

/* Several source blocks, blocks and sub-blocks, at limits of which some are too small: then the
 * call says so and has done nothing. */
/* Where sub-blocks are of two widths, there are limits at which a window holds a narrow one whole
 * but not a wide one. */
static void the_layout_is_the_same_at_any_limit(void **state)
{
    (void)state;
    enum { STEP = 100 * 1000, LIMITS = 8 };
    object o;
    object_open(&o, 12389264, 232, 1, 0);
    o.options.threads = 1;
    uint64_t smallest, comfortable;
    assert_int_equal(rq_memory_required(&o.options, RQ_OPERATION_METADATA, o.size, &smallest,
                                        &comfortable, NULL),
                     RQ_OK);
    for (int i = 0; i < LIMITS; i++) {
        rq_error error;
        o.options.memory_limit = smallest + (uint64_t)i * STEP;
        assert_int_equal(rq_metadata(&o.options, o.input, o.metadata, NULL, &error), RQ_OK);
        assert_true(same_files(o.metadata, o.expected));
    }
    object_close(&o);
}

/* Writes to the input once, when it has been read in part. */
static int change_input(void *context, const rq_progress *progress)
{
    object *o = context;
    if (progress->bytes_done < o->size / 4 || o->size == 0)
        return 0;
    FILE *file = fopen(o->input, "r+b");
    assert_non_null(file);
    for (uint64_t at = 0; at < o->size; at += 65536) {
        assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
        assert_int_equal(fputc('x', file), 'x');
    }
    assert_int_equal(fclose(file), 0);
    o->size = 0;
    return 0;
}

/* The same, and puts back the time at which it was written last. */
static int change_input_in_secret(void *context, const rq_progress *progress)
{
    object *o = context;
    struct stat before;
    if (progress->bytes_done < o->size / 4 || o->size == 0)
        return 0;
    assert_int_equal(stat(o->input, &before), 0);
    change_input(context, progress);
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, o->input, times, 0), 0);
    return 0;
}

/* With little memory it is read twice, so that symbols and hash would be those of two files. */
static void an_input_that_changes_is_not_encoded(void **state)
{
    (void)state;
    for (int secret = 0; secret <= 1; secret++) {
        object o;
        rq_error error;
        object_open(&o, 24000000, 65535, 2, 0);
        files_make_folder(o.symbols);
        o.options.memory_limit = 10 * MIB;
        o.options.progress = secret ? change_input_in_secret : change_input;
        o.options.progress_context = &o;
        assert_int_equal(rq_encode(&o.options, o.input, o.symbols, NULL, &error), RQ_ERROR_IO);
        assert_non_null(strstr(error.message, "changed while it was read"));
        assert_int_equal(o.size, 0);
        assert_false(files_exists(o.layout));
        object_close(&o);
    }
}

/* In place: the length stays. */
static void overwrite(void *context, const char *name)
{
    const object *o = context;
    char path[FILES_PATH];
    files_join(path, o->block, name);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    for (long at = 4; at < 60000; at += 500) {
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        assert_int_equal(fwrite("changed", 1, 7, file), 7);
    }
    assert_int_equal(fclose(file), 0);
}

/* Overwrites the symbols once, when all have been read. */
static int change_symbols(void *context, const rq_progress *progress)
{
    object *o = context;
    if (o->size == 0 || progress->bytes_done <= o->size / 2)
        return 0;
    o->size = 0;
    files_list(o->block, overwrite, o);
    return 0;
}

/* What is read again, window by window, is checked again where the block has no hash. */
static void symbols_that_change_are_not_decoded(void **state)
{
    (void)state;
    object o;
    rq_error error;
    rq_result *result;
    uint8_t parameters[12];
    uint64_t smallest, comfortable;
    object_open(&o, 24000000, 65535, 1, 0);
    assert_int_equal(rq_encode(&o.options, o.input, o.symbols, &result, &error), RQ_OK);
    memcpy(parameters, rq_result_block(result, 0)->encoder_parameters, sizeof parameters);
    rq_result_free(result);
    assert_int_equal(
        rq_memory_required(&o.options, RQ_OPERATION_DECODE, o.size, &smallest, &comfortable, NULL),
        RQ_OK);
    o.options.threads = 1;
    o.options.memory_limit = smallest + MIB / 2;
    assert_int_equal(rq_decode_parameters(&o.options, o.symbols, o.output, parameters,
                                          sizeof parameters, NULL, &error),
                     RQ_OK);
    files_remove(o.output);
    o.options.progress = change_symbols;
    o.options.progress_context = &o;
    assert_int_equal(rq_decode_parameters(&o.options, o.symbols, o.output, parameters,
                                          sizeof parameters, NULL, &error),
                     RQ_ERROR_DECODE);
    assert_int_equal(o.size, 0);
    assert_false(files_exists(o.output));
    object_close(&o);
}

static void small_limits_work_or_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t size;
        uint16_t symbol_size;
        uint64_t block_size;
        bool fits; /* into 1 MiB */
    } cases[] = {{1, 8, 0, true},           {200000, 8192, 0, true},
                 {3 * MIB, 65535, 0, true}, {20 * MIB, 65535, 1 * MIB, true},
                 {4 * MIB, 64, 0, false},   {8 * MIB, 1280, 0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        object o;
        object_open(&o, cases[i].size, cases[i].symbol_size, 3, cases[i].block_size);
        if (cases[i].fits) {
            encodes(&o, MIB);
            decodes(&o, MIB);
        } else {
            o.options.memory_limit = MIB;
            limited_outcome outcome = limited_run(MIB, call_encode, &o);
            assert_int_equal(outcome.status, RQ_ERROR_MEMORY);
            assert_int_equal(outcome.error.code, RQ_ERROR_MEMORY);
            assert_non_null(strstr(outcome.error.message, "Required: "));
            assert_non_null(strstr(outcome.error.message, "MB, Available: 1MB"));
            assert_false(files_exists(o.symbols));
        }
        object_close(&o);
    }
}

/* What is to be the folder of temporary files is none: an error at once, nothing touched. */
static void scratch_folders_that_are_none(void **state)
{
    (void)state;
    object o;
    char file[FILES_PATH], fifo[FILES_PATH], dangling[FILES_PATH], nothing[FILES_PATH];
    object_open(&o, 3 * MIB, 65535, 3, 0);
    files_join(file, o.folder, "file");
    files_join(fifo, o.folder, "fifo");
    files_join(dangling, o.folder, "dangling");
    files_join(nothing, o.folder, "nothing");
    files_write(file, "file", 4);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(symlink("nothing", dangling), 0);
    const char *traps[] = {file, fifo, dangling, nothing, "/dev/null"};
    o.options.memory_limit = MIB;
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        rq_error error;
        o.options.scratch_dir = traps[i];
        assert_int_equal(call_encode(&o, &error), RQ_ERROR_IO);
        assert_non_null(strstr(error.message, traps[i]));
        assert_false(files_exists(o.symbols));
    }
    assert_true(files_equal(file, "file", 4));
    assert_false(files_exists(nothing));
    o.options.scratch_dir = o.folder;
    encodes(&o, MIB);
    object_close(&o);
}

/* Writes the layout with `count` more names before those that are there, names of nothing. */
static void list_more_names(const object *o, uint64_t count)
{
    static const char start[] = "\"symbols\": [";
    char *text = files_read(o->layout, NULL), *list = strstr(text, start);
    assert_non_null(list);
    list += sizeof start - 1;
    FILE *file = fopen(o->layout, "wb");
    assert_non_null(file);
    fwrite(text, 1, (size_t)(list - text), file);
    splitmix random = {11};
    for (uint64_t i = 0; i < count; i++) {
        char name[DIGEST_NAME_SIZE];
        digest value;
        splitmix_fill(splitmix_next(&random), &value, sizeof value);
        digest_name(&value, name);
        fprintf(file, "\"%s\",", name);
    }
    fputs(list, file);
    assert_int_equal(fclose(file), 0);
    free(text);
}

/* 400 000 names are 13 MB, and the layout's text 19 MB. */
static void layouts_may_list_any_number_of_symbols(void **state)
{
    (void)state;
    object o;
    object_open(&o, 500000, 4096, 3, 0);
    encodes(&o, 2 * MIB);
    list_more_names(&o, SUPPORT_SLOW_BUILD ? 10000 : 400000);
    decodes(&o, 4 * MIB);
    keep_symbols(&o, 500000 / 4096 + 4);
    decodes(&o, 4 * MIB);
    object_close(&o);
}

/* ---- several calls in one session ---- */

enum { CALLS = 4, SESSION_MB = 24 };

typedef struct session_call {
    const object *object;
    uintptr_t session;
    char output[FILES_PATH];
    int32_t status;
    char result[16384];
} session_call;

static void *encode_in_session(void *context)
{
    session_call *c = context;
    c->status = raptorq_encode_file(c->session, c->object->input, c->output,
                                    (uintptr_t)c->object->size, c->result, sizeof c->result);
    return NULL;
}

static int call_session(void *context, rq_error *error)
{
    static session_call calls[CALLS];
    pthread_t threads[CALLS];
    pthread_attr_t attributes;
    const object *o = context;
    uintptr_t session =
        raptorq_init_session(o->options.symbol_size, o->options.redundancy, SESSION_MB, CALLS);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 512 << 10); /* the test's own, but data to the system */
    for (int i = 0; i < CALLS; i++) {
        char name[32];
        snprintf(name, sizeof name, "session_%d", i);
        calls[i].object = o;
        calls[i].session = session;
        files_join(calls[i].output, o->folder, name);
        if (pthread_create(&threads[i], &attributes, encode_in_session, &calls[i]) != 0)
            return RQ_ERROR_GENERIC;
    }
    int status = RQ_OK;
    for (int i = 0; i < CALLS; i++) {
        pthread_join(threads[i], NULL);
        status = calls[i].status != RAPTORQ_OK ? (int)calls[i].status : status;
    }
    raptorq_get_last_error(session, error->message, sizeof error->message);
    raptorq_free_session(session);
    return status;
}

static void calls_of_a_session_share_its_limit(void **state)
{
    (void)state;
    object o;
    object_open(&o, 12 * MIB + 1, 65535, 3, 0);
    limited_outcome outcome = limited_run(SESSION_MB * MIB, call_session, &o);
    assert_string_equal(outcome.error.message, "");
    assert_int_equal(outcome.status, RQ_OK);
    for (int i = 0; i < CALLS; i++) {
        char name[64], layout[FILES_PATH];
        snprintf(name, sizeof name, "session_%d/" LAYOUT, i);
        files_join(layout, o.folder, name);
        assert_true(same_files(layout, o.expected));
    }
    object_close(&o);
}

/* ---- streams ---- */

#define STREAM_BLOCKS 12
#define STREAM_BLOCK  MIB

typedef struct stream {
    const object *object;
    FILE *file;
    uint64_t at;    /* bytes that went through */
    uint64_t early; /* encode: symbols there when the last block was asked for */
    bool lose_last; /* decode: the last block's symbols go when the first byte comes */
} stream;

/* Symbols below a folder, of finished blocks and of those in the making. */
static uint64_t count_symbols(const char *folder);

typedef struct counting_walk {
    const char *folder;
    uint64_t count;
} counting_walk;

static void count_entry(void *context, const char *name)
{
    counting_walk *w = context;
    char path[FILES_PATH];
    bool is_folder = strncmp(name, "block_", 6) == 0 || name[0] == '.';
    files_join(path, w->folder, name);
    w->count += is_folder ? count_symbols(path) : 1;
}

static uint64_t count_symbols(const char *folder)
{
    counting_walk w = {folder, 0};
    files_list(folder, count_entry, &w);
    return w.count;
}

/* Odd pieces, as a pipe gives them. */
static int64_t read_some(void *context, void *buffer, size_t size)
{
    stream *s = context;
    if (s->at == (STREAM_BLOCKS - 1) * STREAM_BLOCK)
        s->early = count_symbols(s->object->symbols);
    size_t left = (size_t)(STREAM_BLOCK - s->at % STREAM_BLOCK);
    size_t most = size < 10007 ? size : 10007;
    size_t got = fread(buffer, 1, most < left ? most : left, s->file);
    s->at += got;
    return (int64_t)got;
}

static int write_all(void *context, const void *data, size_t size)
{
    stream *s = context;
    if (s->at == 0 && s->lose_last) {
        char name[32], folder[FILES_PATH];
        snprintf(name, sizeof name, "block_%d", STREAM_BLOCKS - 1);
        files_join(folder, s->object->symbols, name);
        files_remove(folder);
    }
    s->at += size;
    return fwrite(data, 1, size, s->file) == size ? 0 : -1;
}

static int call_encode_stream(void *context, rq_error *error)
{
    const object *o = context;
    stream s = {.object = o, .file = fopen(o->input, "rb")};
    rq_reader reader = {sizeof reader, &s, read_some};
    int status = rq_encode_stream(&o->options, &reader, o->symbols, NULL, error);
    fclose(s.file);
    uint64_t symbols =
        (STREAM_BLOCKS - 1) * (STREAM_BLOCK / 65528); /* and as many repair symbols */
    if (status == RQ_OK && o->options.block_size == STREAM_BLOCK && s.early < symbols)
        return error_set(error, RQ_ERROR_GENERIC, "the first blocks were not encoded first");
    return status;
}

static int decode_stream(const object *o, bool lose_last, rq_error *error)
{
    stream s = {.object = o, .file = fopen(o->output, "wb"), .lose_last = lose_last};
    rq_writer writer = {sizeof writer, &s, write_all};
    int status = rq_decode_stream(&o->options, o->symbols, &writer, NULL, error);
    fclose(s.file);
    return status;
}

static int call_decode_stream(void *context, rq_error *error)
{
    return decode_stream(context, false, error);
}

static int call_decode_stream_losing(void *context, rq_error *error)
{
    return decode_stream(context, true, error);
}

/* True if the file at a is all of the one at b but its last `less` bytes. */
static bool is_start_of(const char *a, const char *b, uint64_t less)
{
    size_t length, whole;
    char *x = files_read(a, &length), *y = files_read(b, &whole);
    bool start = length + less == whole && memcmp(x, y, length) == 0;
    free(x);
    free(y);
    return start;
}

static void streams_go_block_by_block(void **state)
{
    (void)state;
    object o;
    object_open(&o, STREAM_BLOCKS * STREAM_BLOCK, 65535, 2, STREAM_BLOCK);
    succeeds(&o, 6 * MIB, call_encode_stream);
    assert_true(same_files(o.layout, o.expected));
    succeeds(&o, 6 * MIB, call_decode_stream);
    assert_true(same_files(o.output, o.input));
    /* What is written before the last block is read does not need it. */
    limited_outcome outcome = limited_run(6 * MIB, call_decode_stream_losing, &o);
    assert_int_equal(outcome.status, RQ_ERROR_DECODE);
    assert_true(is_start_of(o.output, o.input, STREAM_BLOCK));
    object_close(&o);
}

/* A stream's block longer than the limit goes through a scratch file, both ways. */
static void streams_of_blocks_longer_than_the_limit(void **state)
{
    (void)state;
    object o;
    object_open(&o, STREAM_BLOCKS * STREAM_BLOCK, 65535, 3, 0);
    succeeds(&o, 4 * MIB, call_encode_stream);
    assert_true(same_files(o.layout, o.expected));
    succeeds(&o, 4 * MIB, call_decode_stream);
    assert_true(same_files(o.output, o.input));
    keep_symbols(&o, (o.size + 65527) / 65528 + 3);
    succeeds(&o, 4 * MIB, call_decode_stream);
    assert_true(same_files(o.output, o.input));
    object_close(&o);
}

/* A buffer however large is no reason to work out a result that cannot be within the limit. */
static int call_with_a_large_buffer(void *context, rq_error *error)
{
    enum { BUFFER = 1 << 30 };
    const object *o = context;
    char *buffer = limited_shared(BUFFER);
    uintptr_t session = raptorq_init_session(65535, 2, 8, 1);
    int status = raptorq_create_metadata(session, o->input, "", 1, buffer, BUFFER);
    (void)raptorq_get_last_error(session, error->message, sizeof error->message);
    raptorq_free_session(session);
    return status;
}

static void large_buffers_take_no_memory(void **state)
{
    (void)state;
    object o;
    object_open(&o, 2 * MIB, 65535, 2, 0);
    limited_outcome outcome = limited_run(8 * MIB, call_with_a_large_buffer, &o);
    assert_int_equal(outcome.status, RQ_ERROR_MEMORY);
    assert_non_null(strstr(outcome.error.message, "Memory limit exceeded. Required: "));
    object_close(&o);
}

/* ---- layouts of many blocks ---- */

enum { LISTED_BLOCKS = 50000 };

static void list_blocks(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"blocks\":[", file);
    for (int i = 0; i < LISTED_BLOCKS; i++)
        fprintf(file,
                "%s{\"block_id\":%d,\"encoder_parameters\":[0,0,0,0,8,0,0,8,1,0,1,8],"
                "\"original_offset\":%d,\"size\":8,\"symbols\":["
                "\"11111111111111111111111111111111\"],\"hash\":\"\"}",
                i == 0 ? "" : ",", i, 8 * i);
    fputs("]}", file);
    assert_int_equal(fclose(file), 0);
}

static int call_read_layout(void *context, rq_error *error)
{
    object *o = context;
    rq_result *result;
    int status = rq_read_layout(&o->options, o->metadata, &result, error);
    if (status == RQ_OK && rq_result_block_count(result) != LISTED_BLOCKS)
        status = RQ_ERROR_GENERIC;
    rq_result_free(result);
    return status;
}

static void layouts_of_many_blocks(void **state)
{
    (void)state;
    object o;
    object_open(&o, 1000, 65535, 2, 0);
    list_blocks(o.metadata);
    o.options.memory_limit = 2 * MIB;
    limited_outcome outcome = limited_run(2 * MIB, call_read_layout, &o);
    assert_int_equal(outcome.status, RQ_ERROR_MEMORY);
    assert_non_null(strstr(outcome.error.message, "Memory limit exceeded. Required: "));
    succeeds(&o, 64 * MIB, call_read_layout);
    object_close(&o);
}

/* Fails where the system's limit does not hold: else the other tests would mean nothing. */
static int take_too_much(void *context, rq_error *error)
{
    /* volatile: else a compiler may see that the memory is not used, and not ask for it. */
    void *volatile taken = malloc((size_t)(LIMITED_ALLOWANCE + 8 * MIB));
    (void)context;
    (void)error;
    if (taken)
        memset(taken, 1, 1);
    free(taken);
    return taken ? RQ_OK : RQ_ERROR_MEMORY;
}

static void the_system_enforces_the_limit(void **state)
{
    (void)state;
    if (SUPPORT_SLOW_BUILD)
        skip();
    assert_int_equal(limited_run(4 * MIB, take_too_much, NULL).status, RQ_ERROR_MEMORY);
    assert_int_equal(limited_run(16 * MIB, take_too_much, NULL).status, RQ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_enforces_the_limit),
        cmocka_unit_test(one_block_of_long_symbols),
        cmocka_unit_test(largest_source_block),
        cmocka_unit_test(the_layout_is_the_same_at_any_limit),
        cmocka_unit_test(an_input_that_changes_is_not_encoded),
        cmocka_unit_test(symbols_that_change_are_not_decoded),
        cmocka_unit_test(small_limits_work_or_are_refused),
        cmocka_unit_test(scratch_folders_that_are_none),
        cmocka_unit_test(layouts_may_list_any_number_of_symbols),
        cmocka_unit_test(calls_of_a_session_share_its_limit),
        cmocka_unit_test(streams_go_block_by_block),
        cmocka_unit_test(streams_of_blocks_longer_than_the_limit),
        cmocka_unit_test(large_buffers_take_no_memory),
        cmocka_unit_test(layouts_of_many_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
