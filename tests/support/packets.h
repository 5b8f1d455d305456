/* Objects of random shape, and what their packets must hold by RFC 6330 4.4.1.2. */
#ifndef SUPPORT_PACKETS_H
#define SUPPORT_PACKETS_H

#include <stddef.h>
#include <stdint.h>

#include "rq.h"
#include "support/splitmix.h"

/* Any object of at most max_symbols symbols of at most max_T bytes: Al, T, N, Z and F at random. */
rq_oti packets_random_oti(splitmix *random, uint32_t max_symbols, uint32_t max_T);

/* K of source block sbn, and the bytes of the object before it. */
uint32_t packets_source_symbols(const rq_oti *oti, uint32_t sbn);
uint64_t packets_block_start(const rq_oti *oti, uint32_t sbn);

/* Source symbol esi of block sbn of the F bytes at object: its N sub-symbols one after the other.
 */
void packets_source_symbol(const rq_oti *oti, const uint8_t *object, uint32_t sbn, uint32_t esi,
                           uint8_t *symbol);

/* Puts count numbers in random order. */
void packets_shuffle(splitmix *random, uint64_t *numbers, size_t count);

#endif
