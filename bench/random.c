#include "random.h"

#include <string.h>

uint64_t random_next(random_stream *stream)
{
    uint64_t x = stream->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    stream->state = x;
    return x * UINT64_C(0x2545F4914F6CDD1D);
}

uint32_t random_below(random_stream *stream, uint32_t limit)
{
    return (uint32_t)((random_next(stream) >> 32) * limit >> 32);
}

void random_fill(random_stream *stream, void *buffer, size_t size)
{
    uint8_t *bytes = buffer;
    while (size > 0) {
        uint64_t word = random_next(stream);
        size_t part = size < sizeof word ? size : sizeof word;
        memcpy(bytes, &word, part);
        bytes += part;
        size -= part;
    }
}

void random_choose(random_stream *stream, uint32_t *numbers, uint32_t count, uint32_t wanted)
{
    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t j = i + random_below(stream, count - i), number = numbers[j];
        numbers[j] = numbers[i];
        numbers[i] = number;
    }
}
