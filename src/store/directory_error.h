/* What the folder of symbols says when it cannot be opened. */
#ifndef STORE_DIRECTORY_ERROR_H
#define STORE_DIRECTORY_ERROR_H

#include "rq.h"

int store_directory_open_error(const char *path, int failure, rq_error *error);

#endif
