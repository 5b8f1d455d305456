/* Base58 as positional arithmetic between 32-bit words and limbs of five base58 digits: 58^5 is the
 * largest power of 58 below 2^32, so every step is one 64-bit multiplication or division by a
 * constant, and a digest takes some forty of them. */
#include "digest/digest.h"

#include <string.h>

enum {
    WORDS = DIGEST_SIZE / 4,
    LIMB_DIGITS = 5,
    LIMB_BASE = 58 * 58 * 58 * 58 * 58,
    LIMBS = 9, /* 45 digits hold the 43.7 of 256 bits */
    DIGITS = LIMBS * LIMB_DIGITS,
    NAME_SHORTEST = DIGEST_SIZE,
    NAME_LONGEST = DIGEST_NAME_SIZE - 1,
};

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

#define NO (-1)
static const int8_t digit_of[128] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, 0,  1,  2,  3,  4,  5,  6,  7,  8,  NO, NO, NO, NO, NO, NO, NO, 9,
    10, 11, 12, 13, 14, 15, 16, NO, 17, 18, 19, 20, 21, NO, 22, 23, 24, 25, 26, 27, 28, 29,
    30, 31, 32, NO, NO, NO, NO, NO, NO, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, NO, 44,
    45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, NO, NO, NO, NO, NO,
};

static size_t leading_zero_bytes(const digest *value)
{
    size_t zeros = 0;
    while (zeros < DIGEST_SIZE && value->bytes[zeros] == 0)
        zeros++;
    return zeros;
}

void digest_name(const digest *value, char name[DIGEST_NAME_SIZE])
{
    /* limbs[0] is the lowest; i words fit i + 1 limbs, for a limb holds 29.3 bits and i <= 8. */
    uint32_t limbs[LIMBS] = {0};
    for (size_t i = 0; i < WORDS; i++) {
        const uint8_t *bytes = value->bytes + 4 * i;
        uint64_t carry = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                         (uint32_t)bytes[2] << 8 | bytes[3];
        for (size_t j = 0; j < i + 2; j++) {
            const uint64_t sum = ((uint64_t)limbs[j] << 32) + carry;
            limbs[j] = (uint32_t)(sum % LIMB_BASE);
            carry = sum / LIMB_BASE;
        }
    }

    uint8_t digits[DIGITS]; /* the highest first */
    for (size_t j = 0; j < LIMBS; j++) {
        uint32_t limb = limbs[LIMBS - 1 - j];
        for (size_t k = LIMB_DIGITS; k-- > 0; limb /= 58)
            digits[j * LIMB_DIGITS + k] = (uint8_t)(limb % 58);
    }

    size_t first = 0;
    while (first < DIGITS && digits[first] == 0)
        first++;
    const size_t zeros = leading_zero_bytes(value);
    memset(name, alphabet[0], zeros);
    char *end = name + zeros;
    for (size_t i = first; i < DIGITS; i++)
        *end++ = alphabet[digits[i]];
    *end = '\0';
}

/* words = words * factor + addend; false if that does not fit. */
static bool multiply_add(uint32_t words[WORDS], uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (size_t i = WORDS; i-- > 0;) {
        carry += (uint64_t)words[i] * factor;
        words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return carry == 0;
}

bool digest_from_name(const char *name, size_t length, digest *out)
{
    if (length < NAME_SHORTEST || length > NAME_LONGEST)
        return false;

    uint32_t words[WORDS] = {0}; /* the highest first */
    uint32_t limb = 0, base = 1;
    size_t ones = 0;
    for (size_t i = 0; i < length; i++) {
        const uint8_t character = (uint8_t)name[i];
        const int digit = character < sizeof digit_of ? digit_of[character] : NO;
        if (digit == NO)
            return false;
        if (digit == 0 && ones == i)
            ones++;
        limb = limb * 58 + (uint32_t)digit;
        base *= 58;
        if (base == LIMB_BASE || i + 1 == length) {
            if (!multiply_add(words, base, limb))
                return false;
            limb = 0;
            base = 1;
        }
    }

    for (size_t i = 0; i < WORDS; i++) {
        out->bytes[4 * i] = (uint8_t)(words[i] >> 24);
        out->bytes[4 * i + 1] = (uint8_t)(words[i] >> 16);
        out->bytes[4 * i + 2] = (uint8_t)(words[i] >> 8);
        out->bytes[4 * i + 3] = (uint8_t)words[i];
    }
    /* The digits after the ones begin with no zero, so this alone makes the name the only one. */
    return ones == leading_zero_bytes(out);
}
