#include "support/vectors.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/csv.h"
#include "support/splitmix.h"

typedef struct vector_reader {
    void (*visit)(void *context, const codec_vector *vector);
    void *context;
    uint64_t seed;
    uint8_t *source; /* of the last line's block */
    codec_vector vector;
} vector_reader;

static uint8_t hex_digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void read_line(void *context, char *const *fields, size_t count)
{
    vector_reader *reader = context;
    codec_vector *vector = &reader->vector;
    if (count != 5 || csv_number(fields[1]) > CODEC_VECTOR_MAX_T) {
        fprintf(stderr, "unexpected line in the codec's vectors\n");
        exit(2);
    }
    uint32_t K = (uint32_t)csv_number(fields[0]);
    uint16_t T = (uint16_t)csv_number(fields[1]);
    uint64_t seed = csv_number(fields[2]);
    if (reader->source == NULL || K != vector->K || T != vector->T || seed != reader->seed) {
        free(reader->source);
        reader->source = malloc((size_t)K * T);
        if (reader->source == NULL) {
            exit(2);
        }
        splitmix_fill(seed, reader->source, (size_t)K * T);
        reader->seed = seed;
    }
    vector->K = K;
    vector->T = T;
    vector->source = reader->source;
    vector->esi = (uint32_t)csv_number(fields[3]);
    for (size_t i = 0; i < T; i++) {
        vector->symbol[i] =
            (uint8_t)(hex_digit(fields[4][2 * i]) << 4 | hex_digit(fields[4][2 * i + 1]));
    }
    reader->visit(reader->context, vector);
}

size_t codec_vectors_read(void (*visit)(void *context, const codec_vector *vector), void *context)
{
    vector_reader reader = {.visit = visit, .context = context};
    size_t lines = csv_read("vectors/codec/repair_symbols.csv", read_line, &reader);
    free(reader.source);
    return lines;
}
