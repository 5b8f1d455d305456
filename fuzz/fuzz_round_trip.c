/* An object of any shape into packets and, from some of them, back. Where source blocks are tiny
 * every packet must be what the code's definition says (tests/support/oracle.h). Some packets are
 * made once more, many at once.
 *
 * The input: Al, T/Al, N, Z (1 byte each; with SCARCE in Z memory is refused now and then), the
 * number of symbols (2), what the last one lacks (1), the object's seed (1); then a byte for each
 * packet: whether it arrives, and which comes next. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "require.h"
#include "rq.h"
#include "support/oracle.h"
#include "support/packets.h"
#include "support/scarce.h"
#include "support/splitmix.h"

enum {
    HEADER = 8,
    MAX_SYMBOLS = 400,
    MAX_T = 512,
    MAX_OBJECT = 16384,
    MAX_BLOCKS = 16,
    AT_ONCE = 8,
    ORACLE_K = 12,
    SPARE = 16,
    SCARCE = 0x80,
    MOST_REFUSED = 60
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct trip {
    rq_oti oti;
    uint8_t *object, *buffer, *packet, *packets, *expected;
    uint32_t first;       /* ESI of the packets made at once */
    const uint8_t *bytes; /* of the input, taken in turn */
    size_t count, next;
    rq_encoder *encoder;
    rq_decoder *decoder;
    scarce memory;  /* of both */
    uint64_t heard; /* of its refusals */
} trip;

/* Memory was refused: the call may be made again. Any other failure is one. */
static bool is_refused(trip *t, int code)
{
    bool refused = t->memory.refused > t->heard;
    t->heard = t->memory.refused;
    if (t->heard > MOST_REFUSED)
        t->memory.share = 0;
    require(code == RQ_OK || (code == RQ_ERROR_MEMORY && refused));
    return code != RQ_OK;
}

static uint8_t take(trip *t)
{
    return t->count > 0 ? t->bytes[t->next++ % t->count] : 0;
}

static bool read_oti(const uint8_t *data, rq_oti *oti)
{
    uint8_t bytes[12];
    uint32_t symbols = 1 + (data[4] | (uint32_t)data[5] << 8) % MAX_SYMBOLS;
    uint32_t T = data[0] * (uint32_t)data[1];
    uint8_t Z = data[3] & ~SCARCE;
    if (T == 0 || T > MAX_T || symbols * T > MAX_OBJECT || Z > MAX_BLOCKS)
        return false;
    uint64_t F = (uint64_t)symbols * T - data[6] % T;
    *oti = (rq_oti){.F = F, .T = (uint16_t)T, .Z = Z, .N = data[2], .Al = data[0]};
    rq_oti_serialize(oti, bytes);
    return rq_oti_parse(bytes, oti) == RQ_OK;
}

/* The K symbols of a source block, one after the other, padded. */
static uint8_t *source_block(const trip *t, uint32_t sbn, uint32_t K)
{
    uint8_t *source = malloc((size_t)K * t->oti.T);
    require(source != NULL);
    for (uint32_t esi = 0; esi < K; esi++)
        packets_source_symbol(&t->oti, t->object, sbn, esi, source + (size_t)esi * t->oti.T);
    return source;
}

static void check_packet(trip *t, uint32_t sbn, uint32_t esi, uint32_t K,
                         const uint8_t *intermediate)
{
    require(t->packet[0] == sbn && t->packet[1] == esi >> 16 && t->packet[2] == (esi >> 8 & 0xff) &&
            t->packet[3] == (esi & 0xff));
    size_t size = RQ_PAYLOAD_ID_SIZE + (size_t)t->oti.T;
    if (esi >= t->first && esi - t->first < AT_ONCE)
        require(memcmp(t->packets + (esi - t->first) * size, t->packet, size) == 0);
    if (esi < K)
        packets_source_symbol(&t->oti, t->object, sbn, esi, t->expected);
    else if (intermediate)
        oracle_symbol(K, intermediate, t->oti.T, esi, t->expected);
    else
        return;
    require(memcmp(t->packet + RQ_PAYLOAD_ID_SIZE, t->expected, t->oti.T) == 0);
}

/* Packets until the source block is complete: it may need no more than a few beyond K. */
static void run_block(trip *t, uint32_t sbn)
{
    uint32_t K = rq_oti_source_symbols(&t->oti, (uint8_t)sbn), pushed = 0, esi = 0;
    uint8_t *source = source_block(t, sbn, K);
    uint8_t *intermediate = K <= ORACLE_K ? oracle_encode(K, source, t->oti.T) : NULL;
    t->first = K > AT_ONCE / 2 ? K - AT_ONCE / 2 : 0;
    while (
        is_refused(t, rq_encoder_packets(t->encoder, (uint8_t)sbn, t->first, AT_ONCE, t->packets)))
        ;
    while (rq_decoder_needed(t->decoder, (uint8_t)sbn) > 0) {
        uint8_t step = take(t);
        /* Source symbols are lost here and there; repair symbols come with gaps. */
        if (esi < K && (step & 1)) {
            esi++;
            continue;
        }
        if (esi >= K && (step & 0xc0) == 0xc0)
            esi += step;
        while (is_refused(t, rq_encoder_packet(t->encoder, (uint8_t)sbn, esi, t->packet)))
            ;
        check_packet(t, sbn, esi, K, intermediate);
        size_t size = RQ_PAYLOAD_ID_SIZE + (size_t)t->oti.T;
        (void)is_refused(t, rq_decoder_push(t->decoder, t->packet, size)); /* another will do */
        require(++pushed <= K + SPARE + t->heard);
        esi++;
    }
    free(intermediate);
    free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trip t = {0};
    if (size < HEADER || !read_oti(data, &t.oti))
        return 0;
    t.bytes = data + HEADER;
    t.count = size - HEADER;
    t.object = malloc((size_t)t.oti.F);
    t.buffer = malloc((size_t)rq_oti_padded_size(&t.oti));
    t.packet = malloc(RQ_PAYLOAD_ID_SIZE + (size_t)t.oti.T);
    t.packets = malloc(AT_ONCE * (RQ_PAYLOAD_ID_SIZE + (size_t)t.oti.T));
    t.expected = malloc(t.oti.T);
    require(t.object && t.buffer && t.packet && t.packets && t.expected);
    splitmix_fill(data[7], t.object, (size_t)t.oti.F);
    scarce_begin(&t.memory, data[7], data[3] & SCARCE ? 12 : 0);
    const rq_allocator *a = &t.memory.allocator;
    while (is_refused(&t, rq_encoder_create(&t.oti, t.object, a, &t.encoder)))
        ;
    while (is_refused(&t, rq_decoder_create(&t.oti, t.buffer, a, &t.decoder)))
        ;
    for (uint32_t sbn = 0; sbn < t.oti.Z; sbn++)
        run_block(&t, sbn);
    require(rq_decoder_complete(t.decoder));
    require(memcmp(t.buffer, t.object, (size_t)t.oti.F) == 0);
    rq_decoder_free(t.decoder);
    rq_encoder_free(t.encoder);
    scarce_end(&t.memory);
    free(t.expected);
    free(t.packets);
    free(t.packet);
    free(t.buffer);
    free(t.object);
    return 0;
}
