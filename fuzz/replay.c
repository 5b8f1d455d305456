/* Runs a fuzz target over the files in the folders given (those that are missing are empty) and
 * over the empty input. Whatever a fuzzer once found stays found without a fuzzer. */
#define _POSIX_C_SOURCE   200809L
#define _FILE_OFFSET_BITS 64

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return -1;
    }
    struct stat status;
    int result = -1;
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
        /* Exactly as long as the input, so that a read beyond it is seen. */
        size_t size = (size_t)status.st_size;
        uint8_t *data = malloc(size > 0 ? size : 1);
        if (data != NULL && fread(data, 1, size, file) == size) {
            LLVMFuzzerTestOneInput(data, size);
            result = 0;
        }
        free(data);
    }
    fclose(file);
    return result;
}

static int replay_folder(const char *path, unsigned long *count)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return errno == ENOENT ? 0 : -1;
    }
    int result = 0;
    while (result == 0) {
        char name[4096];
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (entry == NULL) {
            result = errno == 0 ? 0 : -1;
            break;
        }
        if (entry->d_name[0] == '.') {
            continue;
        }
        int length = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        result = length > 0 && (size_t)length < sizeof name ? replay_file(name) : -1;
        if (result != 0) {
            fprintf(stderr, "cannot read %s\n", name);
        }
        *count += 1;
    }
    closedir(folder);
    return result;
}

int main(int argc, char **argv)
{
    unsigned long count = 1;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        if (replay_folder(argv[i], &count) != 0) {
            fprintf(stderr, "cannot replay %s\n", argv[i]);
            return EXIT_FAILURE;
        }
    }
    printf("%lu inputs\n", count);
    return EXIT_SUCCESS;
}
