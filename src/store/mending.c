#include "store/mending.h"

int mending_put(const working_folder *working, platform_folder folder, const char *name,
                const void *data, size_t size)
{
    int failure = platform_folder_write_new(working->folder, name, data, size);
    if (failure != 0)
        return failure;
    failure = platform_folder_move(working->folder, name, folder, name);
    /* A file takes the place of anything but a folder. */
    if (failure != 0 && platform_folder_remove_folder(folder, name) == 0)
        failure = platform_folder_move(working->folder, name, folder, name);
    if (failure != 0)
        (void)platform_folder_remove_file(working->folder, name);
    return failure;
}

static int any_entry(void *context, const char *name, bool regular)
{
    (void)name, (void)regular;
    *(bool *)context = true;
    return -1;
}

bool mending_blocked(platform_folder folder, const char *name)
{
    platform_folder there;
    bool has_entries = false;
    if (platform_open_subfolder(folder, name, &there) != 0)
        return false;
    (void)platform_folder_list(there, any_entry, &has_entries);
    platform_close_folder(&there);
    return has_entries;
}
