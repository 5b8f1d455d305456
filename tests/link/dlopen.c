/* dlopen LIBRARY: encodes and decodes a file through the shared library, knowing nothing of it but
 * include/rq-library.h. */
#define _XOPEN_SOURCE 700

#include <dlfcn.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rq-library.h"

enum { FILE_SIZE = 100 * 1000 };

static struct {
    uintptr_t (*init_session)(uint16_t, uint8_t, uint64_t, uint64_t);
    bool (*free_session)(uintptr_t);
    int32_t (*encode_file)(uintptr_t, const char *, const char *, uintptr_t, char *, uintptr_t);
    int32_t (*decode_symbols)(uintptr_t, const char *, const char *, const char *);
    int32_t (*get_last_error)(uintptr_t, char *, uintptr_t);
} library;

static int load(const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return -1;
    }
    /* ISO C has no cast from an object to a function; POSIX promises these bytes are one. */
    struct {
        const char *name;
        void *function;
    } wanted[] = {
        {"raptorq_init_session", &library.init_session},
        {"raptorq_free_session", &library.free_session},
        {"raptorq_encode_file", &library.encode_file},
        {"raptorq_decode_symbols", &library.decode_symbols},
        {"raptorq_get_last_error", &library.get_last_error},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        void *symbol = dlsym(handle, wanted[i].name);
        if (symbol == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return -1;
        }
        memcpy(wanted[i].function, &symbol, sizeof symbol);
    }
    return 0;
}

static int check(uintptr_t session, const char *what, int32_t code)
{
    if (code != RAPTORQ_OK) {
        char why[1024] = "";
        library.get_last_error(session, why, sizeof why);
        fprintf(stderr, "%s: %d, %s\n", what, (int)code, why);
    }
    return code;
}

static int write_file(const char *path, const unsigned char *data)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return -1;
    }
    size_t written = fwrite(data, 1, FILE_SIZE, file);
    return fclose(file) == 0 && written == FILE_SIZE ? 0 : -1;
}

static int compare_file(const char *path, const unsigned char *data)
{
    static unsigned char found[FILE_SIZE + 1];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return -1;
    }
    size_t size = fread(found, 1, sizeof found, file);
    fclose(file);
    return size == FILE_SIZE && memcmp(found, data, FILE_SIZE) == 0 ? 0 : -1;
}

static int round_trip(uintptr_t session)
{
    static unsigned char data[FILE_SIZE];
    for (uint32_t i = 0, x = 1; i < FILE_SIZE; i++) {
        x = x * 1664525u + 1013904223u;
        data[i] = (unsigned char)(x >> 24);
    }
    char result[16384];
    if (write_file("input", data) != 0) {
        perror("input");
        return -1;
    }
    if (check(session, "encode",
              library.encode_file(session, "input", "symbols", 0, result, sizeof result)) != 0 ||
        check(session, "decode",
              library.decode_symbols(session, "symbols", "output",
                                     "symbols/_raptorq_layout.json")) != 0) {
        return -1;
    }
    if (strncmp(result, "{\"total_symbols_count\":", 23) != 0) {
        fprintf(stderr, "a strange result: %s\n", result);
        return -1;
    }
    if (compare_file("output", data) != 0) {
        fprintf(stderr, "the output is not the input\n");
        return -1;
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

int main(int argc, char **argv)
{
    if (argc != 2 || load(argv[1]) != 0) {
        return EXIT_FAILURE;
    }
    char folder[] = "/tmp/rq-dlopen-XXXXXX";
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        perror(folder);
        return EXIT_FAILURE;
    }
    uintptr_t session = library.init_session(1280, 3, 64, 1);
    int result = session != 0 ? round_trip(session) : -1;
    if (!library.free_session(session)) {
        fprintf(stderr, "the session cannot be freed\n");
        result = -1;
    }
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
