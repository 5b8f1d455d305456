/* What there is of an object: every listed symbol, block after block, and what is lost made anew.
 */
#include <string.h>

#include "error/error.h"
#include "object/check_block.h"
#include "object/needs.h"
#include "object/object.h"
#include "object/settings.h"

typedef struct checking {
    const object_check_request *request;
    rq_options settings;
    char *layout_path;
    store *store;
    job job;
    bool job_begun;
    spool names;
    block_list list;
    needs needs;
    rq_health health;
    rq_error obstacle; /* why the repair is not complete, though the call goes on */
    rq_error closed;   /* why nothing can be put into the folder */
    rq_error *error;
} checking;

static int measure_block(void *context, uint64_t position, const layout_block *block)
{
    checking *c = context;
    rq_oti oti;
    (void)position;
    int status = block_list_parameters(block, &oti, c->error);
    if (status == RQ_OK)
        needs_check_block(&c->needs, &oti, block->symbols_count, c->settings.threads,
                          c->request->repair);
    return status;
}

static int begin_job(checking *c)
{
    needs_reading(&c->needs);
    int status = job_begin(&c->job, &c->settings, c->request->budget, c->needs.smallest,
                           c->needs.comfortable, c->error);
    c->job_begun = true;
    if (status != RQ_OK)
        return status;
    needs_apply(&c->needs, &c->job, &c->names);
    block_list_begin(&c->list, &c->names, c->job.allocator);
    return RQ_OK;
}

/* The layout is read twice: how much memory it takes must be known before any is taken. */
static int open_all(checking *c)
{
    const object_check_request *r = c->request;
    layout_visitor measure = {.context = c, .block = measure_block, .names_later = true};
    c->layout_path = block_list_path(r->symbols_dir, r->layout_path);
    int status = c->layout_path ? RQ_OK : job_no_memory(c->error);
    if (status == RQ_OK)
        status = block_list_scan(c->layout_path, &measure, &c->settings, &memory_system, c->error);
    if (status == RQ_OK)
        status =
            store_directory_open(r->symbols_dir, NULL, false, &memory_system, &c->store, c->error);
    if (status == RQ_OK)
        status = begin_job(c);
    return status == RQ_OK ? block_list_read(&c->list, c->layout_path, &c->settings, c->error)
                           : status;
}

static bool writes(const checking *c)
{
    return c->request->repair && !c->settings.dry_run;
}

static int check_listed(checking *c, const listed_block *listed)
{
    rq_error error;
    check_block block = {.job = &c->job,
                         .store = c->store,
                         .names = &c->names,
                         .listed = listed,
                         .scratch_dir = c->settings.scratch_dir,
                         .repair = c->request->repair,
                         .dry_run = c->settings.dry_run,
                         .closed = c->closed.code == RQ_OK ? NULL : &c->closed,
                         .sum = &c->health,
                         .obstacle = &c->obstacle};
    if (c->store->open_block(c->store, listed->block.block_id, &error) != RQ_OK)
        return job_fail(&c->job, &error);
    return check_block_run(&block);
}

static int run(checking *c)
{
    rq_error error;
    int status = RQ_OK;
    /* What a killed run left goes in any case. Not to be able to write matters only where something
     * is to be written. */
    if (writes(c))
        (void)c->store->begin_mending(c->store, &c->closed);
    for (size_t i = 0; i < c->list.count && status == RQ_OK; i++)
        status = check_listed(c, &c->list.blocks[i]);
    if (status == RQ_OK)
        status = job_finish(&c->job);
    bool durable = c->settings.durable && c->health.symbols_mended > 0;
    if (status == RQ_OK && writes(c) && c->closed.code == RQ_OK &&
        c->store->end_mending(c->store, durable, &error) != RQ_OK)
        status = job_fail(&c->job, &error);
    if (status == RQ_OK && c->obstacle.code != RQ_OK)
        status = job_fail(&c->job, &c->obstacle);
    return status;
}

static void end(checking *c)
{
    if (c->store)
        c->store->close(c->store);
    if (c->list.allocator)
        block_list_free(&c->list);
    if (c->names.allocator)
        spool_free(&c->names);
    if (c->job_begun)
        job_end(&c->job);
    block_list_path_free(c->layout_path);
}

int object_check(const object_check_request *request, rq_health *health, rq_error *error)
{
    checking c = {.request = request, .error = error};
    rq_health_init(&c.health);
    error_clear(error);
    int status = settings_read(request->options, &c.settings, error);
    if (status == RQ_OK && !c.settings.scratch_dir)
        c.settings.scratch_dir = writes(&c) ? request->symbols_dir : platform_temporary_folder();
    if (status == RQ_OK)
        status = open_all(&c);
    if (status == RQ_OK)
        status = run(&c);
    end(&c);
    if (health)
        memcpy((char *)health + sizeof health->struct_size,
               (char *)&c.health + sizeof c.health.struct_size,
               (health->struct_size < sizeof c.health ? health->struct_size : sizeof c.health) -
                   sizeof health->struct_size);
    return status;
}
