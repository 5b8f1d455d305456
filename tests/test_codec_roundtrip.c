/* Packets of objects of every shape, lost, repeated and out of order, and what must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"
#include "rfc6330/rfc6330.h"
#include "rq.h"
#include "support/packets.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

/* ---- an allocator that counts, and fails when told ---- */

typedef struct accountant {
    int64_t bytes, pieces; /* held now */
    int64_t until_failure; /* allocations that still succeed; negative: all */
    int64_t taken;         /* pieces ever */
    size_t largest;        /* piece that there is; 0: any */
} accountant;

static void *account_allocate(void *context, size_t size, size_t alignment)
{
    accountant *account = context;
    if (account->largest > 0 && size > account->largest) {
        return NULL;
    }
    if (account->until_failure == 0) {
        return NULL;
    }
    account->until_failure--;
    void *memory = NULL;
    alignment = alignment < sizeof(void *) ? sizeof(void *) : alignment;
    memory = aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory != NULL) {
        memset(memory, 0xA5, size);
        account->bytes += (int64_t)size;
        account->pieces++;
        account->taken++;
    }
    return memory;
}

static void account_release(void *context, void *memory, size_t size)
{
    accountant *account = context;
    account->bytes -= (int64_t)size;
    account->pieces--;
    free(memory);
}

/* ---- sender and receiver ---- */

typedef struct passage {
    rq_oti oti;
    uint8_t *object, *packet, *buffer;
    uint32_t *had; /* different packets pushed, of each source block */
    accountant account;
    rq_allocator allocator;
    rq_encoder *encoder;
    rq_decoder *decoder;
} passage;

static void transfer_open(passage *transfer, const rq_oti *oti, uint64_t seed)
{
    memset(transfer, 0, sizeof *transfer);
    transfer->oti = *oti;
    transfer->account.until_failure = -1;
    transfer->allocator = (rq_allocator){&transfer->account, account_allocate, account_release};
    transfer->object = malloc((size_t)oti->F);
    transfer->packet = malloc(oti->T + 5u);
    transfer->buffer = malloc((size_t)rq_oti_padded_size(oti));
    transfer->had = calloc(oti->Z, sizeof *transfer->had);
    assert_true(transfer->object && transfer->packet && transfer->buffer && transfer->had);
    splitmix_fill(seed, transfer->object, (size_t)oti->F);
    assert_int_equal(
        rq_encoder_create(oti, transfer->object, &transfer->allocator, &transfer->encoder), RQ_OK);
    assert_int_equal(
        rq_decoder_create(oti, transfer->buffer, &transfer->allocator, &transfer->decoder), RQ_OK);
}

static void transfer_close(passage *transfer)
{
    rq_encoder_free(transfer->encoder);
    rq_decoder_free(transfer->decoder);
    assert_int_equal(transfer->account.pieces, 0);
    assert_int_equal(transfer->account.bytes, 0);
    free(transfer->object);
    free(transfer->packet);
    free(transfer->buffer);
    free(transfer->had);
}

/* A packet of a new symbol: counts down by one until K are there, never to 0 before the end. */
static void push_new(passage *transfer, uint32_t sbn)
{
    uint32_t K = packets_source_symbols(&transfer->oti, sbn);
    bool was_complete = rq_decoder_needed(transfer->decoder, (uint8_t)sbn) == 0;
    size_t size = transfer->oti.T + 4u;
    assert_int_equal(rq_decoder_push(transfer->decoder, transfer->packet, size), RQ_OK);
    uint32_t had = ++transfer->had[sbn];
    uint32_t needed = rq_decoder_needed(transfer->decoder, (uint8_t)sbn);
    if (was_complete) {
        assert_int_equal(needed, 0);
    } else if (had < K) {
        assert_int_equal(needed, K - had);
    } else {
        assert_in_range(needed, 0, 4);
        assert_true(had < K + 5 || needed == 0);
    }
}

