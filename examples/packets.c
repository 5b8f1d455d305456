/* Packets over a channel that loses a third of them.
 *
 * The sender makes a packet for one encoding symbol identifier (ESI) after the other: below K they
 * are pieces of the object itself, from K on repair packets, as many as it takes. The receiver
 * needs to know the OTI, 12 bytes that travel once; which packets arrive, and in which order, it
 * does not care. */
#include <rq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECT_SIZE = 1000 * 1000, SYMBOL_SIZE = 1280 };

static int is_lost(void)
{
    return rand() % 3 == 0;
}

/* Sends packets of every source block until the receiver has it. Returns how many were sent. */
static unsigned long transfer(const rq_oti *oti, rq_encoder *sender, rq_decoder *receiver)
{
    unsigned char packet[RQ_PAYLOAD_ID_SIZE + SYMBOL_SIZE];
    unsigned long sent = 0;
    for (unsigned sbn = 0; sbn < oti->Z; sbn++) {
        for (uint32_t esi = 0; rq_decoder_needed(receiver, (uint8_t)sbn) > 0; esi++, sent++) {
            if (rq_encoder_packet(sender, (uint8_t)sbn, esi, packet) != RQ_OK)
                return 0;
            if (is_lost())
                continue;
            if (rq_decoder_push(receiver, packet, RQ_PAYLOAD_ID_SIZE + oti->T) != RQ_OK)
                return 0;
        }
    }
    return sent;
}

int main(void)
{
    unsigned char parameters[12];
    rq_oti oti, received;
    rq_encoder *sender = NULL;
    rq_decoder *receiver = NULL;
    int status = 1;

    if (rq_oti_choose(OBJECT_SIZE, SYMBOL_SIZE, &oti) != RQ_OK)
        return 1;
    rq_oti_serialize(&oti, parameters); /* what the sender tells the receiver beforehand */
    if (rq_oti_parse(parameters, &received) != RQ_OK)
        return 1;

    unsigned char *object = malloc(OBJECT_SIZE);
    unsigned char *copy = malloc((size_t)rq_oti_padded_size(&received));
    if (object && copy) {
        for (int i = 0; i < OBJECT_SIZE; i++)
            object[i] = (unsigned char)rand();
        if (rq_encoder_create(&oti, object, NULL, &sender) == RQ_OK &&
            rq_decoder_create(&received, copy, NULL, &receiver) == RQ_OK) {
            unsigned long sent = transfer(&oti, sender, receiver);
            if (rq_decoder_complete(receiver) && memcmp(object, copy, OBJECT_SIZE) == 0) {
                printf("the object has %lu symbols; it took %lu packets\n",
                       (unsigned long)rq_oti_source_symbols(&oti, 0), sent);
                status = 0;
            }
        }
    }
    rq_encoder_free(sender);
    rq_decoder_free(receiver);
    free(object);
    free(copy);
    return status;
}
