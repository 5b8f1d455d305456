#include "layout/decimal.h"

#include <string.h>

size_t decimal_write(uint64_t number, char digits[DECIMAL_LONGEST])
{
    char right_aligned[DECIMAL_LONGEST];
    size_t first = DECIMAL_LONGEST;
    do {
        right_aligned[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(digits, right_aligned + first, DECIMAL_LONGEST - first);
    return DECIMAL_LONGEST - first;
}

bool decimal_read(const char *digits, size_t length, uint64_t largest, uint64_t *number)
{
    if (length == 0 || (length > 1 && digits[0] == '0'))
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        const uint64_t digit = (uint64_t)(digits[i] - '0');
        if (digit > largest || value > (largest - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return true;
}
