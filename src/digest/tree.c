/* Nodes of BLAKE3's tree, and a hasher that is given nodes instead of bytes. */
#include "digest/tree.h"

#if defined(RQ_BLAKE3_INTERNALS)

#include <string.h>

#include "blake3_impl.h"

void tree_chunks(const uint8_t *data, size_t count, uint64_t counter, uint8_t *values)
{
    const uint8_t *chunks[TREE_LEAVES];
    for (size_t i = 0; i < count; i++)
        chunks[i] = data + i * BLAKE3_CHUNK_LEN;
    blake3_hash_many(chunks, count, BLAKE3_CHUNK_LEN / BLAKE3_BLOCK_LEN, IV, counter, true, 0,
                     CHUNK_START, CHUNK_END, values);
}

void tree_parents(const uint8_t *children, size_t count, uint8_t *out)
{
    const uint8_t *blocks[TREE_LEAVES / 2];
    for (size_t i = 0; i < count; i++)
        blocks[i] = children + i * 2 * BLAKE3_OUT_LEN;
    blake3_hash_many(blocks, count, 1, IV, 0, false, PARENT, 0, 0, out);
}

void tree_reduce(uint8_t *values, size_t count, size_t left)
{
    uint8_t joined[TREE_LEAVES / 2 * BLAKE3_OUT_LEN];
    while (count > left) {
        count /= 2;
        tree_parents(values, count, joined);
        memcpy(values, joined, count * BLAKE3_OUT_LEN);
    }
}

uint64_t tree_length(const digest_state *state)
{
    const blake3_chunk_state *chunk = &state->chunk;
    return chunk->chunk_counter * BLAKE3_CHUNK_LEN +
           (uint64_t)chunk->blocks_compressed * BLAKE3_BLOCK_LEN + chunk->buf_len;
}

void tree_close_chunk(digest_state *state)
{
    uint8_t more = 0;
    if (state->chunk.buf_len == 0)
        return;
    blake3_hasher_update(state, &more, 1);
    state->chunk.buf_len = 0;
}

/* As many subtrees stay apart as the number of chunks before has ones. */
static void push(digest_state *state, const uint8_t value[BLAKE3_OUT_LEN], uint64_t chunk)
{
    while (state->cv_stack_len > popcnt(chunk)) {
        uint8_t *pair = state->cv_stack + (state->cv_stack_len - 2) * BLAKE3_OUT_LEN;
        uint8_t joined[BLAKE3_OUT_LEN];
        tree_parents(pair, 1, joined);
        memcpy(pair, joined, BLAKE3_OUT_LEN);
        state->cv_stack_len--;
    }
    memcpy(state->cv_stack + state->cv_stack_len * BLAKE3_OUT_LEN, value, BLAKE3_OUT_LEN);
    state->cv_stack_len++;
}

void tree_push_halves(digest_state *state, const uint8_t *values, uint64_t half_chunks)
{
    uint64_t chunk = state->chunk.chunk_counter;
    push(state, values, chunk);
    push(state, values + BLAKE3_OUT_LEN, chunk + half_chunks);
    state->chunk.chunk_counter = chunk + 2 * half_chunks;
}

#endif
