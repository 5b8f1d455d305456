/* What all matrices of a K' have in common, kept; private to this room.
 *
 * That is the matrix of all its source symbols: rows, columns' rows and degrees. Most decoders have
 * most of them, and take the rest of theirs from it. */
#ifndef PLAN_COMMON_H
#define PLAN_COMMON_H

#include "plan/matrix.h"

enum { PLAN_COMMON_SIZE = 4 * 1024 * 1024 }; /* bytes for the process; the largest K' fits */

/* The matrix of source symbols 0..K'-1, to be given back; NULL where there is no room for it. */
const plan_matrix *plan_common_get(const rfc6330_code *code);
void plan_common_put(const plan_matrix *common); /* NULL is nothing */

#endif
