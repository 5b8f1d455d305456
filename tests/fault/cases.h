/* The commands that faults happen to: what is there before each, and what must be there after it.
 * All of it is in the current folder. */
#ifndef FAULT_CASES_H
#define FAULT_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

typedef struct case_place {
    const char *path; /* NULL: none */
    const tree *before, *right;
} case_place;

enum { CASE_PLACES = 2 };

typedef struct fault_case {
    const char *name;
    const char *command; /* of rq, with blanks between its arguments */
    case_place places[CASE_PLACES];
    /* What may be at the first place after a failure. NULL: what was there before. */
    bool (*may_be)(const tree *found, const tree *before);
} fault_case;

extern const fault_case cases[];
extern const size_t case_count;

/* Makes what the commands work on: files of random bytes from the seed, and symbols by this rq. */
void cases_begin(const char *rq, uint64_t seed);
void cases_end(void);

/* Runs rq with a command and returns its status (run.h). */
int case_run(const char *command);

void case_prepare(const fault_case *prepared);
/* After a success; after one that could not clear away folders; after a failure. */
bool case_is_right(const fault_case *examined);
bool case_is_right_but_for_folders(const fault_case *examined);
bool case_is_kept(const fault_case *examined);

/* True if the encoding at the place where `encode` writes can be decoded: the old or the new. */
bool cases_can_decode(void);
/* False if what was only to be read has changed. */
bool cases_are_whole(void);

#endif
