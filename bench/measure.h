/* How long something takes: the median of as many runs as fit the time there is. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>

typedef struct measurement {
    void *context;
    void (*prepare)(void *context); /* before each run, not timed. NULL: short runs are timed in
                                       groups, for the clock takes time too */
    void (*run)(void *context);
    void (*check)(void *context); /* after each run, not timed; NULL: nothing */
} measurement;

/* Seconds a run, the median of runs that take `seconds` in all, and of three at the least. */
double measure(const measurement *what, double seconds);

/* Sorts the numbers. 0 of none. */
double median(double *numbers, size_t count);

#endif
