#include "platform/posix/posix.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/file.h"
#include "platform/system.h"

const char *platform_temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] != '\0' ? folder : "/tmp";
}

/* For file systems without nameless files: the name lives for the moment between two calls. */
static int create_and_unlink(const char *path, int *descriptor)
{
    int folder;
    int failure = posix_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, &folder);
    if (failure != 0)
        return failure;
    char name[40];
    do {
        snprintf(name, sizeof name, PLATFORM_SCRATCH_PREFIX "%016" PRIx64, platform_random());
        failure =
            posix_open(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, descriptor);
    } while (failure == EEXIST);
    /* Another run may have taken it for one that a killed run left, and removed it: just as well.
     */
    if (failure == 0 && unlinkat(folder, name, 0) != 0 && errno != ENOENT) {
        failure = errno;
        (void)posix_close(*descriptor);
    }
    (void)posix_close(folder);
    return failure;
}

int platform_create_scratch(const char *folder, platform_file *file)
{
    *file = PLATFORM_FILE_CLOSED;
    int descriptor;
#if POSIX_HAS_TMPFILE
    if (posix_open_nameless(AT_FDCWD, folder, O_EXCL, 0600, &descriptor) == 0) {
        file->descriptor = descriptor;
        return 0;
    }
#endif
    int failure = create_and_unlink(folder, &descriptor);
    if (failure == 0)
        file->descriptor = descriptor;
    return failure;
}
