/* SHA-256 (FIPS 180-4), for comparing long texts with their golden hashes. */
#ifndef SUPPORT_SHA256_H
#define SUPPORT_SHA256_H

#include <stddef.h>

/* Writes 64 lower case hexadecimal digits and a NUL. */
void sha256_hex(const void *data, size_t size, char hex[65]);

#endif
