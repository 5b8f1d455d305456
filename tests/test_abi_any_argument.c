/* rq.h in the hands of an enemy: any argument of any function, and calls out of order, give an
 * error code or nothing. Worth most under the sanitizers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rq.h"
#include "support/folder.h"
#include "support/splitmix.h"

static char root[FOLDER_PATH_SIZE], input[FOLDER_PATH_SIZE], symbols[FOLDER_PATH_SIZE],
    output[FOLDER_PATH_SIZE];
enum { SIZE = 20000 };
static uint8_t contents[SIZE];

static int set_up(void **state)
{
    (void)state;
    folder_make(root);
    strcpy(input, folder_join(root, "input"));
    strcpy(symbols, folder_join(root, "symbols"));
    strcpy(output, folder_join(root, "output"));
    splitmix_fill(1, contents, sizeof contents);
    folder_write(input, contents, sizeof contents);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(root);
    return 0;
}

static rq_options small(void)
{
    rq_options options;
    rq_options_init(&options);
    options.symbol_size = 512;
    options.redundancy = 2;
    options.memory_limit = 64 << 20;
    return options;
}

static int64_t no_bytes(void *context, void *buffer, size_t size)
{
    (void)context, (void)buffer, (void)size;
    return 0;
}

static int64_t too_many_bytes(void *context, void *buffer, size_t size)
{
    (void)context, (void)buffer;
    return (int64_t)size + 1;
}

static int take_none(void *context, const void *data, size_t size)
{
    (void)context, (void)data, (void)size;
    return -1;
}

/* ---- nothing where something should be ---- */