/* The same packet again changes nothing. */
static void push_again(passage *transfer, uint32_t sbn)
{
    uint32_t before = rq_decoder_needed(transfer->decoder, (uint8_t)sbn);
    size_t size = transfer->oti.T + 4u;
    assert_int_equal(rq_decoder_push(transfer->decoder, transfer->packet, size), RQ_OK);
    assert_int_equal(rq_decoder_needed(transfer->decoder, (uint8_t)sbn), before);
}

static void assert_impossible_packets_refused(passage *transfer)
{
    size_t sizes[] = {0, 1, 3, 4, transfer->oti.T + 3u, transfer->oti.T + 5u};
    rq_decoder *decoder = transfer->decoder;
    uint32_t before = rq_decoder_needed(decoder, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(rq_decoder_push(decoder, transfer->packet, sizes[i]), RQ_ERROR_PARAMETER);
    }
    if (transfer->oti.Z < 255) {
        uint8_t sbn = transfer->packet[0];
        transfer->packet[0] = transfer->oti.Z;
        assert_int_equal(rq_decoder_push(decoder, transfer->packet, transfer->oti.T + 4u),
                         RQ_ERROR_PARAMETER);
        transfer->packet[0] = 255;
        assert_int_equal(rq_decoder_push(decoder, transfer->packet, transfer->oti.T + 4u),
                         RQ_ERROR_PARAMETER);
        transfer->packet[0] = sbn;
    }
    assert_int_equal(rq_decoder_needed(decoder, 0), before);
}

static void make_packet(passage *transfer, uint32_t sbn, uint32_t esi)
{
    uint8_t id[4] = {(uint8_t)sbn, (uint8_t)(esi >> 16), (uint8_t)(esi >> 8), (uint8_t)esi};
    assert_int_equal(rq_encoder_packet(transfer->encoder, (uint8_t)sbn, esi, transfer->packet),
                     RQ_OK);
    assert_memory_equal(transfer->packet, id, 4);
    if (esi < packets_source_symbols(&transfer->oti, sbn)) {
        uint8_t *right = malloc(transfer->oti.T);
        assert_non_null(right);
        packets_source_symbol(&transfer->oti, transfer->object, sbn, esi, right);
        assert_memory_equal(transfer->packet + 4, right, transfer->oti.T);
        free(right);
    }
}

/* Which packets are sent: sbn << 32 | ESI, in random order, more than enough of them. */
static uint64_t *draw_packets(const rq_oti *oti, splitmix *random, uint32_t loss, size_t *count)
{
    size_t capacity = 0;
    for (uint32_t sbn = 0; sbn < oti->Z; sbn++) {
        capacity += packets_source_symbols(oti, sbn) * 2u + 8;
    }
    uint64_t *packets = malloc(capacity * sizeof *packets);
    assert_non_null(packets);
    *count = 0;
    for (uint32_t sbn = 0; sbn < oti->Z; sbn++) {
        uint32_t K = packets_source_symbols(oti, sbn);
        uint32_t kept = 0;
        for (uint32_t esi = 0; esi < K; esi++) {
            if (splitmix_below(random, 100) >= loss) {
                packets[(*count)++] = (uint64_t)sbn << 32 | esi;
                kept++;
            }
        }
        uint32_t span = splitmix_below(random, 2) == 0 ? 1 : (RQ_MAX_ESI - K) / (K + 8);
        for (uint32_t i = 0; i < K - kept + 8; i++) {
            packets[(*count)++] = (uint64_t)sbn << 32 | (K + i * span);
        }
    }
    packets_shuffle(random, packets, *count);
    return packets;
}

