/* Is there a folder of that name in parent? A link to one does not count. Returns 0 or the system's
 * error number where that cannot be told. */
#ifndef STORE_FIND_FOLDER_H
#define STORE_FIND_FOLDER_H

#include <stdbool.h>

#include "platform/file.h"

static inline int find_folder(platform_folder parent, const char *name, bool *found)
{
    platform_folder folder;
    int failure = platform_open_subfolder(parent, name, &folder);
    *found = failure == 0;
    platform_close_folder(&folder);
    return platform_error_is_missing(failure) || platform_error_is_foreign(failure) ? 0 : failure;
}

#endif
