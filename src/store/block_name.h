/* The names in a folder of symbols. */
#ifndef STORE_BLOCK_NAME_H
#define STORE_BLOCK_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "memory/memory.h"

#define BLOCK_PREFIX     "block_"
#define OLD_BLOCK_PREFIX "chunk_" /* the first generation of writers */

enum { BLOCK_NAME_SIZE = 32 }; /* a prefix of at most 10 letters, 20 digits, and the NUL */

void block_name(const char *prefix, uint64_t block, char name[BLOCK_NAME_SIZE]);
/* False unless name is what block_name writes for a number. */
bool block_number(const char *prefix, const char *name, uint64_t *block);
/* Could name be that of a symbol? */
bool is_symbol_name(const char *name);

/* A growing list of numbers. */
typedef struct block_numbers {
    const rq_allocator *allocator;
    uint64_t *items;
    size_t count, capacity;
} block_numbers;

/* False if there is no memory. */
bool block_numbers_add(block_numbers *numbers, uint64_t block);
/* Ascending, each once. */
void block_numbers_sort(block_numbers *numbers);
void block_numbers_free(block_numbers *numbers);

#endif