static void check_transfer(uint64_t seed, uint32_t max_symbols, uint32_t max_T)
{
    splitmix random = {seed};
    rq_oti oti = packets_random_oti(&random, max_symbols, max_T);
    static const uint32_t losses[] = {0, 1, 10, 30, 50, 90, 100};
    size_t count;
    uint64_t *packets = draw_packets(&oti, &random, losses[splitmix_below(&random, 7)], &count);
    passage transfer;
    transfer_open(&transfer, &oti, seed);
    for (uint32_t sbn = 0; sbn < oti.Z; sbn++) {
        assert_int_equal(rq_decoder_needed(transfer.decoder, (uint8_t)sbn),
                         packets_source_symbols(&oti, sbn));
    }
    bool to_the_end = splitmix_below(&random, 2) == 0; /* also what is no longer needed */
    for (size_t i = 0; i < count && (to_the_end || !rq_decoder_complete(transfer.decoder)); i++) {
        uint32_t sbn = (uint32_t)(packets[i] >> 32);
        make_packet(&transfer, sbn, (uint32_t)packets[i]);
        push_new(&transfer, sbn);
        if (splitmix_below(&random, 8) == 0) {
            push_again(&transfer, sbn);
        }
        if (splitmix_below(&random, 64) == 0) {
            assert_impossible_packets_refused(&transfer);
        }
    }
    assert_int_equal(rq_decoder_complete(transfer.decoder), 1);
    assert_memory_equal(transfer.buffer, transfer.object, (size_t)oti.F);
    free(packets);
    transfer_close(&transfer);
}

static void small_objects_come_back(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < (SUPPORT_SLOW_BUILD ? 200 : 2000); seed++) {
        check_transfer(seed, 40, 100);
    }
}

static void objects_of_any_shape_come_back(void **state)
{
    (void)state;
    for (uint64_t seed = 10000; seed < (SUPPORT_SLOW_BUILD ? 10010 : 10060); seed++) {
        check_transfer(seed, 2000, 2000);
    }
}

static void long_symbols_come_back(void **state)
{
    (void)state;
    for (uint64_t seed = 20000; seed < (SUPPORT_SLOW_BUILD ? 20003 : 20015); seed++) {
        check_transfer(seed, 60, 65535);
    }
}

/* ---- many packets at once ---- */

/* As many as asked for, of which some are source symbols, are what they are one by one; whether
 * the source block has been solved or not. What follows them is left alone. */
static void check_at_once(passage *transfer, uint32_t sbn, uint32_t first, uint32_t count)
{
    size_t size = transfer->oti.T + 4u;
    uint8_t *packets = malloc(count * size + 1);
    assert_non_null(packets);
    packets[count * size] = 0x5a;
    assert_int_equal(rq_encoder_packets(transfer->encoder, (uint8_t)sbn, first, count, packets),
                     RQ_OK);
    for (uint32_t i = 0; i < count; i++) {
        make_packet(transfer, sbn, first + i);
        assert_memory_equal(packets + i * size, transfer->packet, size);
    }
    assert_int_equal(packets[count * size], 0x5a);
    free(packets);
}

static void check_many_at_once(uint64_t seed, uint32_t max_symbols, uint32_t max_T)
{
    splitmix random = {seed};
    rq_oti oti = packets_random_oti(&random, max_symbols, max_T);
    passage transfer;
    transfer_open(&transfer, &oti, seed);
    for (uint32_t sbn = 0; sbn < oti.Z; sbn++) {
        uint32_t K = packets_source_symbols(&oti, sbn);
        uint32_t before = (uint32_t)splitmix_below(&random, K < 3 ? K + 1 : 4);
        check_at_once(&transfer, sbn, K - before,
                      before + 1 + (uint32_t)splitmix_below(&random, 40));
        check_at_once(&transfer, sbn, K + 100, 3);
        check_at_once(&transfer, sbn, RQ_MAX_ESI - 1, 2);
    }
    transfer_close(&transfer);
}

static void packets_at_once_are_those_one_by_one(void **state)
{
    (void)state;
    for (uint64_t seed = 30000; seed < (SUPPORT_SLOW_BUILD ? 30050 : 30500); seed++) {
        check_many_at_once(seed, 40, 100);
    }
    for (uint64_t seed = 40000; seed < (SUPPORT_SLOW_BUILD ? 40005 : 40020); seed++) {
        check_many_at_once(seed, 1000, 3000);
    }
    for (uint64_t seed = 50000; seed < (SUPPORT_SLOW_BUILD ? 50002 : 50010); seed++) {
        check_many_at_once(seed, 60, 65535);
    }
}

