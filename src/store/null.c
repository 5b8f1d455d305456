#include <string.h>

#include "error/error.h"
#include "store/layout_file.h"
#include "store/store.h"

typedef struct null_store {
    store calls; /* first: a store is a null_store */
    const rq_allocator *allocator;
    char *path;         /* NULL: the layout stays in memory */
    layout_file layout; /* at path */
    char *text;         /* in memory, NUL-terminated */
    size_t length, capacity;
} null_store;

static null_store *of(store *self)
{
    return (null_store *)self;
}

static int no_reading(rq_error *error)
{
    return error_set(error, RQ_ERROR_PARAMETER, "This store keeps no symbols to read");
}

static int null_open_block(store *self, uint64_t block, rq_error *error)
{
    (void)self, (void)block;
    return no_reading(error);
}

static store_found null_get(store *self, uint64_t block, const digest *name, void *buffer,
                            size_t size)
{
    (void)self, (void)block, (void)name, (void)buffer, (void)size;
    return STORE_MISSING;
}

static store_found null_get_range(store *self, uint64_t block, const digest *name, uint64_t offset,
                                  void *buffer, size_t size)
{
    (void)self, (void)block, (void)name, (void)offset, (void)buffer, (void)size;
    return STORE_MISSING;
}

static bool null_has(store *self, uint64_t block, const digest *name, size_t size)
{
    (void)self, (void)block, (void)name, (void)size;
    return false;
}

static int null_list(store *self, uint64_t block, store_visit visit, void *context, rq_error *error)
{
    (void)self, (void)block, (void)visit, (void)context;
    return no_reading(error);
}

static int null_begin_mending(store *self, rq_error *error)
{
    (void)self;
    return no_reading(error);
}

static bool null_is_blocked(store *self, uint64_t block, const digest *name)
{
    (void)self, (void)block, (void)name;
    return false;
}

static int null_end_mending(store *self, bool durable, rq_error *error)
{
    (void)self, (void)durable;
    return no_reading(error);
}

static int null_begin(store *self, rq_error *error)
{
    null_store *null = of(self);
    return null->path ? layout_file_begin(&null->layout, null->path, error) : RQ_OK;
}

static int null_block(store *self, uint64_t block, rq_error *error)
{
    (void)self, (void)block, (void)error;
    return RQ_OK;
}

static int null_put(store *self, uint64_t block, const digest *name, const void *data, size_t size,
                    rq_error *error)
{
    (void)self, (void)block, (void)name, (void)data, (void)size, (void)error;
    return RQ_OK;
}

/* Grows text by half, so that old and new together stay near the length. */
static bool make_room(null_store *null, size_t size)
{
    if (size >= SIZE_MAX / 2 - null->length)
        return false;
    size_t needed = null->length + size + 1;
    if (needed <= null->capacity)
        return true;
    size_t capacity = null->capacity + null->capacity / 2;
    if (capacity < needed)
        capacity = needed;
    if (capacity < 4096)
        capacity = 4096;
    char *text = memory_allocate(null->allocator, capacity, 1);
    if (!text)
        return false;
    if (null->length > 0)
        memcpy(text, null->text, null->length);
    memory_release(null->allocator, null->text, null->capacity, 1);
    null->text = text;
    null->capacity = capacity;
    return true;
}

static int null_put_layout(store *self, const void *data, size_t size, size_t *written,
                           rq_error *error)
{
    null_store *null = of(self);
    if (null->path)
        return layout_file_write(&null->layout, data, size, written, error);
    *written = size;
    if (!make_room(null, size))
        return error_set(error, RQ_ERROR_MEMORY,
                         "No memory for a layout of more than %zu bytes. Raise the memory limit or "
                         "have the layout written to a file",
                         null->length);
    if (size > 0)
        memcpy(null->text + null->length, data, size);
    null->length += size;
    null->text[null->length] = '\0';
    return RQ_OK;
}

static int null_claim(store *self, bool *claimed, rq_error *error)
{
    (void)self, (void)error;
    *claimed = true;
    return RQ_OK;
}

static int null_commit(store *self, bool durable, rq_error *error)
{
    null_store *null = of(self);
    return null->path ? layout_file_commit(&null->layout, durable, error) : RQ_OK;
}

static void null_close(store *self)
{
    if (!self)
        return;
    null_store *null = of(self);
    layout_file_abandon(&null->layout);
    memory_release(null->allocator, null->text, null->capacity, 1);
    if (null->path)
        memory_release(null->allocator, null->path, strlen(null->path) + 1, 1);
    memory_release(null->allocator, null, 1, sizeof *null);
}

static const store null_calls = {
    .forgets = true,
    .open_block = null_open_block,
    .get = null_get,
    .get_range = null_get_range,
    .has = null_has,
    .list = null_list,
    .begin = null_begin,
    .begin_block = null_block,
    .put = null_put,
    .end_block = null_block,
    .put_layout = null_put_layout,
    .claim = null_claim,
    .commit = null_commit,
    .begin_mending = null_begin_mending,
    .is_blocked = null_is_blocked,
    .put_back = null_put,
    .end_mending = null_end_mending,
    .close = null_close,
};

int store_null_open(const char *layout_path, const rq_allocator *allocator, store **out,
                    rq_error *error)
{
    *out = NULL;
    null_store *null = memory_allocate(allocator, 1, sizeof *null);
    if (!null)
        return error_set(error, RQ_ERROR_MEMORY, "No memory for a store");
    *null = (null_store){.calls = null_calls, .allocator = allocator};
    if (layout_path && layout_path[0] != '\0') {
        size_t size = strlen(layout_path) + 1;
        null->path = memory_allocate(allocator, size, 1);
        if (!null->path) {
            null_close(&null->calls);
            return error_set(error, RQ_ERROR_MEMORY, "No memory for a store");
        }
        memcpy(null->path, layout_path, size);
    }
    *out = &null->calls;
    return RQ_OK;
}

const char *store_null_layout(const store *self, size_t *length)
{
    const null_store *null = (const null_store *)self;
    *length = null->length;
    return null->text ? null->text : "";
}
