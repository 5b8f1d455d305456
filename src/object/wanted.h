/* The listed names that no good symbol has, to be found by what a symbol that was made is called.
 *
 * They are the examination's own findings, sorted by their names' first octets meanwhile. */
#ifndef OBJECT_WANTED_H
#define OBJECT_WANTED_H

#include <stdatomic.h>

#include "object/examine.h"

typedef struct wanted {
    const examination *examination;
    uint64_t *items; /* none is written while there are other workers */
    size_t count;
    uint8_t *mended;    /* of each item; read and written only by the worker that has its name */
    atomic_size_t left; /* that are not mended yet */
} wanted;

enum { WANTED_MEMORY = 1 }; /* bytes of an item */

/* RQ_OK, or why there is nothing to end. Between the two the examination's damaged and missing
 * findings are not to be looked at; afterwards those that were mended say so, and are counted as
 * neither. */
int wanted_begin(wanted *wanted, examination *examination);
void wanted_end(wanted *wanted, examination *examination);

/* The next item from `from` on that has this name and is not mended; count if there is none. From 0
 * for the first. */
int wanted_find(const wanted *wanted, const digest *name, size_t from, size_t *item);
bool wanted_is_damaged(const wanted *wanted, size_t item); /* something is in its place */
void wanted_mark(wanted *wanted, size_t item);
/* The name of any item that is not mended; only if there is one. */
int wanted_example(const wanted *wanted, digest *name);

#endif
