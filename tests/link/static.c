/* A program that knows the session ABI, to be linked with librq_library.a -lpthread -lm -ldl. */
#include <stdio.h>
#include <string.h>

#include "rq-library.h"

/* Names of what the library is made of: they are the program's own here and must not clash. */
int blake3_hasher_init(void);
int yajl_alloc(void);

int blake3_hasher_init(void)
{
    return 1;
}

int yajl_alloc(void)
{
    return 2;
}

static int fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return 1;
}

int main(void)
{
    char version[64];
    if (raptorq_version(version, sizeof version) != RAPTORQ_OK || strlen(version) < 5) {
        return fail("raptorq_version");
    }
    char why[64] = "not yet written";
    uintptr_t session = raptorq_init_session(65535, 4, 64, 1);
    if (session == 0) {
        return fail("raptorq_init_session");
    }
    if (raptorq_get_last_error(session, why, sizeof why) != RAPTORQ_OK || why[0] != '\0') {
        return fail("a fresh session's last error is not empty");
    }
    if (!raptorq_free_session(session) || raptorq_free_session(session)) {
        return fail("raptorq_free_session");
    }
    printf("rq-library %s, %d\n", version, blake3_hasher_init() + yajl_alloc());
    return 0;
}
