/* Symbols of a source block that came when all its rows were taken; private to this room. */
#ifndef CODEC_REPAIR_SYMBOLS_H
#define CODEC_REPAIR_SYMBOLS_H

#include "memory/memory.h"

typedef struct repair_symbol {
    uint32_t esi;
    uint8_t *data; /* T octets */
} repair_symbol;

typedef struct repair_slab repair_slab;

typedef struct repair_symbols {
    const rq_allocator *allocator;
    uint32_t T, shift, count, capacity;
    repair_symbol *items;
    repair_slab *slabs; /* where their data is, the newest first */
} repair_symbols;

/* shift, less than GF256_UNIT: how far beyond a multiple of that symbols are to lie. */
void repair_symbols_begin(repair_symbols *symbols, uint32_t T, uint32_t shift,
                          const rq_allocator *allocator);

/* Makes room for another one, and as many as are expected. False if there is no memory. */
bool repair_symbols_reserve(repair_symbols *symbols, uint32_t expected);

/* Adds one, for which there is room, and returns where its T octets go. */
uint8_t *repair_symbols_add(repair_symbols *symbols, uint32_t esi);

/* Forgets all and gives their memory back; may be used again. */
void repair_symbols_clear(repair_symbols *symbols);

#endif
