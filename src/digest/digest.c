#include "digest/digest.h"

#include <string.h>

#include "platform/thread.h"

/* BLAKE3 finds out about the CPU when it is first used, and keeps that without regard to threads.
 */
static void use_once(void)
{
    blake3_hasher hasher;
    uint8_t octet = 0;
    blake3_hasher_init(&hasher);
    blake3_hasher_update(&hasher, &octet, 1);
    blake3_hasher_finalize(&hasher, &octet, 1);
}

void digest_ready(void)
{
    static platform_once once = PLATFORM_ONCE_INITIALIZER;
    platform_run_once(&once, use_once);
}

void digest_begin(digest_state *state)
{
    digest_ready();
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
