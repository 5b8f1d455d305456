#include "platform/posix/posix.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform/file.h"

/* The system's words in English, whatever the program's language is: callers look for them. */
static const char *describe(int error, char *text, size_t size)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
    (void)text;
    (void)size;
    const char *words = strerrordesc_np(error);
    return words ? words : "Unknown error";
#elif defined(__GLIBC__)
    return strerror_r(error, text, size);
#else
    return strerror_r(error, text, size) == 0 ? text : "Unknown error";
#endif
}

const char *platform_error_text(int error, char *text, size_t size)
{
    char words[128];
    snprintf(text, size, "%s (os error %d)", describe(error, words, sizeof words), error);
    return text;
}

bool platform_error_is_missing(int error)
{
    return error == ENOENT;
}

bool platform_error_is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

bool platform_error_is_existing(int error)
{
    return error == EEXIST || error == ENOTEMPTY;
}

bool platform_error_is_busy(int error)
{
    return error == EWOULDBLOCK || error == EAGAIN;
}

/* What opening something else than the regular file or folder asked for ends with: a link under
 * O_NOFOLLOW (EMLINK on some BSDs), a socket or a device without driver, and
 * platform_folder_open_read's own EISDIR and ENXIO. */
bool platform_error_is_foreign(int error)
{
    return error == ELOOP || error == EMLINK || error == ENXIO || error == ENODEV ||
           error == EOPNOTSUPP || error == EISDIR || error == ENOTDIR;
}

/* Also EPERM: the answer of file systems without links, and of those that let nobody link what is
 * not his. */
bool platform_error_is_unsupported(int error)
{
    return error == ENOSYS || error == EINVAL || error == EOPNOTSUPP || error == EPERM ||
           error == EMLINK || error == EXDEV;
}
