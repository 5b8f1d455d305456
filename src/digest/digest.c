#include "digest/digest.h"

#include <string.h>

void digest_begin(digest_state *state)
{
    blake3_hasher_init(state);
}

void digest_update(digest_state *state, const void *data, size_t size)
{
    blake3_hasher_update(state, data, size);
}

void digest_end(const digest_state *state, digest *out)
{
    blake3_hasher_finalize(state, out->bytes, DIGEST_SIZE);
}

void digest_of(const void *data, size_t size, digest *out)
{
    digest_state state;
    digest_begin(&state);
    digest_update(&state, data, size);
    digest_end(&state, out);
}

bool digest_equal(const digest *a, const digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}
