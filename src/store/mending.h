/* Symbols made anew, put among those that are there. Each is written into the run's working folder
 * and then moved to its place, so it appears whole or not at all, and what a killed run leaves goes
 * with its working folder. */
#ifndef STORE_MENDING_H
#define STORE_MENDING_H

#include "store/working_folder.h"

/* Writes the symbol `name` and moves it into folder, in the place of whatever is there but a folder
 * with something in it. 0 or the system's error number. */
int mending_put(const working_folder *working, platform_folder folder, const char *name,
                const void *data, size_t size);

/* Is there a folder that is not empty, which mending_put would leave alone? */
bool mending_blocked(platform_folder folder, const char *name);

#endif
