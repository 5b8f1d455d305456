#include "keep_symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "platform/file.h"
#include "random.h"
#include "rfc6330/object.h"

enum { PATH_SIZE = 4096, NAME_SIZE = 64, SURPLUS = 3 };

typedef struct symbol {
    uint32_t esi;
    uint8_t sbn;
    char name[NAME_SIZE];
} symbol;

/* The symbols of a block's folder. */
typedef struct symbols {
    platform_folder folder;
    symbol *list;
    size_t count, capacity;
} symbols;

static bool read_id(platform_folder folder, symbol *s)
{
    platform_file file;
    uint64_t size;
    uint8_t id[RQ_PAYLOAD_ID_SIZE];
    size_t got = 0;
    if (platform_folder_open_read(folder, s->name, &file, &size) != 0)
        return false;
    int failed = platform_read(file, id, sizeof id, &got);
    platform_close(&file);
    if (failed || got != sizeof id)
        return false;
    rfc6330_payload_id_read(id, &s->sbn, &s->esi);
    return true;
}

static int add_symbol(void *context, const char *name, bool regular)
{
    symbols *all = context;
    if (!regular || strlen(name) >= NAME_SIZE)
        return 0;
    if (all->count == all->capacity) {
        size_t capacity = 2 * all->capacity + 1024;
        symbol *list = make_array(capacity, sizeof *list);
        if (all->list)
            memcpy(list, all->list, all->count * sizeof *list);
        release_array(all->list, all->capacity, sizeof *list);
        all->list = list;
        all->capacity = capacity;
    }
    symbol *s = &all->list[all->count];
    snprintf(s->name, sizeof s->name, "%s", name);
    all->count += read_id(all->folder, s);
    return 0;
}

static int compare(const void *a, const void *b)
{
    const symbol *x = a, *y = b;
    if (x->sbn != y->sbn)
        return x->sbn < y->sbn ? -1 : 1;
    return (x->esi > y->esi) - (x->esi < y->esi);
}

/* Links the chosen ones of the count symbols of a source block of K; returns how many. */
static uint32_t keep_some(const keep_symbols *keep, const char *block, const symbol *list,
                          uint32_t count, uint32_t K, random_stream *random)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    uint32_t wanted = (uint32_t)((uint64_t)count * keep->percent / 100);
    wanted = wanted < K + SURPLUS ? K + SURPLUS : wanted;
    wanted = wanted < count ? wanted : count;
    uint32_t *order = make_array(count, sizeof *order);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    random_choose(random, order, count, wanted);
    for (uint32_t i = 0; i < wanted; i++) {
        const char *name = list[order[i]].name;
        snprintf(from, sizeof from, "%s/%s/%s", keep->from, block, name);
        snprintf(to, sizeof to, "%s/%s/%s", keep->to, block, name);
        if (!system_link(from, to))
            fail("cannot link '%s' to '%s'", from, to);
    }
    release_array(order, count, sizeof *order);
    return wanted;
}

static uint64_t keep_block(const keep_symbols *keep, const rq_block_info *info,
                           random_stream *random)
{
    char block[32], path[PATH_SIZE];
    rq_oti oti;
    symbols all = {.folder = PLATFORM_FOLDER_CLOSED};
    uint64_t kept = 0;
    snprintf(block, sizeof block, "block_%llu", (unsigned long long)info->block_id);
    snprintf(path, sizeof path, "%s/%s", keep->from, block);
    if (rq_oti_parse(info->encoder_parameters, &oti) != RQ_OK ||
        platform_open_folder(path, &all.folder) != 0 ||
        platform_folder_list(all.folder, add_symbol, &all) != 0)
        fail("cannot read '%s'", path);
    platform_close_folder(&all.folder);
    snprintf(path, sizeof path, "%s/%s", keep->to, block);
    if (!system_make_folder(path))
        fail("cannot make '%s'", path);
    if (all.count > 0)
        qsort(all.list, all.count, sizeof *all.list, compare);
    for (size_t first = 0, end; first < all.count; first = end) {
        uint8_t sbn = all.list[first].sbn;
        for (end = first; end < all.count && all.list[end].sbn == sbn; end++) {
        }
        kept += keep_some(keep, block, all.list + first, (uint32_t)(end - first),
                          rq_oti_source_symbols(&oti, sbn), random);
    }
    release_array(all.list, all.capacity, sizeof *all.list);
    return kept;
}

void keep_symbols_run(void *context, system_outcome *outcome)
{
    const keep_symbols *keep = context;
    rq_result *layout;
    rq_error error;
    random_stream random = {25};
    if (rq_read_layout(NULL, keep->layout, &layout, &error) != RQ_OK)
        fail("%s", error.message);
    if (!system_make_folder(keep->to))
        fail("cannot make '%s'", keep->to);
    for (size_t i = 0; i < rq_result_block_count(layout); i++)
        outcome->count += keep_block(keep, rq_result_block(layout, i), &random);
    rq_result_free(layout);
}