/* One by one, of this source block and that, first few and then many of one: what is made ahead,
 * what is kept and what was forgotten are the same packets. */
static void check_any_order(uint64_t seed, uint32_t max_symbols, uint32_t max_T)
{
    enum { EACH = 80 };
    splitmix random = {seed};
    rq_oti oti = packets_random_oti(&random, max_symbols, max_T);
    passage transfer;
    transfer_open(&transfer, &oti, seed);
    size_t size = oti.T + 4u;
    uint32_t Z = oti.Z < 3 ? oti.Z : 3;
    uint8_t *packets = malloc(Z * EACH * size);
    assert_non_null(packets);
    for (uint32_t sbn = 0; sbn < Z; sbn++) {
        assert_int_equal(rq_encoder_packets(transfer.encoder, (uint8_t)sbn,
                                            packets_source_symbols(&oti, sbn), EACH,
                                            packets + sbn * EACH * size),
                         RQ_OK);
    }
    for (uint32_t i = 0, sbn = 0, near = 0; i < 300; i++) {
        if (splitmix_below(&random, 8) == 0) {
            sbn = (uint32_t)splitmix_below(&random, Z);
            near = (uint32_t)splitmix_below(&random, EACH);
        }
        uint32_t which = (near + (uint32_t)splitmix_below(&random, 3)) % EACH;
        make_packet(&transfer, sbn, packets_source_symbols(&oti, sbn) + which);
        assert_memory_equal(packets + (sbn * EACH + which) * size, transfer.packet, size);
    }
    free(packets);
    transfer_close(&transfer);
}

static void packets_in_any_order_are_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 60000; seed < (SUPPORT_SLOW_BUILD ? 60020 : 60200); seed++) {
        check_any_order(seed, 100, 100);
    }
    for (uint64_t seed = 70000; seed < (SUPPORT_SLOW_BUILD ? 70005 : 70020); seed++) {
        check_any_order(seed, 2000, 1000);
    }
}

/* Makes packets one by one and compares them with what comes of a call that keeps nothing. Returns
 * how many pieces of memory the encoder took for them. */
static int64_t check_some(passage *transfer, uint32_t first, uint32_t count)
{
    size_t size = transfer->oti.T + 4u;
    uint8_t *right = malloc(count * size);
    assert_non_null(right);
    assert_int_equal(rq_encoder_packets(transfer->encoder, 0, first, count, right), RQ_OK);
    int64_t before = transfer->account.taken;
    for (uint32_t i = 0; i < count; i++) {
        make_packet(transfer, 0, first + i);
        assert_memory_equal(transfer->packet, right + i * size, size);
    }
    free(right);
    return transfer->account.taken - before;
}

/* With a workspace for each strip, K = 5000 of T = 1280 would take 7 MB. */
static void few_packets_take_little_memory(void **state)
{
    (void)state;
    enum { LONG_K = 5000, LONG_T = 1280, AHEAD = 64 };
    rq_oti oti = {(uint64_t)LONG_K * LONG_T, LONG_T, 1, 1, 8};
    passage transfer;
    transfer_open(&transfer, &oti, 1);
    transfer.account.largest = 5 * 1024 * 1024;
    assert_true(check_some(&transfer, LONG_K + 7, 1) > 0);
    assert_int_equal(check_some(&transfer, LONG_K + 8, AHEAD - 1), 0);
    /* Others come of the same way if there is no memory for the solution, to the last one. */
    assert_true(check_some(&transfer, LONG_K + 7 + AHEAD, 1) > 0);
    assert_true(check_some(&transfer, RQ_MAX_ESI - 1, 1) > 0);
    assert_int_equal(check_some(&transfer, RQ_MAX_ESI, 1), 0);
    assert_true(check_some(&transfer, LONG_K, 1) > 0);
    transfer.account.largest = 0;
    assert_int_equal(check_some(&transfer, LONG_K + 1, 1), 0);
    assert_true(check_some(&transfer, LONG_K + 5000, 1) > 0);
    assert_int_equal(check_some(&transfer, LONG_K, 1), 0);
    assert_int_equal(check_some(&transfer, RQ_MAX_ESI, 1), 0);
    transfer_close(&transfer);
}

