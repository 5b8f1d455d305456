/* One long input whose pieces come in any order.
 *
 * The values of the chunks that a piece holds whole are made while it is in the cache. What is then
 * unknown, the chunks that two pieces share, is read again; a group of chunks is a subtree. */
#include "digest/digest.h"

#if defined(RQ_BLAKE3_INTERNALS)

#include <string.h>

#include "digest/tree.h"

enum { LEAVES = DIGEST_GROUP / DIGEST_CHUNK };

_Static_assert((int)LEAVES == (int)TREE_LEAVES, "a group is what is hashed at a time");

size_t digest_scattered_chunks(const digest_state *state, uint64_t size)
{
    uint64_t past = tree_length(state) % DIGEST_GROUP, head = past == 0 ? 0 : DIGEST_GROUP - past;
    return head < size ? (size_t)((size - head) / DIGEST_GROUP) * LEAVES : 0;
}

void digest_scattered_begin(digest_scattered *s, const digest_state *state, uint64_t size,
                            digest *values)
{
    uint64_t at = tree_length(state), past = at % DIGEST_GROUP;
    s->size = size;
    s->values = values;
    s->count = digest_scattered_chunks(state, size) / LEAVES;
    s->head = past == 0 ? 0 : DIGEST_GROUP - past;
    s->head = s->head < size ? s->head : size;
    s->first_chunk = (at + s->head) / DIGEST_CHUNK;
    memset(values, 0, s->count * LEAVES * sizeof *values);
}

void digest_scattered_add(const digest_scattered *s, uint64_t at, const uint8_t *data, size_t size)
{
    uint64_t end = at + size, last = s->head + (uint64_t)s->count * DIGEST_GROUP;
    end = end < last ? end : last;
    uint64_t from = at > s->head ? at - s->head : 0; /* of the groups */
    from = digest_chunks(from) * DIGEST_CHUNK;
    while (s->head + from + DIGEST_CHUNK <= end) {
        size_t chunk = (size_t)(from / DIGEST_CHUNK);
        size_t count = (size_t)(end - s->head - from) / DIGEST_CHUNK;
        count = count < LEAVES ? count : LEAVES;
        tree_chunks(data + (s->head + from - at), count, s->first_chunk + chunk,
                    s->values[chunk].bytes);
        from += (uint64_t)count * DIGEST_CHUNK;
    }
}

/* A value of zeros is one that is not known. If it were a chunk's, that would be hashed again. */
static bool is_known(const digest *value)
{
    static const digest none;
    return memcmp(value, &none, sizeof none) != 0;
}

int digest_scattered_close(const digest_scattered *s, size_t group, digest_read read, void *context,
                           uint8_t *buffer)
{
    digest *values = s->values + group * LEAVES;
    for (size_t i = 0; i < LEAVES;) {
        size_t count = 0, chunk = group * LEAVES + i;
        while (i + count < LEAVES && !is_known(&values[i + count]))
            count++;
        if (count > 0) {
            int status = read(context, s->head + (uint64_t)chunk * DIGEST_CHUNK, buffer,
                              count * DIGEST_CHUNK);
            if (status != 0)
                return status;
            tree_chunks(buffer, count, s->first_chunk + chunk, values[i].bytes);
        }
        i += count + 1;
    }
    tree_reduce(values->bytes, LEAVES, 2);
    return 0;
}

static int update(digest_state *state, uint64_t from, uint64_t to, digest_read read, void *context,
                  uint8_t *buffer)
{
    while (from < to) {
        size_t size = to - from < DIGEST_GROUP ? (size_t)(to - from) : DIGEST_GROUP;
        int status = read(context, from, buffer, size);
        if (status != 0)
            return status;
        digest_update(state, buffer, size);
        from += size;
    }
    return 0;
}

int digest_scattered_end(const digest_scattered *s, digest_state *state, digest_read read,
                         void *context, uint8_t *buffer)
{
    int status = update(state, 0, s->head, read, context, buffer);
    if (status != 0)
        return status;
    if (s->count > 0)
        tree_close_chunk(state);
    for (size_t i = 0; i < s->count; i++)
        tree_push_halves(state, s->values[i * LEAVES].bytes, LEAVES / 2);
    return update(state, s->head + (uint64_t)s->count * DIGEST_GROUP, s->size, read, context,
                  buffer);
}

#else

size_t digest_scattered_chunks(const digest_state *state, uint64_t size)
{
    (void)state, (void)size;
    return 0;
}

void digest_scattered_begin(digest_scattered *s, const digest_state *state, uint64_t size,
                            digest *values)
{
    (void)state;
    *s = (digest_scattered){.size = size, .values = values};
}

void digest_scattered_add(const digest_scattered *s, uint64_t at, const uint8_t *data, size_t size)
{
    (void)s, (void)at, (void)data, (void)size;
}

int digest_scattered_close(const digest_scattered *s, size_t group, digest_read read, void *context,
                           uint8_t *buffer)
{
    (void)s, (void)group, (void)read, (void)context, (void)buffer;
    return 0;
}

int digest_scattered_end(const digest_scattered *s, digest_state *state, digest_read read,
                         void *context, uint8_t *buffer)
{
    (void)s, (void)state, (void)read, (void)context, (void)buffer;
    return 0;
}

#endif
