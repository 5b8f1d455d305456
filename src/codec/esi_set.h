/* A set of encoding symbol identifiers. */
#ifndef CODEC_ESI_SET_H
#define CODEC_ESI_SET_H

#include "memory/memory.h"

typedef struct esi_set {
    const rq_allocator *allocator;
    uint32_t *slots; /* open addressing; UINT32_MAX is empty */
    uint32_t capacity, count;
    uint32_t factor; /* of the hash */
} esi_set;

void esi_set_begin(esi_set *set, const rq_allocator *allocator);
bool esi_set_has(const esi_set *set, uint32_t esi);
/* 1: added, 0: was there, RQ_ERROR_MEMORY. */
int esi_set_add(esi_set *set, uint32_t esi);
void esi_set_free(esi_set *set);

#endif
