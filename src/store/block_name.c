#include "store/block_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"

void block_name(const char *prefix, uint64_t block, char name[BLOCK_NAME_SIZE])
{
    snprintf(name, BLOCK_NAME_SIZE, "%s%" PRIu64, prefix, block);
}

bool block_number(const char *prefix, const char *name, uint64_t *block)
{
    size_t length = strlen(prefix);
    if (strncmp(name, prefix, length) != 0)
        return false;
    const char *digit = name + length;
    if (*digit == '\0' || (*digit == '0' && digit[1] != '\0'))
        return false;
    uint64_t number = 0;
    for (; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9')
            return false;
        uint64_t value = (uint64_t)(*digit - '0');
        if (number > (UINT64_MAX - value) / 10)
            return false;
        number = number * 10 + value;
    }
    *block = number;
    return true;
}

bool is_symbol_name(const char *name)
{
    digest ignored;
    return digest_from_name(name, strlen(name), &ignored);
}

bool block_numbers_add(block_numbers *numbers, uint64_t block)
{
    if (numbers->count == numbers->capacity) {
        size_t capacity = numbers->capacity ? numbers->capacity * 2 : 16;
        uint64_t *items = memory_allocate(numbers->allocator, capacity, sizeof *items);
        if (!items)
            return false;
        if (numbers->count > 0)
            memcpy(items, numbers->items, numbers->count * sizeof *items);
        memory_release(numbers->allocator, numbers->items, numbers->capacity, sizeof *items);
        numbers->items = items;
        numbers->capacity = capacity;
    }
    numbers->items[numbers->count++] = block;
    return true;
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

void block_numbers_sort(block_numbers *numbers)
{
    if (numbers->count == 0)
        return;
    qsort(numbers->items, numbers->count, sizeof *numbers->items, compare);
    size_t kept = 1;
    for (size_t i = 1; i < numbers->count; i++)
        if (numbers->items[i] != numbers->items[kept - 1])
            numbers->items[kept++] = numbers->items[i];
    numbers->count = kept;
}

void block_numbers_free(block_numbers *numbers)
{
    memory_release(numbers->allocator, numbers->items, numbers->capacity, sizeof *numbers->items);
    *numbers = (block_numbers){.allocator = numbers->allocator};
}