/* A small solution is kept at once. */
static void small_solutions_are_kept(void **state)
{
    (void)state;
    enum { SHORT_K = 500, SHORT_T = 1280 };
    rq_oti oti = {(uint64_t)SHORT_K * SHORT_T, SHORT_T, 1, 1, 8};
    passage transfer;
    transfer_open(&transfer, &oti, 1);
    assert_true(check_some(&transfer, SHORT_K, 1) > 0);
    assert_int_equal(check_some(&transfer, SHORT_K + 5000, 1), 0);
    transfer_close(&transfer);
}

/* ---- symbols chosen to be hard ---- */

/* Of many columns each, next to nothing peels: what is left is as large as the block, beyond what
 * planning usually meets. */
static void symbols_of_many_columns_are_enough(void **state)
{
    (void)state;
    enum { HARD_K = 3000, HARD_T = 8, HARD_DEGREE = 20 };
    rq_oti oti = {(uint64_t)HARD_K * HARD_T, HARD_T, 1, 1, 8};
    passage transfer;
    rfc6330_code code;
    transfer_open(&transfer, &oti, 1);
    assert_true(rfc6330_code_for(HARD_K, &code));
    for (uint32_t esi = HARD_K; !rq_decoder_complete(transfer.decoder); esi++) {
        uint16_t columns[RFC6330_MAX_COLUMNS];
        uint32_t degree;
        assert_in_range(esi, HARD_K, RQ_MAX_ESI);
        rfc6330_lt_row(&code, plan_isi(&code, HARD_K, esi), columns, &degree);
        if (degree >= HARD_DEGREE) {
            make_packet(&transfer, 0, esi);
            push_new(&transfer, 0);
        }
    }
    assert_in_range(transfer.had[0], HARD_K, HARD_K + 4);
    assert_memory_equal(transfer.buffer, transfer.object, (size_t)oti.F);
    transfer_close(&transfer);
}

/* ---- edges ---- */

static void source_packets_alone_are_enough(void **state)
{
    (void)state;
    rq_oti oti = {10 * 24 - 5, 24, 1, 3, 8};
    passage transfer;
    transfer_open(&transfer, &oti, 1);
    for (uint32_t esi = 10; esi-- > 0;) {
        assert_int_equal(rq_decoder_complete(transfer.decoder), 0);
        make_packet(&transfer, 0, esi);
        push_new(&transfer, 0);
    }
    assert_int_equal(rq_decoder_complete(transfer.decoder), 1);
    assert_memory_equal(transfer.buffer, transfer.object, (size_t)oti.F);
    transfer_close(&transfer);
}

static void the_last_identifier_is_a_symbol_like_any_other(void **state)
{
    (void)state;
    rq_oti oti = {1, 1, 1, 1, 1};
    passage transfer;
    transfer_open(&transfer, &oti, 1);
    make_packet(&transfer, 0, RQ_MAX_ESI);
    push_new(&transfer, 0);
    assert_int_equal(rq_decoder_complete(transfer.decoder), 1);
    assert_int_equal(transfer.buffer[0], transfer.object[0]);
    assert_int_equal(rq_encoder_packet(transfer.encoder, 0, RQ_MAX_ESI + 1, transfer.packet),
                     RQ_ERROR_PARAMETER);
    assert_int_equal(rq_encoder_packet(transfer.encoder, 1, 0, transfer.packet),
                     RQ_ERROR_PARAMETER);
    assert_int_equal(rq_decoder_needed(transfer.decoder, 1), 0);
    transfer_close(&transfer);
}

