#include "support/packets.h"

#include <string.h>

static uint64_t Kt(const rq_oti *oti)
{
    return (oti->F + oti->T - 1) / oti->T;
}

rq_oti packets_random_oti(splitmix *random, uint32_t max_symbols, uint32_t max_T)
{
    static const uint8_t alignments[] = {1, 1, 2, 4, 8, 8, 16, 3};
    rq_oti oti;
    do {
        oti.Al = alignments[splitmix_below(random, sizeof alignments)];
    } while (oti.Al > max_T);
    uint32_t units = 1 + (uint32_t)splitmix_below(random, max_T / oti.Al);
    oti.T = (uint16_t)(units * oti.Al);
    oti.N = 1;
    if (splitmix_below(random, 2) == 0) {
        oti.N = (uint16_t)(1 + splitmix_below(random, units < 20 ? units : 20));
    }
    uint64_t symbols = 1 + splitmix_below(random, max_symbols);
    oti.Z = 1;
    if (splitmix_below(random, 2) == 0) {
        oti.Z = (uint8_t)(1 + splitmix_below(random, symbols < 7 ? symbols : 7));
    }
    oti.F = symbols * oti.T - splitmix_below(random, oti.T);
    return oti;
}

/* Piece i of Partition[I, J], and the pieces before it. */
static uint64_t piece_size(uint64_t I, uint64_t J, uint64_t i)
{
    return I / J + (i < I % J ? 1 : 0);
}

static uint64_t piece_start(uint64_t I, uint64_t J, uint64_t i)
{
    uint64_t start = 0;
    for (uint64_t piece = 0; piece < i; piece++) {
        start += piece_size(I, J, piece);
    }
    return start;
}

uint32_t packets_source_symbols(const rq_oti *oti, uint32_t sbn)
{
    return (uint32_t)piece_size(Kt(oti), oti->Z, sbn);
}

uint64_t packets_block_start(const rq_oti *oti, uint32_t sbn)
{
    return piece_start(Kt(oti), oti->Z, sbn) * oti->T;
}

void packets_source_symbol(const rq_oti *oti, const uint8_t *object, uint32_t sbn, uint32_t esi,
                           uint8_t *symbol)
{
    uint64_t K = packets_source_symbols(oti, sbn);
    uint64_t units = oti->T / oti->Al;
    uint64_t sub_block = packets_block_start(oti, sbn);
    for (uint64_t j = 0; j < oti->N; j++) {
        uint64_t size = piece_size(units, oti->N, j) * oti->Al;
        for (uint64_t i = 0; i < size; i++) {
            uint64_t at = sub_block + esi * size + i;
            *symbol++ = at < oti->F ? object[at] : 0;
        }
        sub_block += K * size;
    }
}

void packets_shuffle(splitmix *random, uint64_t *numbers, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)splitmix_below(random, i);
        uint64_t number = numbers[i - 1];
        numbers[i - 1] = numbers[j];
        numbers[j] = number;
    }
}
