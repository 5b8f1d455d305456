/* Non-negative integers as JSON writes them. */
#ifndef LAYOUT_DECIMAL_H
#define LAYOUT_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_LONGEST = 20 }; /* digits of UINT64_MAX */

/* Writes the digits, without a NUL, and returns how many. */
size_t decimal_write(uint64_t number, char digits[DECIMAL_LONGEST]);

/* Digits alone, no leading zeros, at most largest: false for -0, 1.0, 1e3 and the like. */
bool decimal_read(const char *digits, size_t length, uint64_t largest, uint64_t *number);

#endif