static void impossible_objects_are_refused(void **state)
{
    (void)state;
    static const rq_oti impossible[] = {
        {0, 8, 1, 1, 8},
        {100, 0, 1, 1, 8},
        {100, 8, 0, 1, 8},
        {100, 8, 1, 0, 8},
        {100, 8, 1, 1, 0},
        {100, 9, 1, 1, 8},
        {56403 * 8 + 1, 8, 1, 1, 8},
        {RQ_MAX_TRANSFER_LENGTH + 1, 65528, 255, 1, 8},
        {UINT64_MAX, 65528, 255, 1, 8},
    };
    uint8_t buffer[128] = {0};
    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        rq_encoder *encoder = NULL;
        rq_decoder *decoder = NULL;
        assert_int_equal(rq_encoder_create(&impossible[i], buffer, NULL, &encoder),
                         RQ_ERROR_PARAMETER);
        assert_int_equal(rq_decoder_create(&impossible[i], buffer, NULL, &decoder),
                         RQ_ERROR_PARAMETER);
    }
}

/* ---- memory ---- */

enum { SCARCE_K = 30, SCARCE_T = 16, MOST_SCARCE = 32 * 1024 };

/* Pushes a packet, a second time where the first found no memory; true if it did. A decoder that is
 * short of memory must not say that it is complete. */
static bool push_or_wait(rq_decoder *decoder, const uint8_t *packet, accountant *account)
{
    size_t size = RQ_PAYLOAD_ID_SIZE + SCARCE_T;
    int code = rq_decoder_push(decoder, packet, size);
    if (code == RQ_OK) {
        return false;
    }
    assert_int_equal(code, RQ_ERROR_MEMORY);
    assert_int_equal(rq_decoder_complete(decoder), 0);
    assert_int_not_equal(rq_decoder_needed(decoder, 0), 0);
    account->until_failure = -1;
    assert_int_equal(rq_decoder_push(decoder, packet, size), RQ_OK);
    assert_int_equal(rq_decoder_push(decoder, packet, size), RQ_OK); /* and again: no harm */
    return true;
}

/* Decodes with an allocator that fails once, after so many allocations, and has no piece larger
 * than that. False if it did fail. */
static bool decodes_with(rq_encoder *encoder, const uint8_t *object, int64_t allocations,
                         size_t largest)
{
    rq_oti oti = {SCARCE_K * SCARCE_T, SCARCE_T, 1, 1, 8};
    accountant account = {.until_failure = allocations, .largest = largest};
    rq_allocator allocator = {&account, account_allocate, account_release};
    uint8_t buffer[SCARCE_K * SCARCE_T], packet[RQ_PAYLOAD_ID_SIZE + SCARCE_T];
    rq_decoder *decoder = NULL;
    bool failed = false;
    int code = rq_decoder_create(&oti, buffer, &allocator, &decoder);
    assert_true(code == RQ_OK || code == RQ_ERROR_MEMORY);
    for (uint32_t esi = 20; code == RQ_OK && !rq_decoder_complete(decoder); esi++) {
        assert_in_range(esi, 20, 60);
        assert_int_equal(rq_encoder_packet(encoder, 0, esi, packet), RQ_OK);
        bool waited = push_or_wait(decoder, packet, &account);
        failed |= waited;
        /* These are independent: 30 are enough, though the last one had to be pushed twice. */
        assert_true(rq_decoder_complete(decoder) == (esi >= 20 + SCARCE_K - 1));
    }
    if (code == RQ_OK) {
        assert_memory_equal(buffer, object, sizeof buffer);
    }
    rq_decoder_free(decoder);
    assert_int_equal(account.pieces, 0);
    assert_int_equal(account.bytes, 0);
    return code == RQ_OK && !failed;
}

