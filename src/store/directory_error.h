/* What the folder of symbols says when it cannot be opened, and what may help where something in it
 * could not be done. */
#ifndef STORE_DIRECTORY_ERROR_H
#define STORE_DIRECTORY_ERROR_H

#include "rq.h"

int store_directory_open_error(const char *path, int failure, rq_error *error);
const char *store_directory_remedy(int failure);

#endif
