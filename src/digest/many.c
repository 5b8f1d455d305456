/* Many inputs of one size, side by side.
 *
 * BLAKE3 is quick because it hashes the 1 KiB chunks of one input in the lanes of a vector. An
 * input of a chunk or two leaves those lanes idle, and so does the ragged end of a longer one. But
 * inputs of the same size have the same tree: here a lane is an input, all lanes walk the tree in
 * step, and every chunk and every parent fills the vector. */
#include "digest/digest.h"

#if defined(RQ_BLAKE3_INTERNALS)

#include <string.h>

#include "blake3_impl.h"

enum {
    LANES = MAX_SIMD_DEGREE,
    DEPTH = 7, /* of the tree of LONGEST bytes; above, one input keeps the lanes busy by itself */
    LONGEST = BLAKE3_CHUNK_LEN << DEPTH,
};

typedef struct lane_batch {
    size_t count;
    const uint8_t *inputs[LANES];           /* what is still to be hashed of each */
    uint8_t values[LANES * BLAKE3_OUT_LEN]; /* the chaining values of the node at hand */
    /* The blocks of the parents whose left child is known, the highest parent first. */
    uint8_t parents[DEPTH][LANES][BLAKE3_BLOCK_LEN];
    size_t waiting;
} lane_batch;

static uint8_t *value_of(lane_batch *batch, size_t lane)
{
    return batch->values + lane * BLAKE3_OUT_LEN;
}

static void wait_for_sibling(lane_batch *batch)
{
    uint8_t(*parents)[BLAKE3_BLOCK_LEN] = batch->parents[batch->waiting++];
    for (size_t i = 0; i < batch->count; i++)
        memcpy(parents[i], value_of(batch, i), BLAKE3_OUT_LEN);
}

/* The node at hand is the right child of the last that waits; their parent becomes the node at
 * hand. */
static void join_sibling(lane_batch *batch, uint8_t root)
{
    uint8_t(*parents)[BLAKE3_BLOCK_LEN] = batch->parents[--batch->waiting];
    const uint8_t *blocks[LANES];
    for (size_t i = 0; i < batch->count; i++) {
        memcpy(parents[i] + BLAKE3_OUT_LEN, value_of(batch, i), BLAKE3_OUT_LEN);
        blocks[i] = parents[i];
    }
    blake3_hash_many(blocks, batch->count, 1, IV, 0, false, PARENT | root, 0, 0, batch->values);
}

/* The vector code knows whole blocks only: a last block that is not whole is compressed lane by
 * lane, on top of the value of the blocks before it. */
static void end_chunk(lane_batch *batch, size_t offset, size_t size, uint64_t chunk, uint8_t flags)
{
    for (size_t i = 0; i < batch->count; i++) {
        uint8_t block[BLAKE3_BLOCK_LEN] = {0};
        uint32_t words[8];
        memcpy(block, batch->inputs[i] + offset, size);
        if (offset == 0)
            memcpy(words, IV, sizeof words);
        else
            load_key_words(value_of(batch, i), words);
        blake3_compress_in_place(words, block, (uint8_t)size, chunk, flags);
        store_cv_words(value_of(batch, i), words);
    }
}

/* The next size bytes, 1 to BLAKE3_CHUNK_LEN, are a chunk: its values become the node at hand. */
static void hash_chunk(lane_batch *batch, size_t size, uint64_t chunk, uint8_t root)
{
    const size_t rest = size % BLAKE3_BLOCK_LEN, whole = size - rest;
    const uint8_t end = CHUNK_END | root;
    if (whole > 0)
        blake3_hash_many(batch->inputs, batch->count, whole / BLAKE3_BLOCK_LEN, IV, chunk, false, 0,
                         CHUNK_START, rest == 0 ? end : 0, batch->values);
    if (rest > 0)
        end_chunk(batch, whole, rest, chunk, whole == 0 ? CHUNK_START | end : end);
    for (size_t i = 0; i < batch->count; i++)
        batch->inputs[i] += size;
}

/* The values of a chunk that is not the last are the node at hand: it closes as many subtrees as
 * its number has trailing ones. */
