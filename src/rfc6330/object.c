/* Partitioning, parameters and identifiers: RFC 6330 3.2, 3.3, 4.3, 4.4.1. */
#include "rfc6330/object.h"

#include "rfc6330/rfc6330.h"

rfc6330_partition rfc6330_partition_of(uint32_t I, uint32_t J)
{
    rfc6330_partition p;
    p.IS = I / J;
    p.IL = p.IS + (I % J != 0);
    p.JL = I - p.IS * J;
    p.JS = J - p.JL;
    return p;
}

uint32_t rfc6330_partition_size(const rfc6330_partition *partition, uint32_t piece)
{
    return piece < partition->JL ? partition->IL : partition->IS;
}

uint64_t rfc6330_partition_start(const rfc6330_partition *partition, uint32_t piece)
{
    uint32_t large = piece < partition->JL ? piece : partition->JL;
    return (uint64_t)large * partition->IL + (uint64_t)(piece - large) * partition->IS;
}

static uint64_t divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

/* KL(n), 4.3: the largest K' whose sub-block of one n-th of a symbol fits the working memory. */
static uint32_t largest_K_prime(uint32_t n, uint32_t T, uint32_t Al, uint64_t working_memory)
{
    uint64_t sub_symbol = Al * divide_up(T, (uint64_t)Al * n);
    uint64_t most = working_memory / sub_symbol;
    for (uint32_t i = RFC6330_K_PRIME_COUNT; i-- > 0;) {
        if (rfc6330_K_prime(i) <= most)
            return rfc6330_K_prime(i);
    }
    return 0;
}

bool rfc6330_choose(uint64_t F, uint16_t symbol_size, uint64_t working_memory, rq_oti *oti)
{
    if (F == 0 || F > RQ_MAX_TRANSFER_LENGTH || symbol_size == 0)
        return false;
    uint32_t Al = symbol_size >= 64 ? 8 : 1;
    uint32_t T = symbol_size - symbol_size % Al;
    uint32_t N_max = T / (Al * Al); /* SS = Al: a sub-symbol has at least SS * Al octets */
    uint32_t most = largest_K_prime(N_max, T, Al, working_memory);
    if (most == 0)
        return false;
    uint64_t Kt = divide_up(F, T);
    uint64_t Z = divide_up(Kt, most);
    if (Z > 255)
        return false;
    uint32_t N = 1;
    while (N < N_max && divide_up(Kt, Z) > largest_K_prime(N, T, Al, working_memory))
        N++;
    *oti = (rq_oti){F, (uint16_t)T, (uint8_t)Z, (uint16_t)N, (uint8_t)Al};
    return true;
}

bool rfc6330_valid(const rq_oti *oti)
{
    if (oti->F == 0 || oti->F > RQ_MAX_TRANSFER_LENGTH || oti->T == 0 || oti->Al == 0 ||
        oti->Z == 0 || oti->N == 0 || oti->T % oti->Al != 0 || oti->N > oti->T / oti->Al)
        return false;
    uint64_t Kt = divide_up(oti->F, oti->T);
    /* Every source block has 1 to RFC6330_MAX_K symbols. */
    return Kt >= oti->Z && divide_up(Kt, oti->Z) <= RFC6330_MAX_K;
}

uint32_t rfc6330_Kt(const rq_oti *oti)
{
    return (uint32_t)divide_up(oti->F, oti->T);
}

rfc6330_partition rfc6330_source_blocks(const rq_oti *oti)
{
    return rfc6330_partition_of(rfc6330_Kt(oti), oti->Z);
}

rfc6330_partition rfc6330_sub_blocks(const rq_oti *oti)
{
    return rfc6330_partition_of(oti->T / oti->Al, oti->N);
}

void rfc6330_payload_id_write(uint8_t sbn, uint32_t esi, uint8_t bytes[4])
{
    bytes[0] = sbn;
    bytes[1] = (uint8_t)(esi >> 16);
    bytes[2] = (uint8_t)(esi >> 8);
    bytes[3] = (uint8_t)esi;
}

void rfc6330_payload_id_read(const uint8_t bytes[4], uint8_t *sbn, uint32_t *esi)
{
    *sbn = bytes[0];
    *esi = (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* ---- the public names ---- */

enum { WORKING_MEMORY = 10 * 1024 * 1024 }; /* WS, the layouts' compatibility depends on it */

int rq_oti_choose(uint64_t F, uint16_t symbol_size, rq_oti *oti)
{
    if (!oti || !rfc6330_choose(F, symbol_size, WORKING_MEMORY, oti))
        return RQ_ERROR_PARAMETER;
    return RQ_OK;
}

void rq_oti_serialize(const rq_oti *oti, uint8_t bytes[12])
{
    if (!oti || !bytes)
        return;
    for (int i = 0; i < 5; i++)
        bytes[i] = (uint8_t)(oti->F >> (8 * (4 - i)));
    bytes[5] = 0;
    bytes[6] = (uint8_t)(oti->T >> 8);
    bytes[7] = (uint8_t)oti->T;
    bytes[8] = oti->Z;
    bytes[9] = (uint8_t)(oti->N >> 8);
    bytes[10] = (uint8_t)oti->N;
    bytes[11] = oti->Al;
}

int rq_oti_parse(const uint8_t bytes[12], rq_oti *oti)
{
    if (!bytes || !oti)
        return RQ_ERROR_PARAMETER;
    rq_oti read = {0};
    for (int i = 0; i < 5; i++)
        read.F = read.F << 8 | bytes[i];
    read.T = (uint16_t)(bytes[6] << 8 | bytes[7]);
    read.Z = bytes[8];
    read.N = (uint16_t)(bytes[9] << 8 | bytes[10]);
    read.Al = bytes[11];
    if (!rfc6330_valid(&read))
        return RQ_ERROR_PARAMETER;
    *oti = read;
    return RQ_OK;
}

uint32_t rq_oti_source_symbols(const rq_oti *oti, uint8_t sbn)
{
    if (!oti || !rfc6330_valid(oti) || sbn >= oti->Z)
        return 0;
    rfc6330_partition blocks = rfc6330_source_blocks(oti);
    return rfc6330_partition_size(&blocks, sbn);
}

uint64_t rq_oti_padded_size(const rq_oti *oti)
{
    return oti && rfc6330_valid(oti) ? (uint64_t)rfc6330_Kt(oti) * oti->T : 0;
}
