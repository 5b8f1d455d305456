#include "object/block_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error/error.h"
#include "object/settings.h"
#include "platform/system.h"
#include "rfc6330/object.h"

char *block_list_path(const char *symbols_dir, const char *layout_path)
{
    const char *folder = layout_path ? "" : symbols_dir;
    const char *file = layout_path ? layout_path : LAYOUT_FILE_NAME;
    size_t length = strlen(folder), file_size = strlen(file) + 1;
    const char *slash = length > 0 && folder[length - 1] != '/' ? "/" : "";
    size_t size = length + strlen(slash) + file_size;
    char *path = memory_allocate(&memory_system, size, 1);
    if (path)
        snprintf(path, size, "%s%s%s", folder, slash, file);
    return path;
}

void block_list_path_free(char *path)
{
    if (path)
        memory_release(&memory_system, path, strlen(path) + 1, 1);
}

typedef struct reading {
    const char *path;
    const rq_options *settings;
    uint64_t last_asked; /* clock */
    platform_file file;
    rq_error *error;
} reading;

static bool is_cancelled(reading *r)
{
    const rq_progress none = {.struct_size = sizeof none};
    if (!r->settings->progress || platform_clock() - r->last_asked < SETTINGS_PROGRESS_EVERY)
        return false;
    r->last_asked = platform_clock();
    return r->settings->progress(r->settings->progress_context, &none) != 0;
}

static int next_bytes(void *context, void *buffer, size_t size, size_t *got)
{
    reading *r = context;
    char text[128];
    if (is_cancelled(r))
        return error_set(r->error, RQ_ERROR_CANCELLED, "cancelled");
    int failure = platform_read(r->file, buffer, size, got);
    if (failure == 0)
        return RQ_OK;
    return error_set(r->error, RQ_ERROR_IO, "cannot read the layout \"%s\": %s", r->path,
                     platform_error_text(failure, text, sizeof text));
}

/* The reader knows places in a layout, not which one it is. */
static int tell_path(const char *path, int status, rq_error *error)
{
    static const char lead[] = "layout: ";
    if (status == RQ_OK || !error)
        return status;
    const rq_error told = *error;
    if (strncmp(told.message, lead, sizeof lead - 1) != 0)
        return told.code;
    return error_set(error, told.code, "layout \"%s\": %s", path, told.message + sizeof lead - 1);
}

int block_list_scan(const char *path, const layout_visitor *visitor, const rq_options *settings,
                    const rq_allocator *allocator, rq_error *error)
{
    platform_file_info info;
    char text[128];
    reading r = {path, settings, 0, PLATFORM_FILE_CLOSED, error};
    int failure = platform_open_read(path, &r.file, &info);
    if (failure != 0)
        return error_set(error, RQ_ERROR_NOT_FOUND,
                         "File is not found: Failed to open file \"%s\": %s", path,
                         platform_error_text(failure, text, sizeof text));
    /* A layout is read twice; and no signal would end the wait for a FIFO that is kept open. */
    int status = info.regular
                     ? layout_read(next_bytes, &r, visitor, allocator, error)
                     : error_set(error, RQ_ERROR_IO, "cannot read the layout \"%s\": it is %s",
                                 path, info.directory ? "a folder" : "no regular file");
    platform_close(&r.file);
    return tell_path(path, status, error);
}

int block_list_parameters(const layout_block *block, rq_oti *oti, rq_error *error)
{
    unsigned long long id = block->block_id;
    if (rq_oti_parse(block->encoder_parameters, oti) != RQ_OK)
        return error_set(error, RQ_ERROR_DECODE,
                         "layout: block %llu: encoder_parameters are impossible", id);
    if (oti->F != block->size)
        return error_set(error, RQ_ERROR_DECODE,
                         "layout: block %llu: size is %llu, but encoder_parameters say %llu", id,
                         (unsigned long long)block->size, (unsigned long long)oti->F);
    return RQ_OK;
}

void block_list_begin(block_list *list, spool *names, const rq_allocator *allocator)
{
    *list = (block_list){.allocator = allocator, .names = names};
    list->open_position = UINT64_MAX;
}

void block_list_free(block_list *list)
{
    memory_release(list->allocator, list->blocks, list->capacity, sizeof *list->blocks);
    list->blocks = NULL;
}

int block_list_add(block_list *list, const layout_block *block, uint64_t first_name,
                   rq_error *error)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 8;
        listed_block *more = memory_allocate(list->allocator, capacity, sizeof *more);
        if (!more)
            return error_set(error, RQ_ERROR_MEMORY,
                             "Memory limit exceeded: no room for a layout of %zu blocks",
                             list->count);
        if (list->count > 0)
            memcpy(more, list->blocks, list->count * sizeof *more);
        memory_release(list->allocator, list->blocks, list->capacity, sizeof *more);
        list->blocks = more;
        list->capacity = capacity;
    }
    listed_block *added = &list->blocks[list->count];
    added->block = *block;
    added->first_name = first_name;
    int status = block_list_parameters(block, &added->oti, error);
    list->count += status == RQ_OK;
    return status;
}

static int add_symbol(void *context, uint64_t position, const digest *symbol)
{
    block_list *list = context;
    if (position != list->open_position) {
        list->open_position = position;
        list->open_first_name = list->name_count;
    }
    list->name_count++;
    return list->names ? spool_append(list->names, symbol, sizeof *symbol, list->error) : RQ_OK;
}

static int add_block(void *context, uint64_t position, const layout_block *block)
{
    block_list *list = context;
    (void)position;
    return block_list_add(list, block, list->open_first_name, list->error);
}

static int by_offset(const void *a, const void *b)
{
    const layout_block *x = &((const listed_block *)a)->block;
    const layout_block *y = &((const listed_block *)b)->block;
    if (x->original_offset != y->original_offset)
        return x->original_offset < y->original_offset ? -1 : 1;
    return x->block_id < y->block_id ? -1 : x->block_id > y->block_id;
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = ((const listed_block *)a)->block.block_id;
    uint64_t y = ((const listed_block *)b)->block.block_id;
    return x < y ? -1 : x > y;
}

int block_list_check(block_list *list, rq_error *error)
{
    qsort(list->blocks, list->count, sizeof *list->blocks, by_id);
    for (size_t i = 1; i < list->count; i++) {
        if (list->blocks[i].block.block_id == list->blocks[i - 1].block.block_id)
            return error_set(error, RQ_ERROR_DECODE, "layout: block %llu is there twice",
                             (unsigned long long)list->blocks[i].block.block_id);
    }
    qsort(list->blocks, list->count, sizeof *list->blocks, by_offset);
    uint64_t end = 0;
    for (size_t i = 0; i < list->count; i++) {
        const layout_block *block = &list->blocks[i].block;
        if (block->original_offset != end)
            return error_set(error, RQ_ERROR_DECODE,
                             "layout: block %llu: original_offset is %llu, but the blocks before "
                             "it end at %llu",
                             (unsigned long long)block->block_id,
                             (unsigned long long)block->original_offset, (unsigned long long)end);
        if (!memory_add(end, block->size, &end) || end > INT64_MAX)
            return error_set(error, RQ_ERROR_DECODE, "layout: the blocks are longer than a file");
    }
    return RQ_OK;
}

int block_list_read(block_list *list, const char *path, const rq_options *settings, rq_error *error)
{
    layout_visitor visitor = {.context = list, .symbol = add_symbol, .block = add_block};
    list->error = error;
    int status = block_list_scan(path, &visitor, settings, list->allocator, error);
    return status == RQ_OK ? tell_path(path, block_list_check(list, error), error) : status;
}
