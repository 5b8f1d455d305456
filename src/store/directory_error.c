#include "store/directory_error.h"

#include "error/error.h"
#include "platform/file.h"

int store_directory_open_error(const char *path, int failure, rq_error *error)
{
    char why[128];
    if (platform_error_is_missing(failure) || platform_error_is_foreign(failure))
        return error_set(error, RQ_ERROR_PATH, "Symbols directory does not exist: %s", path);
    return error_set(error, RQ_ERROR_IO,
                     "Cannot open symbols directory \"%s\": %s. Check its permissions", path,
                     platform_error_text(failure, why, sizeof why));
}

const char *store_directory_remedy(int failure)
{
    if (platform_error_is_foreign(failure) || platform_error_is_existing(failure))
        return "Something else may be in the way";
    if (platform_error_is_shortage(failure))
        return "Let this process have more memory and descriptors";
    return "Check its permissions and free space";
}