static void nothing_at_all(void **state)
{
    (void)state;
    rq_error error;
    uint64_t least, most;
    rq_result *result = (rq_result *)&error;
    const rq_reader reader = {sizeof reader, NULL, NULL};
    const rq_writer writer = {sizeof writer, NULL, NULL};
    rq_options_init(NULL);
    rq_decode_report_init(NULL);
    assert_int_equal(rq_encode(NULL, NULL, NULL, NULL, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encode(NULL, input, NULL, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encode(NULL, NULL, symbols, &result, &error), RQ_ERROR_PARAMETER);
    assert_null(result);
    assert_int_equal(rq_encode_stream(NULL, NULL, symbols, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encode_stream(NULL, &reader, symbols, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_metadata(NULL, NULL, NULL, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decode(NULL, NULL, NULL, NULL, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decode(NULL, symbols, NULL, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decode_stream(NULL, symbols, NULL, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decode_stream(NULL, symbols, &writer, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decode_parameters(NULL, symbols, output, NULL, 12, NULL, &error),
                     RQ_ERROR_PARAMETER);
    assert_int_equal(rq_read_layout(NULL, NULL, &result, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_read_layout(NULL, NULL, NULL, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_memory_required(NULL, 1, 1, NULL, NULL, NULL), RQ_OK);
    assert_int_equal(rq_memory_required(NULL, 0, 1, &least, &most, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_memory_required(NULL, 1, 0, &least, &most, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_result_symbols(NULL), 0);
    assert_int_equal(rq_result_repair_symbols(NULL), 0);
    assert_int_equal(rq_result_block_count(NULL), 0);
    assert_null(rq_result_block(NULL, 0));
    assert_non_null(rq_result_json(NULL));
    rq_result_free(NULL);
    assert_int_equal(folder_count(root), 1);
}

static void nothing_to_code(void **state)
{
    (void)state;
    uint8_t bytes[12] = {0};
    rq_oti oti;
    rq_encoder *encoder;
    rq_decoder *decoder;
    rq_plan *plan;
    assert_int_equal(rq_oti_choose(1, 1, NULL), RQ_ERROR_PARAMETER);
    rq_oti_serialize(NULL, bytes);
    assert_int_equal(rq_oti_choose(1000, 100, &oti), RQ_OK);
    rq_oti_serialize(&oti, NULL);
    assert_int_equal(rq_oti_parse(NULL, &oti), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_oti_parse(bytes, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_oti_source_symbols(NULL, 0), 0);
    assert_int_equal(rq_oti_padded_size(NULL), 0);
    assert_int_equal(rq_encoder_create(NULL, contents, NULL, &encoder), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_create(&oti, NULL, NULL, &encoder), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_create(&oti, contents, NULL, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packet(NULL, 0, 0, bytes), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packets(NULL, 0, 0, 1, bytes), RQ_ERROR_PARAMETER);
    rq_encoder_free(NULL);
    assert_int_equal(rq_decoder_create(NULL, contents, NULL, &decoder), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decoder_create(&oti, NULL, NULL, &decoder), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decoder_create(&oti, contents, NULL, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decoder_push(NULL, bytes, 12), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decoder_needed(NULL, 0), 0);
    assert_int_equal(rq_decoder_complete(NULL), 0);
    rq_decoder_free(NULL);
    assert_int_equal(rq_plan_encode(10, NULL, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_decode(10, NULL, 10, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_decode(10, (const uint32_t[]){0}, 1, NULL, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_workspace_size(NULL, 64), 0);
    assert_int_equal(rq_plan_execute(NULL, NULL, 64, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_symbol(NULL, NULL, 64, 0, NULL), RQ_ERROR_PARAMETER);
    rq_plan_free(NULL);
}

/* ---- numbers that cannot be ---- */

static void structs_of_any_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 3, 7, sizeof(size_t), SIZE_MAX, SIZE_MAX / 2};
    rq_error error;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        rq_options options = small();
        options.struct_size = sizes[i];
        int status = rq_encode(&options, input, symbols, NULL, &error);
        assert_true(status == RQ_OK || status == RQ_ERROR_PARAMETER);
        const rq_reader reader = {sizes[i], NULL, no_bytes};
        assert_int_not_equal(rq_encode_stream(NULL, &reader, folder_join(root, "x"), NULL, &error),
                             RQ_OK);
        const rq_writer writer = {sizes[i], NULL, take_none};
        assert_int_not_equal(rq_decode_stream(NULL, symbols, &writer, NULL, &error), RQ_OK);
        /* Of a report no more is written than it says there is room for. */
        struct {
            rq_decode_report report;
            uint8_t beyond[64];
        } out;
        memset(&out, 0x5a, sizeof out);
        out.report.struct_size = sizes[i];
        (void)rq_decode(NULL, symbols, output, &out.report, &error);
        for (size_t at = sizes[i] > sizeof(size_t) ? sizes[i] : sizeof(size_t); at < sizeof out;
             at++)
            assert_int_equal(((const uint8_t *)&out)[at], 0x5a);
    }
}

static int progress_is_fine(void *context, const rq_progress *progress)
{
    (void)context, (void)progress;
    return 0;
}

/* No size makes the library take a part of a pointer for one. */
static void options_cut_anywhere(void **state)
{
    (void)state;
    const rq_observer observer = {.struct_size = sizeof observer};
    rq_error error;
    for (size_t size = 0; size <= sizeof(rq_options) + 8; size++) {
        rq_options options = small();
        options.scratch_dir = root;
        options.progress = progress_is_fine;
        options.observer = &observer;
        options.struct_size = size;
        int status = rq_encode(&options, input, symbols, NULL, &error);
        assert_int_equal(rq_decode(&options, symbols, output, NULL, &error), status);
        assert_int_equal(rq_verify(&options, symbols, NULL, &error), status);
        assert_true(status == (size == sizeof options ? RQ_OK : RQ_ERROR_PARAMETER) ||
                    (status == RQ_OK && size < sizeof options));
    }
}

static void extreme_options(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0,          1,          7,         64,        UINT32_MAX,
                                       1ull << 40, 1ull << 62, INT64_MAX, UINT64_MAX};
    enum { NUMBERS = sizeof numbers / sizeof *numbers };
    rq_error error;
    uint64_t least, most;
    for (int i = 0; i < NUMBERS * NUMBERS; i++) {
        rq_options options = small();
        options.memory_limit = numbers[i % NUMBERS];
        options.block_size = numbers[i / NUMBERS];
        options.threads = i == 1 ? UINT32_MAX : (uint32_t)numbers[i % 3]; /* which starts many */
        options.symbol_size = (uint16_t)(i == 20 ? UINT16_MAX : i * 977 % 1000);
        options.redundancy = (uint8_t)(i == 40 ? UINT8_MAX : i % 4);
        if (options.symbol_size < 64 || (options.block_size > 0 && options.block_size < 64))
            options.symbol_size = 0; /* else a file for each byte */
        int status = rq_metadata(&options, input, NULL, NULL, &error);
        assert_true(status <= 0 && (status == RQ_OK || error.message[0] != '\0'));
        for (int operation = -1; operation < 5; operation++)
            for (int k = 0; k < NUMBERS; k++)
                assert_true(rq_memory_required(&options, operation, numbers[k], &least, &most,
                                               &error) <= 0);
    }
}

/* It is what symbols are made by; reading them it is not used. */
static void a_symbol_size_of_nothing(void **state)
{
    (void)state;
    rq_error error;
    rq_options options = small();
    assert_int_equal(rq_encode(&options, input, symbols, NULL, &error), RQ_OK);
    options.symbol_size = 0;
    assert_int_equal(rq_encode(&options, input, symbols, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_metadata(&options, input, NULL, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_verify(&options, symbols, NULL, &error), RQ_OK);
    assert_int_equal(rq_decode(&options, symbols, output, NULL, &error), RQ_OK);
}

static void lengths_of_parameters(void **state)
{
    (void)state;
    rq_error error;
    rq_options options = small();
    uint8_t bytes[24] = {0};
    assert_int_equal(rq_encode(&options, input, symbols, NULL, &error), RQ_OK);
    static const size_t lengths[] = {0, 1, 11, 13, 23, 24, SIZE_MAX, SIZE_MAX / 12 * 12};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        assert_int_equal(
            rq_decode_parameters(&options, symbols, output, bytes, lengths[i], NULL, &error),
            RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decode_parameters(&options, symbols, output, bytes, 12, NULL, &error),
                     RQ_ERROR_DECODE);
    assert_false(folder_exists(output));
}

/* Parameters of every kind but those that parse lets through. */
static void parameters_that_cannot_be(void **state)
{
    (void)state;
    static const rq_oti wrong[] = {
        {0, 8, 1, 1, 8},          {1000, 0, 1, 1, 8},        {1000, 8, 0, 1, 8},
        {1000, 8, 1, 0, 8},       {1000, 8, 1, 1, 0},        {1000, 9, 1, 1, 8},
        {1000, 8, 1, 2, 8},       {UINT64_MAX, 8, 1, 1, 8},  {UINT64_MAX, 65528, 255, 65535, 8},
        {1000, 8, 255, 1, 8},     {56404 * 8, 8, 1, 1, 8},   {1000, 8, 1, 1, 255},
        {1ull << 40, 8, 1, 1, 8}, {INT64_MAX, 8, 255, 1, 8}, {0, 0, 0, 0, 0},
    };
    uint8_t bytes[12];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rq_encoder *encoder = NULL;
        rq_decoder *decoder = NULL;
        assert_int_equal(rq_encoder_create(&wrong[i], contents, NULL, &encoder),
                         RQ_ERROR_PARAMETER);
        assert_null(encoder);
        assert_int_equal(rq_decoder_create(&wrong[i], contents, NULL, &decoder),
                         RQ_ERROR_PARAMETER);
        assert_null(decoder);
        for (int sbn = 0; sbn < 256; sbn++)
            (void)rq_oti_source_symbols(&wrong[i], (uint8_t)sbn);
        (void)rq_oti_padded_size(&wrong[i]);
        rq_oti_serialize(&wrong[i], bytes);
    }
    rq_oti oti;
    static const uint64_t sizes[] = {0, RQ_MAX_TRANSFER_LENGTH + 1, INT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < 4; i++)
        for (int symbol = 0; symbol < 3; symbol++)
            assert_int_equal(rq_oti_choose(sizes[i], (uint16_t)(symbol * 1280), &oti),
                             RQ_ERROR_PARAMETER);
    assert_int_equal(rq_oti_choose(1000, 0, &oti), RQ_ERROR_PARAMETER);
}

/* ---- packets ---- */

static void packets_that_cannot_be(void **state)
{
    (void)state;
    rq_oti oti;
    rq_encoder *encoder;
    rq_decoder *decoder;
    assert_int_equal(rq_oti_choose(SIZE, 512, &oti), RQ_OK);
    size_t size = (size_t)oti.T + RQ_PAYLOAD_ID_SIZE;
    uint8_t *packet = malloc(size), *buffer = malloc((size_t)rq_oti_padded_size(&oti));
    assert_int_equal(rq_encoder_create(&oti, contents, NULL, &encoder), RQ_OK);
    static const uint32_t wrong[] = {RQ_MAX_ESI + 1, INT32_MAX, UINT32_MAX};
    for (int i = 0; i < 3; i++)
        assert_int_equal(rq_encoder_packet(encoder, 0, wrong[i], packet), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packet(encoder, oti.Z, 0, packet), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packet(encoder, 0, 0, NULL), RQ_ERROR_PARAMETER);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rq_encoder_packets(encoder, 0, wrong[i], 1, packet), RQ_ERROR_PARAMETER);
        assert_int_equal(rq_encoder_packets(encoder, 0, 1, wrong[i], packet), RQ_ERROR_PARAMETER);
    }
    assert_int_equal(rq_encoder_packets(encoder, 0, RQ_MAX_ESI, 2, packet), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packets(encoder, oti.Z, 0, 1, packet), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packets(encoder, 0, 0, 1, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packets(encoder, 0, RQ_MAX_ESI, 0, packet), RQ_OK);

    assert_int_equal(rq_decoder_create(&oti, buffer, NULL, &decoder), RQ_OK);
    assert_int_equal(rq_decoder_complete(decoder), 0);
    static const size_t sizes[] = {0, 1, 3, 4, 5, SIZE_MAX};
    for (int i = 0; i < 6; i++)
        assert_int_equal(rq_decoder_push(decoder, packet, sizes[i]), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decoder_push(decoder, NULL, size), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packet(encoder, 0, 3, packet), RQ_OK);
    packet[0] = oti.Z; /* a source block too many */
    assert_int_equal(rq_decoder_push(decoder, packet, size), RQ_ERROR_PARAMETER);
    packet[0] = 0;
    uint32_t needed = rq_decoder_needed(decoder, 0);
    for (int i = 0; i < 3; i++) /* the same again and again */
        assert_int_equal(rq_decoder_push(decoder, packet, size), RQ_OK);
    assert_int_equal(rq_decoder_needed(decoder, 0), needed - 1);
    assert_int_equal(rq_decoder_needed(decoder, 255), 0);
    for (uint32_t esi = RQ_MAX_ESI; rq_decoder_complete(decoder) == 0; esi -= 4099) {
        assert_int_equal(rq_encoder_packet(encoder, 0, esi, packet), RQ_OK);
        assert_int_equal(rq_decoder_push(decoder, packet, size), RQ_OK);
    }
    assert_memory_equal(buffer, contents, SIZE);
    memset(packet + 4, 0xff, size - 4);
    assert_int_equal(rq_decoder_push(decoder, packet, size), RQ_OK); /* too late to do harm */
    assert_memory_equal(buffer, contents, SIZE);
    rq_decoder_free(decoder);
    rq_encoder_free(encoder);
    free(packet);
    free(buffer);
}

/* ---- plans ---- */

static void plans_that_cannot_be(void **state)
{
    (void)state;
    enum { K = 10, WIDTH = 64 };
    uint32_t esis[K + 2] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    rq_plan *plan = (rq_plan *)esis;
    assert_int_equal(rq_plan_encode(0, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_null(plan);
    assert_int_equal(rq_plan_encode(RQ_MAX_K + 1, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_encode(UINT32_MAX, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_decode(0, esis, K, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_decode(UINT32_MAX, esis, K, NULL, &plan), RQ_ERROR_PARAMETER);
    assert_int_not_equal(rq_plan_decode(K, esis, 0, NULL, &plan), RQ_OK);
    assert_int_equal(rq_plan_decode(K, esis, K - 1, NULL, &plan), RQ_ERROR_DECODE);
    esis[3] = RQ_MAX_ESI + 1;
    assert_int_equal(rq_plan_decode(K, esis, K, NULL, &plan), RQ_ERROR_PARAMETER);
    esis[3] = UINT32_MAX;
    assert_int_equal(rq_plan_decode(K, esis, K, NULL, &plan), RQ_ERROR_PARAMETER);
    esis[3] = 4; /* twice */
    assert_int_not_equal(rq_plan_decode(K, esis, K, NULL, &plan), RQ_OK);
    esis[3] = 3;
    assert_int_equal(rq_plan_decode(K, esis, K + 2, NULL, &plan), RQ_OK);

    static const size_t widths[] = {0, 1, 63, 65, SIZE_MAX, SIZE_MAX / 2, SIZE_MAX - 63};
    size_t size = rq_plan_workspace_size(plan, WIDTH);
    uint8_t *workspace = aligned_alloc(64, (size + 63) / 64 * 64);
    const uint8_t *symbol[K + 2] = {0};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        assert_int_equal(rq_plan_workspace_size(plan, widths[i]), 0);
        assert_int_equal(rq_plan_execute(plan, symbol, widths[i], workspace), RQ_ERROR_PARAMETER);
        assert_int_equal(rq_plan_symbol(plan, workspace, widths[i], 0, workspace),
                         RQ_ERROR_PARAMETER);
    }
    assert_int_equal(rq_plan_execute(plan, NULL, WIDTH, workspace), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_execute(plan, symbol, WIDTH, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_execute(plan, symbol, WIDTH, workspace + 1), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_execute(plan, symbol, WIDTH, workspace), RQ_OK);
    uint8_t out[WIDTH];
    assert_int_equal(rq_plan_symbol(plan, workspace, WIDTH, RQ_MAX_ESI + 1, out),
                     RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_symbol(plan, workspace, WIDTH, 0, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_symbol(plan, NULL, WIDTH, 0, out), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_symbol(plan, workspace, WIDTH, RQ_MAX_ESI, out), RQ_OK);
    for (int i = 0; i < WIDTH; i++)
        assert_int_equal(out[i], 0); /* all symbols were */
    free(workspace);
    rq_plan_free(plan);
}

static void allocators_that_are_none(void **state)
{
    (void)state;
    const rq_allocator none = {NULL, NULL, NULL};
    rq_oti oti;
    rq_encoder *encoder;
    rq_decoder *decoder;
    rq_plan *plan;
    assert_int_equal(rq_oti_choose(SIZE, 512, &oti), RQ_OK);
    assert_int_equal(rq_encoder_create(&oti, contents, &none, &encoder), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decoder_create(&oti, contents, &none, &decoder), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_plan_encode(10, &none, &plan), RQ_ERROR_PARAMETER);
}

static void names_of_anything(void **state)
{
    (void)state;
    for (int code = -40; code < 40; code++)
        assert_true(rq_error_name(code)[0] != '\0');
    assert_non_null(rq_error_name(INT32_MIN));
    assert_non_null(rq_error_name(INT32_MAX));
    assert_int_equal(rq_kernel_select("none"), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_kernel_select(""), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_kernel_select(NULL), RQ_OK);
}

/* ---- calls from calls ---- */

typedef struct nest {
    int depth;
    int calls, cancel_at;
} nest;

/* Encodes and decodes within the progress of an encoding. */
static int go_deeper(void *context, const rq_progress *progress)
{
    nest *state = context;
    assert_true(progress->struct_size >= sizeof *progress);
    state->calls++;
    if (state->depth < 3) {
        rq_options options = small();
        nest inner = {.depth = state->depth + 1, .cancel_at = -1};
        char name[] = "inner0";
        name[5] = (char)('0' + inner.depth);
        char folder[FOLDER_PATH_SIZE], file[FOLDER_PATH_SIZE];
        strcpy(folder, folder_join(root, name));
        strcpy(file, folder_join(root, "file"));
        options.progress = go_deeper;
        options.progress_context = &inner;
        state->depth = 3; /* once */
        assert_int_equal(rq_encode(&options, input, folder, NULL, NULL), RQ_OK);
        assert_int_equal(rq_decode(&options, folder, file, NULL, NULL), RQ_OK);
    }
    return state->calls == state->cancel_at;
}

static void calls_within_progress(void **state)
{
    (void)state;
    rq_options options = small();
    nest outer = {.cancel_at = -1};
    options.progress = go_deeper;
    options.progress_context = &outer;
    assert_int_equal(rq_encode(&options, input, symbols, NULL, NULL), RQ_OK);
    assert_true(outer.calls > 0);
    int all = outer.calls;
    folder_remove(symbols);
    for (int at = 1; at <= all; at++) { /* cancelled at every call; the last may come too late */
        nest flat = {.depth = 3, .cancel_at = at};
        options.progress_context = &flat;
        int status = rq_encode(&options, input, symbols, NULL, NULL);
        assert_true(status == RQ_ERROR_CANCELLED || flat.calls < at || at == all);
        assert_int_equal(folder_exists(symbols), status == RQ_OK);
        if (status == RQ_OK)
            folder_remove(symbols);
    }
}

static void readers_and_writers_that_lie(void **state)
{
    (void)state;
    rq_error error;
    rq_options options = small();
    const rq_reader empty = {sizeof empty, NULL, no_bytes};
    const rq_reader liar = {sizeof liar, NULL, too_many_bytes};
    const rq_writer full = {sizeof full, NULL, take_none};
    assert_int_equal(rq_encode_stream(&options, &empty, symbols, NULL, &error), RQ_ERROR_ENCODE);
    assert_int_equal(rq_encode_stream(&options, &liar, symbols, NULL, &error), RQ_ERROR_IO);
    assert_false(folder_exists(symbols));
    assert_int_equal(rq_encode(&options, input, symbols, NULL, &error), RQ_OK);
    assert_int_equal(rq_decode_stream(&options, symbols, &full, NULL, &error), RQ_ERROR_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_at_all),           TEST(nothing_to_code),
        TEST(structs_of_any_size),      TEST(options_cut_anywhere),
        TEST(extreme_options),          TEST(a_symbol_size_of_nothing),
        TEST(lengths_of_parameters),    TEST(parameters_that_cannot_be),
        TEST(packets_that_cannot_be),   TEST(plans_that_cannot_be),
        TEST(allocators_that_are_none), TEST(names_of_anything),
        TEST(calls_within_progress),    TEST(readers_and_writers_that_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
