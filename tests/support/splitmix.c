#include "support/splitmix.h"

uint64_t splitmix_next(splitmix *stream)
{
    stream->state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = stream->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t splitmix_below(splitmix *stream, uint64_t limit)
{
    return splitmix_next(stream) % limit;
}

void splitmix_fill(uint64_t seed, void *buffer, size_t size)
{
    uint8_t *bytes = buffer;
    splitmix stream = {seed};
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++) {
        if (i % 8 == 0) {
            word = splitmix_next(&stream);
        }
        bytes[i] = (uint8_t)(word >> (8 * (i % 8)));
    }
}
