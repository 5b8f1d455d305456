/* Parameters of every kind: what rq_oti_parse takes must hold together, what rq_oti_choose chooses
 * must be what it takes, and a partition must be one. The input is 12 bytes of OTI, then 8 of a
 * length and 2 of a symbol size. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "require.h"
#include "rfc6330/object.h"
#include "rq.h"

enum { INPUT = 22 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

static void check_partition(uint32_t I, uint32_t J)
{
    rfc6330_partition partition = rfc6330_partition_of(I, J);
    uint64_t start = 0;
    require(partition.JL + partition.JS == J);
    require(partition.IL - partition.IS <= 1);
    for (uint32_t piece = 0; piece < J; piece += 1 + piece / 16) {
        uint32_t long_ones = piece < partition.JL ? piece : partition.JL;
        start = (uint64_t)long_ones * partition.IL + (uint64_t)(piece - long_ones) * partition.IS;
        require(rfc6330_partition_start(&partition, piece) == start);
        require(rfc6330_partition_size(&partition, piece) ==
                (piece < partition.JL ? partition.IL : partition.IS));
    }
    require((uint64_t)partition.JL * partition.IL + (uint64_t)partition.JS * partition.IS == I);
}

/* Parameters that were taken. */
static void check_oti(const rq_oti *oti)
{
    uint8_t bytes[12];
    rq_oti again;
    uint64_t Kt = divide_up(oti->F, oti->T), sum = 0;
    require(rfc6330_valid(oti));
    require(oti->F > 0 && oti->F <= RQ_MAX_TRANSFER_LENGTH);
    require(oti->T > 0 && oti->Al > 0 && oti->T % oti->Al == 0);
    require(oti->Z > 0 && oti->Z <= Kt && divide_up(Kt, oti->Z) <= RQ_MAX_K);
    require(oti->N > 0 && oti->N <= oti->T / oti->Al);
    require(rfc6330_Kt(oti) == Kt);
    require(rq_oti_padded_size(oti) == Kt * oti->T);
    for (uint32_t sbn = 0; sbn < 256; sbn++) {
        uint32_t K = rq_oti_source_symbols(oti, (uint8_t)sbn);
        require((K > 0) == (sbn < oti->Z));
        sum += K;
    }
    require(sum == Kt);
    rq_oti_serialize(oti, bytes);
    require(rq_oti_parse(bytes, &again) == RQ_OK);
    require(again.F == oti->F && again.T == oti->T && again.Z == oti->Z && again.N == oti->N &&
            again.Al == oti->Al);
    check_partition((uint32_t)Kt, oti->Z);
    check_partition(oti->T / oti->Al, oti->N);
}

static void check_choice(uint64_t F, uint16_t symbol_size)
{
    rq_oti oti;
    int code = rq_oti_choose(F, symbol_size, &oti);
    require(code == RQ_OK || code == RQ_ERROR_PARAMETER);
    if (code != RQ_OK) {
        uint64_t most =
            (uint64_t)255 * RQ_MAX_K * (symbol_size < 64 ? symbol_size : symbol_size & ~7);
        require(F == 0 || F > most || F > RQ_MAX_TRANSFER_LENGTH || symbol_size == 0);
        return;
    }
    require(oti.F == F && oti.T <= symbol_size && symbol_size - oti.T < oti.Al);
    check_oti(&oti);
}

static void check_payload_id(const uint8_t bytes[4])
{
    uint8_t sbn, again[4];
    uint32_t esi;
    rfc6330_payload_id_read(bytes, &sbn, &esi);
    require(esi <= RQ_MAX_ESI);
    rfc6330_payload_id_write(sbn, esi, again);
    require(memcmp(bytes, again, 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rq_oti oti;
    uint64_t F;
    uint16_t symbol_size;
    if (size < INPUT)
        return 0;
    int code = rq_oti_parse(data, &oti);
    require(code == RQ_OK || code == RQ_ERROR_PARAMETER);
    if (code == RQ_OK)
        check_oti(&oti);
    check_payload_id(data);
    memcpy(&F, data + 12, sizeof F);
    memcpy(&symbol_size, data + 20, sizeof symbol_size);
    check_choice(F, symbol_size);
    check_choice(F >> 24, symbol_size);
    check_choice(F >> 44, symbol_size);
    return 0;
}
