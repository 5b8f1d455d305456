/* How an object is cut: source blocks, sub-blocks, symbols, and the octets that say so. */
#ifndef RFC6330_OBJECT_H
#define RFC6330_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "rq.h"

/* Partition[I, J] (4.4.1.2): JL pieces of IL, then JS of IS. J at least 1. */
typedef struct rfc6330_partition {
    uint32_t IL, IS, JL, JS;
} rfc6330_partition;

rfc6330_partition rfc6330_partition_of(uint32_t I, uint32_t J);
uint32_t rfc6330_partition_size(const rfc6330_partition *partition, uint32_t piece);
/* The sizes of the pieces before piece, added up. */
uint64_t rfc6330_partition_start(const rfc6330_partition *partition, uint32_t piece);

/* Chooses T, Z, N by 4.3 for a decoder with working_memory bytes. False if F is out of range, or
 * needs more than 255 source blocks. Al is 8, or 1 for symbols shorter than 64. */
bool rfc6330_choose(uint64_t F, uint16_t symbol_size, uint64_t working_memory, rq_oti *oti);
/* True if the parameters can be: ranges, T a multiple of Al, 1 <= K <= RFC6330_MAX_K, N <= T/Al. */
bool rfc6330_valid(const rq_oti *oti);

/* Kt, the number of source symbols of the whole object. */
uint32_t rfc6330_Kt(const rq_oti *oti);
/* The source blocks' numbers of symbols, and the sub-symbols' sizes in units of Al. */
rfc6330_partition rfc6330_source_blocks(const rq_oti *oti);
rfc6330_partition rfc6330_sub_blocks(const rq_oti *oti);

/* FEC Payload ID (3.2): SBN and 24-bit ESI, big endian. */
void rfc6330_payload_id_write(uint8_t sbn, uint32_t esi, uint8_t bytes[4]);
void rfc6330_payload_id_read(const uint8_t bytes[4], uint8_t *sbn, uint32_t *esi);

#endif
