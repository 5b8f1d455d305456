/* rq_decoder against any parameters and any packets. The input is 12 bytes of OTI, a byte of flags,
 * then commands of 4 bytes, each the payload id of a packet to push. With flag 1 the packets are
 * the real ones of an object, and an object that comes back must be that object; otherwise their
 * bytes follow from the id, and nothing but the library's composure is tested. With flag 2 memory
 * is refused now and then, which must lose nothing that was at hand. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "require.h"
#include "rq.h"
#include "support/scarce.h"

enum { REAL = 1, SCARCE = 2 };
enum { MAX_OBJECT = 1 << 16, MAX_SYMBOLS = 1024, MAX_PUSHES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct session {
    rq_oti oti;
    uint8_t *object, *buffer, *packet;
    rq_encoder *encoder; /* NULL: the packets are forged */
    rq_decoder *decoder;
    scarce memory; /* the decoder's */
} session;

static int fill_packet(session *run, const uint8_t id[4])
{
    uint32_t esi = (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
    if (run->encoder != NULL && id[0] < run->oti.Z) {
        return rq_encoder_packet(run->encoder, id[0], esi, run->packet);
    }
    memcpy(run->packet, id, 4);
    memset(run->packet + 4, id[3] ^ 0x5A, run->oti.T);
    return RQ_OK;
}

static void push(session *run, const uint8_t id[4])
{
    size_t packet_size = RQ_PAYLOAD_ID_SIZE + (size_t)run->oti.T;
    uint32_t before = rq_decoder_needed(run->decoder, id[0]);
    int complete = rq_decoder_complete(run->decoder);
    require(fill_packet(run, id) == RQ_OK);
    require(rq_decoder_push(run->decoder, run->packet, packet_size - 1) == RQ_ERROR_PARAMETER);
    require(rq_decoder_needed(run->decoder, id[0]) == before);
    uint64_t refused = run->memory.refused;
    int code = rq_decoder_push(run->decoder, run->packet, packet_size);
    bool scarce = code == RQ_ERROR_MEMORY && run->memory.refused > refused;
    require(scarce || code == (id[0] < run->oti.Z ? RQ_OK : RQ_ERROR_PARAMETER));
    uint32_t after = rq_decoder_needed(run->decoder, id[0]);
    require(before != 0 || after == 0);
    require(!scarce || after > 0);
    require(!complete || rq_decoder_complete(run->decoder));
    if (id[0] < run->oti.Z && before > 1) {
        require(after == before || after == before - 1);
    }
}

/* All source symbols complete the object, whatever was refused before. */
static void push_sources(session *run)
{
    run->memory.share = 0;
    for (uint32_t sbn = 0; sbn < run->oti.Z; sbn++) {
        uint32_t K = rq_oti_source_symbols(&run->oti, (uint8_t)sbn);
        for (uint32_t esi = 0; esi < K; esi++) {
            push(run, (const uint8_t[]){(uint8_t)sbn, 0, (uint8_t)(esi >> 8), (uint8_t)esi});
        }
    }
    require(rq_decoder_complete(run->decoder));
}

static void feed(session *run, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 4 <= size && i < 4 * MAX_PUSHES; i += 4) {
        push(run, data + i);
    }
    if (run->memory.refused > 0) {
        push_sources(run);
    }
    if (run->encoder != NULL && rq_decoder_complete(run->decoder)) {
        require(memcmp(run->buffer, run->object, (size_t)run->oti.F) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    session run = {0};
    if (size < 13 || rq_oti_parse(data, &run.oti) != RQ_OK) {
        return 0;
    }
    uint64_t padded = rq_oti_padded_size(&run.oti);
    if (padded > MAX_OBJECT || padded / run.oti.T > MAX_SYMBOLS) {
        return 0;
    }
    run.object = malloc((size_t)run.oti.F);
    run.buffer = malloc((size_t)padded);
    run.packet = malloc(RQ_PAYLOAD_ID_SIZE + (size_t)run.oti.T);
    require(run.object != NULL && run.buffer != NULL && run.packet != NULL);
    for (uint64_t i = 0; i < run.oti.F; i++) {
        run.object[i] = (uint8_t)(i * i + (i >> 7) + data[12]);
    }
    if (data[12] & REAL) {
        require(rq_encoder_create(&run.oti, run.object, NULL, &run.encoder) == RQ_OK);
    }
    scarce_begin(&run.memory, data[12], data[12] & SCARCE ? 8 : 0);
    int code = rq_decoder_create(&run.oti, run.buffer, &run.memory.allocator, &run.decoder);
    require(code == (run.memory.refused > 0 ? RQ_ERROR_MEMORY : RQ_OK));
    if (code == RQ_OK) {
        feed(&run, data + 13, size - 13);
    }
    rq_decoder_free(run.decoder);
    scarce_end(&run.memory);
    rq_encoder_free(run.encoder);
    free(run.packet);
    free(run.buffer);
    free(run.object);
    return 0;
}
