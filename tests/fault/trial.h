/* One command with one fault in it, and all that must hold after that. */
#ifndef FAULT_TRIAL_H
#define FAULT_TRIAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "cases.h"

/* What kind of a system it is besides (interpose.c). */
typedef enum trial_system {
    TRIAL_USUAL = 0,
    TRIAL_ALL_LATER = 1, /* all later calls of the kind fail, too */
    TRIAL_NO_TMPFILE = 2,
    TRIAL_NO_EXCHANGE = 4
} trial_system;

typedef struct trial {
    const fault_case *tried;
    const char *call, *error; /* fails.h tells of both */
    unsigned at;
    trial_system system;
} trial;

/* Added up by all processes. */
typedef struct trial_tally {
    atomic_uint runs, faults, failures;
} trial_tally;

/* For this process, whose current folder becomes the one that it works in: an empty one. */
void trial_begin(const char *rq, const char *interposer, const char *folder, uint64_t seed,
                 trial_tally *tally);
void trial_end(void);

/* Prints what does not hold. False if the command makes no such call. */
bool trial_run(const trial *made);

#endif
