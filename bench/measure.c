#include "measure.h"

#include <stdlib.h>

#include "platform/system.h"

enum {
    LEAST_SAMPLES = 3,
    MOST_SAMPLES = 2048,
    UNTIMED = 8, /* preparing and checking may take so many times as long as the runs */
};

static const double shortest_sample = 50e-6;

static double now(void)
{
    return (double)platform_clock() * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *numbers, size_t count)
{
    if (count == 0)
        return 0;
    qsort(numbers, count, sizeof *numbers, compare);
    return (numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
}

/* The time of `runs` runs. */
static double sample(const measurement *what, unsigned long runs)
{
    if (what->prepare)
        what->prepare(what->context);
    double start = now();
    for (unsigned long i = 0; i < runs; i++)
        what->run(what->context);
    double time = now() - start;
    if (what->check)
        what->check(what->context);
    return time;
}

double measure(const measurement *what, double seconds)
{
    double samples[MOST_SAMPLES], timed = 0;
    double begin = now(), first = sample(what, 1); /* and warm up */
    unsigned long runs = 1;
    if (!what->prepare && first < shortest_sample)
        runs += (unsigned long)(shortest_sample / (first + 1e-9));
    size_t count = 0;
    while (count < MOST_SAMPLES) {
        double time = sample(what, runs);
        timed += time;
        samples[count++] = time / (double)runs;
        if (count >= LEAST_SAMPLES && (timed >= seconds || now() - begin >= UNTIMED * seconds))
            break;
    }
    return median(samples, count);
}
