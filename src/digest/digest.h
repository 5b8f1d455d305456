/* BLAKE3 and the names made of it. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blake3.h"

enum {
    DIGEST_SIZE = 32,
    DIGEST_NAME_SIZE = 45, /* the longest base58 name of 32 bytes is 44 characters, and the NUL */
};

typedef struct digest {
    uint8_t bytes[DIGEST_SIZE];
} digest;

/* Makes BLAKE3 ready for threads. The functions that begin a hash call it. */
void digest_ready(void);

void digest_of(const void *data, size_t size, digest *out);
/* Each of count inputs of the same size, at data + i * stride; short inputs are hashed side by side
 * where the BLAKE3 at hand allows it. */
void digest_of_many(const uint8_t *data, size_t stride, size_t size, size_t count, digest *out);

/* Long inputs of one size that come in columns: whoever has the same 1 KiB of all of them makes
 * their values, in any order; the digests are made of those. False where that cannot be: inputs of
 * one chunk or very long ones, or where BLAKE3 keeps what is inside it to itself. */
enum { DIGEST_CHUNK = 1024 };

static inline uint64_t digest_chunks(uint64_t size)
{
    return (size + DIGEST_CHUNK - 1) / DIGEST_CHUNK;
}

bool digest_by_chunks(uint64_t size);
/* Chunk number `chunk` of count inputs: size bytes each, stride apart. */
void digest_chunk_values(const uint8_t *data, size_t stride, size_t size, size_t count,
                         uint64_t chunk, digest *values);
/* The digests of count inputs; value i of chunk c is values[c * apart + i]. */
void digest_of_chunks(const digest *values, size_t apart, size_t chunks, size_t count, digest *out);

/* Incremental, over data that comes in pieces. */
typedef blake3_hasher digest_state;
void digest_begin(digest_state *state);
void digest_update(digest_state *state, const void *data, size_t size);
void digest_end(const digest_state *state, digest *out);

/* The next bytes of a state by several threads: begin, then every part 0 to count - 1 once, by any
 * thread in any order, then end, which is digest_update of them all. Short data has no parts, nor
 * does any where BLAKE3 keeps what is inside it to itself: then end does the work. */
enum { DIGEST_SPLIT_MOST = 128 };

typedef struct digest_split {
    const uint8_t *data;
    size_t size, head, part; /* bytes; head comes before the parts */
    size_t count;
    uint64_t first_chunk;
    uint8_t values[DIGEST_SPLIT_MOST][2 * DIGEST_SIZE];
} digest_split;

void digest_split_begin(digest_split *split, const digest_state *state, const void *data,
                        size_t size);
void digest_split_part(digest_split *split, size_t i);
void digest_split_end(const digest_split *split, digest_state *state);

/* The next bytes of a state in pieces that come in any order, once each and apart from each other:
 * begin, then add each, by any thread; then close each group 0 to count - 1 once, by any thread;
 * then end, which is digest_update of all the bytes. Few of them must be read again: `read` gives
 * size bytes, at most DIGEST_GROUP, at a place; what it returns other than 0 is returned. */
enum { DIGEST_GROUP = 256 * DIGEST_CHUNK };

typedef int (*digest_read)(void *context, uint64_t at, uint8_t *buffer, size_t size);

typedef struct digest_scattered {
    uint64_t size, head; /* bytes; head comes before the groups */
    size_t count;        /* of groups */
    uint64_t first_chunk;
    digest *values; /* of each chunk of the groups */
} digest_scattered;

/* How many values there must be room for; 0 where that is of no use, because the data is short or
 * BLAKE3 keeps what is inside it to itself. */
size_t digest_scattered_chunks(const digest_state *state, uint64_t size);
void digest_scattered_begin(digest_scattered *scattered, const digest_state *state, uint64_t size,
                            digest *values);
void digest_scattered_add(const digest_scattered *scattered, uint64_t at, const uint8_t *data,
                          size_t size);
/* buffer: DIGEST_GROUP bytes. */
int digest_scattered_close(const digest_scattered *scattered, size_t group, digest_read read,
                           void *context, uint8_t *buffer);
int digest_scattered_end(const digest_scattered *scattered, digest_state *state, digest_read read,
                         void *context, uint8_t *buffer);

bool digest_equal(const digest *a, const digest *b);

/* Base58, Bitcoin's alphabet: 32 to 44 characters, one for each leading zero byte. */
void digest_name(const digest *value, char name[DIGEST_NAME_SIZE]);
/* The digest whose name is the length characters at name; false for anything digest_name would not
 * write, so that a name and its digest are one to one. */
bool digest_from_name(const char *name, size_t length, digest *out);

#endif
