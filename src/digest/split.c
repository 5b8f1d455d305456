/* One long input by several threads.
 *
 * BLAKE3 is a tree over chunks of 1 KiB. A power of two of chunks that begins at a multiple of its
 * own size is a subtree, whose value depends on its bytes and place alone. So threads make the
 * values of subtrees, and the hasher takes those as if it had made them itself. It never joins the
 * last two subtrees before it knows whether more follows, for the last join is the root's: so the
 * values of a part's two halves are kept, not the part's own. */
#include "digest/digest.h"

#if defined(RQ_BLAKE3_INTERNALS)

#include <string.h>

#include "blake3_impl.h"

enum {
    LEAVES = 256, /* chunks that are hashed before their parents: enough to fill any vector */
    LEAST_PART = 2 * LEAVES * BLAKE3_CHUNK_LEN,
    PAIR = 2 * BLAKE3_OUT_LEN,
};

static void parents(const uint8_t *children, size_t count, uint8_t *out)
{
    const uint8_t *blocks[LEAVES / 2];
    for (size_t i = 0; i < count; i++)
        blocks[i] = children + i * PAIR;
    blake3_hash_many(blocks, count, 1, IV, 0, false, PARENT, 0, 0, out);
}

static void hash_leaves(const uint8_t *data, uint64_t chunk, uint8_t value[BLAKE3_OUT_LEN])
{
    const uint8_t *chunks[LEAVES];
    uint8_t values[LEAVES * BLAKE3_OUT_LEN], joined[LEAVES / 2 * BLAKE3_OUT_LEN];
    for (size_t i = 0; i < LEAVES; i++)
        chunks[i] = data + i * BLAKE3_CHUNK_LEN;
    blake3_hash_many(chunks, LEAVES, BLAKE3_CHUNK_LEN / BLAKE3_BLOCK_LEN, IV, chunk, true, 0,
                     CHUNK_START, CHUNK_END, values);
    for (size_t count = LEAVES / 2; count > 0; count /= 2) {
        parents(values, count, joined);
        memcpy(values, joined, count * BLAKE3_OUT_LEN);
    }
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
    parents(pair, 1, value);
}

/* What the hasher has had. */
static uint64_t length_of(const digest_state *state)
{
    const blake3_chunk_state *chunk = &state->chunk;
    return chunk->chunk_counter * BLAKE3_CHUNK_LEN +
           (uint64_t)chunk->blocks_compressed * BLAKE3_BLOCK_LEN + chunk->buf_len;
}

void digest_split_begin(digest_split *split, const digest_state *state, const void *data,
                        size_t size)
{
    uint64_t at = length_of(state);
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

/* A chunk that is full waits to hear whether it is the last. An octet tells it that it is not, and
 * is taken back. */
static void close_chunk(digest_state *state)
{
    uint8_t more = 0;
    if (state->chunk.buf_len == 0)
        return;
    blake3_hasher_update(state, &more, 1);
    state->chunk.buf_len = 0;
}

/* The subtree that begins with `chunk` follows. As many subtrees stay apart as the number of chunks
 * before it has ones. */
static void push(digest_state *state, const uint8_t value[BLAKE3_OUT_LEN], uint64_t chunk)
{
    while (state->cv_stack_len > popcnt(chunk)) {
        uint8_t *pair = state->cv_stack + (state->cv_stack_len - 2) * BLAKE3_OUT_LEN;
        uint8_t joined[BLAKE3_OUT_LEN];
        parents(pair, 1, joined);
        memcpy(pair, joined, BLAKE3_OUT_LEN);
        state->cv_stack_len--;
    }
    memcpy(state->cv_stack + state->cv_stack_len * BLAKE3_OUT_LEN, value, BLAKE3_OUT_LEN);
    state->cv_stack_len++;
}

void digest_split_end(const digest_split *split, digest_state *state)
{
    size_t head = split->count > 0 ? split->head : split->size;
    size_t half_chunks = split->part / 2 / BLAKE3_CHUNK_LEN,
           parts_size = split->count * split->part;
    digest_update(state, split->data, head);
    if (split->count > 0)
        close_chunk(state);
    for (size_t i = 0; i < split->count; i++) {
        uint64_t chunk = state->chunk.chunk_counter;
        push(state, split->values[i], chunk);
        push(state, split->values[i] + BLAKE3_OUT_LEN, chunk + half_chunks);
        state->chunk.chunk_counter = chunk + 2 * half_chunks;
    }
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