static int make_at_once(rq_encoder *encoder, uint8_t *packet)
{
    return rq_encoder_packets(encoder, 0, 1000, 1, packet);
}

static int make_one(rq_encoder *encoder, uint8_t *packet)
{
    return rq_encoder_packet(encoder, 0, 1000, packet);
}

/* What was made ahead is not this one; right again, it is. */
static int make_kept(rq_encoder *encoder, uint8_t *packet)
{
    int code = rq_encoder_packet(encoder, 0, 2000, packet);
    return code == RQ_OK ? make_one(encoder, packet) : code;
}

/* The same for the encoder. */
static bool encodes_with(const uint8_t *object, const uint8_t *right, int64_t allocations)
{
    rq_oti oti = {SCARCE_K * SCARCE_T, SCARCE_T, 1, 1, 8};
    accountant account = {.until_failure = allocations};
    rq_allocator allocator = {&account, account_allocate, account_release};
    uint8_t packet[RQ_PAYLOAD_ID_SIZE + SCARCE_T];
    rq_encoder *encoder = NULL;
    bool failed = false;
    int code = rq_encoder_create(&oti, object, &allocator, &encoder);
    if (code == RQ_OK) {
        int (*const makers[])(rq_encoder *, uint8_t *) = {make_at_once, make_one, make_kept};
        for (int i = 0; i < 3; i++) {
            int packet_code = makers[i](encoder, packet);
            failed |= packet_code != RQ_OK;
            if (packet_code != RQ_OK) {
                assert_int_equal(packet_code, RQ_ERROR_MEMORY);
                account.until_failure = -1;
                assert_int_equal(makers[i](encoder, packet), RQ_OK);
            }
            assert_memory_equal(packet, right, sizeof packet);
        }
    } else {
        assert_int_equal(code, RQ_ERROR_MEMORY);
    }
    rq_encoder_free(encoder);
    assert_int_equal(account.pieces, 0);
    assert_int_equal(account.bytes, 0);
    return code == RQ_OK && !failed;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    rq_oti oti = {SCARCE_K * SCARCE_T, SCARCE_T, 1, 1, 8};
    uint8_t object[SCARCE_K * SCARCE_T], right[RQ_PAYLOAD_ID_SIZE + SCARCE_T];
    splitmix_fill(1, object, sizeof object);
    rq_encoder *encoder = NULL;
    assert_int_equal(rq_encoder_create(&oti, object, NULL, &encoder), RQ_OK);
    assert_int_equal(rq_encoder_packet(encoder, 0, 1000, right), RQ_OK);
    int64_t encodes = 0, decodes = 0, small_pieces = 0;
    while (!encodes_with(object, right, encodes)) {
        assert_in_range(++encodes, 1, 10000);
    }
    while (!decodes_with(encoder, object, decodes, 0)) {
        assert_in_range(++decodes, 1, 10000);
    }
    /* What is taken in one piece where there is such a piece, piece by piece. */
    while (!decodes_with(encoder, object, small_pieces, MOST_SCARCE)) {
        assert_in_range(++small_pieces, 1, 10000);
    }
    assert_in_range(decodes, 4, 10000);
    assert_in_range(small_pieces, 15, 10000);
    rq_encoder_free(encoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failing_allocation_is_survived),
        cmocka_unit_test(small_objects_come_back),
        cmocka_unit_test(objects_of_any_shape_come_back),
        cmocka_unit_test(long_symbols_come_back),
        cmocka_unit_test(packets_at_once_are_those_one_by_one),
        cmocka_unit_test(packets_in_any_order_are_the_same),
        cmocka_unit_test(few_packets_take_little_memory),
        cmocka_unit_test(small_solutions_are_kept),
        cmocka_unit_test(symbols_of_many_columns_are_enough),
        cmocka_unit_test(source_packets_alone_are_enough),
        cmocka_unit_test(the_last_identifier_is_a_symbol_like_any_other),
        cmocka_unit_test(impossible_objects_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