static void end_inner_chunk(lane_batch *batch, size_t chunk)
{
    for (size_t closed = chunk; (closed & 1) != 0; closed >>= 1)
        join_sibling(batch, 0);
    wait_for_sibling(batch);
}

/* The last chunk closes all that wait, and the parent made last is the root. */
static void end_last_chunk(lane_batch *batch)
{
    while (batch->waiting > 0)
        join_sibling(batch, batch->waiting == 1 ? ROOT : 0);
}

static void hash_batch(lane_batch *batch, size_t size)
{
    const size_t last = (size - 1) / BLAKE3_CHUNK_LEN;
    batch->waiting = 0;
    for (size_t chunk = 0; chunk < last; chunk++) {
        hash_chunk(batch, BLAKE3_CHUNK_LEN, chunk, 0);
        end_inner_chunk(batch, chunk);
    }
    hash_chunk(batch, size - last * BLAKE3_CHUNK_LEN, last, last == 0 ? ROOT : 0);
    end_last_chunk(batch);
}

/* The inputs to take side by side, of those left; 0: one input alone fills as many lanes. */
static size_t batch_size(size_t size, size_t left)
{
    if (size == 0 || size > LONGEST)
        return 0;
    const size_t lanes = blake3_simd_degree(), chunks = size / BLAKE3_CHUNK_LEN;
    if (left >= lanes)
        return lanes > 1 ? lanes : 0;
    return left > 1 && left >= chunks ? left : 0;
}

void digest_of_many(const uint8_t *data, size_t stride, size_t size, size_t count, digest *out)
{
    lane_batch batch;
    size_t done = 0;
    digest_ready();
    while ((batch.count = batch_size(size, count - done)) > 0) {
        for (size_t i = 0; i < batch.count; i++)
            batch.inputs[i] = data + (done + i) * stride;
        hash_batch(&batch, size);
        memcpy(out + done, batch.values, batch.count * DIGEST_SIZE);
        done += batch.count;
    }
    for (; done < count; done++)
        digest_of(data + done * stride, size, &out[done]);
}

bool digest_by_chunks(uint64_t size)
{
    return size > BLAKE3_CHUNK_LEN && size <= LONGEST;
}

void digest_chunk_values(const uint8_t *data, size_t stride, size_t size, size_t count,
                         uint64_t chunk, digest *values)
{
    lane_batch batch;
    digest_ready();
    for (size_t done = 0; done < count; done += batch.count) {
        batch.count = count - done < LANES ? count - done : LANES;
        for (size_t i = 0; i < batch.count; i++)
            batch.inputs[i] = data + (done + i) * stride;
        hash_chunk(&batch, size, chunk, 0);
        memcpy(values + done, batch.values, batch.count * DIGEST_SIZE);
    }
}

void digest_of_chunks(const digest *values, size_t apart, size_t chunks, size_t count, digest *out)
{
    lane_batch batch;
    for (size_t done = 0; done < count; done += batch.count) {
        batch.count = count - done < LANES ? count - done : LANES;
        batch.waiting = 0;
        for (size_t chunk = 0; chunk < chunks; chunk++) {
            memcpy(batch.values, values + chunk * apart + done, batch.count * DIGEST_SIZE);
            if (chunk + 1 < chunks)
                end_inner_chunk(&batch, chunk);
        }
        end_last_chunk(&batch);
        memcpy(out + done, batch.values, batch.count * DIGEST_SIZE);
    }
}

#else

bool digest_by_chunks(uint64_t size)
{
    (void)size;
    return false;
}

/* Nobody calls these two. */
void digest_chunk_values(const uint8_t *data, size_t stride, size_t size, size_t count,
                         uint64_t chunk, digest *values)
{
    (void)data, (void)stride, (void)size, (void)count, (void)chunk, (void)values;
}

void digest_of_chunks(const digest *values, size_t apart, size_t chunks, size_t count, digest *out)
{
    (void)values, (void)apart, (void)chunks, (void)count, (void)out;
}

void digest_of_many(const uint8_t *data, size_t stride, size_t size, size_t count, digest *out)
{
    for (size_t i = 0; i < count; i++)
        digest_of(data + i * stride, size, &out[i]);
}

#endif
