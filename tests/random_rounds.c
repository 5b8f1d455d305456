/* random_rounds [rounds [seed [folder]]]: files of random sizes through encode, loss, damage and
 * decode with random parameters; every round must give the file back. A measurement of time and no
 * CTest test: scripts/test-long runs it. */
#define _DEFAULT_SOURCE
#define _POSIX_C_SOURCE   200809L
#define _FILE_OFFSET_BITS 64
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rq.h"

enum { MOST_BYTES = 30000000, MOST_SYMBOLS = 60000 };

static uint64_t state;

static uint64_t random_below(uint64_t bound)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (z ^ z >> 31) % bound;
}

typedef struct names {
    char (*name)[48];
    size_t count;
} names;

static names list_folder(const char *path)
{
    names n = {malloc(sizeof *n.name * 1000000), 0};
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] != '.' && strlen(entry->d_name) < sizeof *n.name)
            strcpy(n.name[n.count++], entry->d_name);
    }
    if (folder)
        closedir(folder);
    return n;
}

/* Leaves `keep` random symbols whole; of the others most go, and some are damaged. */
static void lose_symbols(const char *folder, uint64_t keep)
{
    char path[1024];
    names n = list_folder(folder);
    for (size_t i = 0; i < n.count; i++) {
        size_t j = i + (size_t)random_below(n.count - i);
        char name[48];
        memcpy(name, n.name[i], sizeof name);
        memcpy(n.name[i], n.name[j], sizeof name);
        memcpy(n.name[j], name, sizeof name);
    }
    for (size_t i = (size_t)keep; i < n.count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, n.name[i]);
        struct stat info;
        if (random_below(4) > 0 || stat(path, &info) != 0) {
            unlink(path);
        } else if (random_below(2)) {
            if (truncate(path, (off_t)random_below((uint64_t)info.st_size)) != 0)
                unlink(path);
        } else {
            FILE *file = fopen(path, "r+b");
            fseek(file, (long)random_below((uint64_t)info.st_size), SEEK_SET);
            int octet = fgetc(file);
            fseek(file, -1, SEEK_CUR);
            fputc(octet ^ (1 << random_below(8)), file);
            fclose(file);
        }
    }
    free(n.name);
}

static uint8_t *read_file(const char *path, size_t size)
{
    uint8_t *data = malloc(size + 1);
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(data, 1, size + 1, file) : 0;
    if (file)
        fclose(file);
    if (got == size)
        return data;
    free(data);
    return NULL;
}

/* Sizes spread over the orders of magnitude; symbols neither too many nor too few. */
static void choose(rq_options *options, uint64_t *size)
{
    *size = 1 + random_below((uint64_t)1 << (1 + random_below(25)));
    *size = *size < MOST_BYTES ? *size : MOST_BYTES;
    do {
        options->symbol_size = (uint16_t)(1 + random_below(random_below(2) ? 65535 : 2000));
        options->redundancy = (uint8_t)random_below(8);
    } while (*size / options->symbol_size * (options->redundancy + 1u) > MOST_SYMBOLS);
    options->block_size = random_below(3) ? 0 : 1 + random_below(2 * *size) + *size / 50;
    options->memory_limit = (UINT64_C(24) + random_below(200)) << 20;
    options->threads = (uint32_t)random_below(4);
}

/* Of each block: at least K symbols of each source block. With several source blocks in a block a
 * random choice may starve one, so such blocks lose nothing. */
static void lose(const char *folder, const rq_result *result)
{
    char path[512];
    for (size_t i = 0; i < rq_result_block_count(result); i++) {
        const rq_block_info *block = rq_result_block(result, i);
        uint64_t K = block->source_symbols_count, spare = block->symbols_count - K;
        if (block->encoder_parameters[8] > 1 || spare == 0)
            continue;
        uint64_t keep = K + (random_below(3) ? spare < 3 ? spare : 3 : random_below(spare + 1));
        snprintf(path, sizeof path, "%s/block_%llu", folder, (unsigned long long)block->block_id);
        lose_symbols(path, keep);
    }
}

static int run_round(const char *folder, unsigned long round)
{
    char input[300], symbols[300], output[300], command[700];
    rq_options options;
    rq_result *result = NULL;
    rq_error error;
    uint64_t size;
    rq_options_init(&options);
    choose(&options, &size);
    snprintf(input, sizeof input, "%s/input", folder);
    snprintf(output, sizeof output, "%s/output", folder);
    snprintf(symbols, sizeof symbols, "%s/symbols_%lu", folder, round);
    uint8_t *data = malloc((size_t)size);
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(random_below(256));
    FILE *file = fopen(input, "wb");
    int ok = file && fwrite(data, 1, (size_t)size, file) == size && fclose(file) == 0 &&
             rq_encode(&options, input, symbols, &result, &error) == RQ_OK;
    if (ok)
        lose(symbols, result);
    ok = ok && rq_decode(&options, symbols, output, NULL, &error) == RQ_OK;
    uint8_t *back = ok ? read_file(output, (size_t)size) : NULL;
    ok = back && memcmp(back, data, (size_t)size) == 0;
    if (!ok)
        printf("round %lu: size %llu, symbol size %u, redundancy %u, block size %llu: %s\n", round,
               (unsigned long long)size, (unsigned)options.symbol_size,
               (unsigned)options.redundancy, (unsigned long long)options.block_size, error.message);
    free(data);
    free(back);
    rq_result_free(result);
    snprintf(command, sizeof command, "rm -rf '%s' '%s'", symbols, output);
    return system(command) == 0 && ok;
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000, failed = 0;
    char folder[] = "/tmp/rq-rounds-XXXXXX";
    const char *where = argc > 3 ? argv[3] : mkdtemp(folder);
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    for (unsigned long i = 0; where && i < rounds; i++)
        failed += !run_round(where, i);
    if (where && argc <= 3)
        rmdir(where);
    printf("%lu rounds, %lu failed\n", rounds, failed);
    return failed == 0 ? 0 : 1;
}
