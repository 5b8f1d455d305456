/* The repair symbols of a source block that wait until there are enough of them; private to this
 * room. */
#ifndef CODEC_REPAIR_SYMBOLS_H
#define CODEC_REPAIR_SYMBOLS_H

#include "codec/esi_set.h"

typedef struct repair_symbol {
    uint32_t esi;
    const uint8_t *data; /* T octets */
} repair_symbol;

typedef struct repair_slab repair_slab;

typedef struct repair_symbols {
    const rq_allocator *allocator;
    uint32_t T, shift, count, capacity;
    repair_symbol *items;
    repair_slab *slabs; /* where their data is, the newest first */
    esi_set esis;
} repair_symbols;

/* shift, less than GF256_UNIT: how far beyond a multiple of that symbols are to lie. */
void repair_symbols_begin(repair_symbols *symbols, uint32_t T, uint32_t shift,
                          const rq_allocator *allocator);

/* Keeps a copy of T octets. expected: with it, about so many are to come. 1; 0 if that ESI was
 * there already; RQ_ERROR_MEMORY. */
int repair_symbols_add(repair_symbols *symbols, uint32_t esi, const uint8_t *symbol,
                       uint32_t expected);

/* Forgets all and gives their memory back; may be used again. */
void repair_symbols_clear(repair_symbols *symbols);

#endif
