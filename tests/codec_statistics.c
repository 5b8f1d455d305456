/* How often K, K + 1 and K + 2 received symbols do not determine a block. Usage:
 *
 *   codec_statistics [trials [seed]]
 *
 * Planning alone decides, so no data is touched. Exits with 1 if a rate is above what RFC 6330
 * codes are known for: 1 in 100, 1 in 10,000, 1 in 1,000,000 (with room for chance where trials are
 * few). */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "rq.h"
#include "support/splitmix.h"

enum { MAX_K = 256, MAX_OVERHEAD = 2 };

static const uint32_t Ks[] = {1, 2, 5, 10, 11, 18, 26, 46, 101, 200};

typedef struct reception {
    const char *name;
    uint32_t source_percent; /* of the source symbols that are received */
} reception;

static const reception experiments[] = {{"repair only", 0}, {"half lost", 50}, {"10% lost", 90}};

/* Different symbols, source symbols first: each with its chance, then random repair symbols. */
static void draw(splitmix *random, uint32_t K, uint32_t source_percent, uint32_t *esis,
                 uint32_t count)
{
    uint32_t n = 0;
    for (uint32_t esi = 0; esi < K && n < count; esi++) {
        if (splitmix_below(random, 100) < source_percent) {
            esis[n++] = esi;
        }
    }
    while (n < count) {
        uint32_t esi = K + (uint32_t)splitmix_below(random, RQ_MAX_ESI + 1 - K);
        bool is_new = true;
        for (uint32_t i = 0; i < n; i++) {
            is_new &= esis[i] != esi;
        }
        if (is_new) {
            esis[n++] = esi;
        }
    }
}

static uint64_t count_failures(const reception *experiment, uint32_t K, uint32_t overhead,
                               uint64_t trials, uint64_t seed)
{
    splitmix random = {seed ^ ((uint64_t)K << 32) ^ ((uint64_t)overhead << 56)};
    uint64_t failures = 0;
    for (uint64_t trial = 0; trial < trials; trial++) {
        uint32_t esis[MAX_K + MAX_OVERHEAD];
        draw(&random, K, experiment->source_percent, esis, K + overhead);
        rq_plan *plan = NULL;
        int code = rq_plan_decode(K, esis, K + overhead, NULL, &plan);
        if (code == RQ_ERROR_DECODE) {
            failures++;
        } else if (code != RQ_OK) {
            fprintf(stderr, "planning failed: %s\n", rq_error_name(code));
            exit(2);
        }
        rq_plan_free(plan);
    }
    return failures;
}

/* Four standard deviations above what the rate would give. */
static bool acceptable(uint64_t failures, uint64_t trials, uint32_t overhead)
{
    static const double rates[] = {1e-2, 1e-4, 1e-6};
    double expected = (double)trials * rates[overhead];
    double excess = (double)failures - expected - 1;
    return excess <= 0 || excess * excess <= 16 * expected;
}

int main(int argc, char **argv)
{
    uint64_t trials = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    bool good = true;
    printf("Failures to decode in %llu trials each\n\n", (unsigned long long)trials);
    printf("%-12s %5s  %21s  %21s  %21s\n", "received", "K", "K symbols", "K + 1", "K + 2");
    for (size_t e = 0; e < sizeof experiments / sizeof *experiments; e++) {
        for (size_t i = 0; i < sizeof Ks / sizeof *Ks; i++) {
            printf("%-12s %5u", experiments[e].name, (unsigned)Ks[i]);
            for (uint32_t overhead = 0; overhead <= MAX_OVERHEAD; overhead++) {
                uint64_t failures = count_failures(&experiments[e], Ks[i], overhead, trials, seed);
                printf("  %9llu %10.2e%%", (unsigned long long)failures,
                       100.0 * (double)failures / (double)trials);
                good &= acceptable(failures, trials, overhead);
            }
            printf("\n");
            fflush(stdout);
        }
    }
    return good ? 0 : 1;
}
