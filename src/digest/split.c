/* One long input by several threads, in parts that are subtrees. */
#include "digest/digest.h"

#if defined(RQ_BLAKE3_INTERNALS)

#include <string.h>

#include "blake3_impl.h"
#include "digest/tree.h"

enum {
    LEAVES = TREE_LEAVES,
    LEAST_PART = 2 * LEAVES * BLAKE3_CHUNK_LEN,
    PAIR = 2 * BLAKE3_OUT_LEN,
};

static void hash_leaves(const uint8_t *data, uint64_t chunk, uint8_t value[BLAKE3_OUT_LEN])
{
    uint8_t values[LEAVES * BLAKE3_OUT_LEN];
    tree_chunks(data, LEAVES, chunk, values);
    tree_reduce(values, LEAVES, 1);
    memcpy(value, values, BLAKE3_OUT_LEN);
}

/* The value of size bytes from `chunk` on: a power of two of LEAVES. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as size has bits */
static void hash_subtree(const uint8_t *data, size_t size, uint64_t chunk,
                         uint8_t value[BLAKE3_OUT_LEN])
{
    uint8_t pair[PAIR];
    size_t half = size / 2;
    if (size == (size_t)LEAVES * BLAKE3_CHUNK_LEN) {
        hash_leaves(data, chunk, value);
        return;
    }
    hash_subtree(data, half, chunk, pair);
    hash_subtree(data + half, half, chunk + half / BLAKE3_CHUNK_LEN, pair + BLAKE3_OUT_LEN);
    tree_parents(pair, 1, value);
}

void digest_split_begin(digest_split *split, const digest_state *state, const void *data,
                        size_t size)
{
    uint64_t at = tree_length(state);
    *split = (digest_split){.data = data, .size = size, .part = LEAST_PART};
    while (size / split->part >= DIGEST_SPLIT_MOST)
        split->part *= 2;
    size_t past = (size_t)(at % split->part);
    split->head = past == 0 ? 0 : split->part - past;
    if (split->head < size)
        split->count = (size - split->head) / split->part;
    split->first_chunk = (at + split->head) / BLAKE3_CHUNK_LEN;
}

void digest_split_part(digest_split *split, size_t i)
{
    const uint8_t *data = split->data + split->head + i * split->part;
    size_t half = split->part / 2, chunks = half / BLAKE3_CHUNK_LEN;
    uint64_t chunk = split->first_chunk + 2 * i * chunks;
    hash_subtree(data, half, chunk, split->values[i]);
    hash_subtree(data + half, half, chunk + chunks, split->values[i] + BLAKE3_OUT_LEN);
}

void digest_split_end(const digest_split *split, digest_state *state)
{
    size_t head = split->count > 0 ? split->head : split->size;
    size_t half_chunks = split->part / 2 / BLAKE3_CHUNK_LEN,
           parts_size = split->count * split->part;
    digest_update(state, split->data, head);
    if (split->count > 0)
        tree_close_chunk(state);
    for (size_t i = 0; i < split->count; i++)
        tree_push_halves(state, split->values[i], half_chunks);
    digest_update(state, split->data + head + parts_size, split->size - head - parts_size);
}

#else

void digest_split_begin(digest_split *split, const digest_state *state, const void *data,
                        size_t size)
{
    (void)state;
    *split = (digest_split){.data = data, .size = size};
}

void digest_split_part(digest_split *split, size_t i)
{
    (void)split, (void)i;
}

void digest_split_end(const digest_split *split, digest_state *state)
{
    digest_update(state, split->data, split->size);
}

#endif
