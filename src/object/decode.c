/* An object out of its symbols: by a layout, or by parameters alone. */
#include <string.h>

#include "error/error.h"
#include "object/block_list.h"
#include "object/decode_block.h"
#include "object/needs.h"
#include "object/object.h"
#include "object/settings.h"

enum {
    PARAMETERS_SIZE = 12,
    MOST_FOLDERS = 65536, /* of blocks decoded by parameters */
};

typedef struct decoding {
    const object_decode_request *request;
    rq_options settings;
    char *layout_path;
    store *store;
    output output;
    job job;
    bool job_begun;
    spool names;
    block_list list;
    needs needs;
    rq_decode_report *report;
    rq_error *error;
} decoding;

/* ---- how much memory it takes ---- */

static void add_needs(decoding *d, const rq_oti *oti, uint64_t names)
{
    needs_decode_block(&d->needs, oti, names, d->settings.threads, d->output.stream);
}

static int measure_block(void *context, uint64_t position, const layout_block *block)
{
    decoding *d = context;
    rq_oti oti;
    (void)position;
    int status = block_list_parameters(block, &oti, d->error);
    if (status == RQ_OK)
        add_needs(d, &oti, block->symbols_count);
    return status;
}

static int begin_job(decoding *d)
{
    needs_reading(&d->needs);
    int status = job_begin(&d->job, &d->settings, d->request->budget, d->needs.smallest,
                           d->needs.comfortable, d->error);
    d->job_begun = true;
    if (status != RQ_OK)
        return status;
    needs_apply(&d->needs, &d->job, &d->names);
    block_list_begin(&d->list, &d->names, d->job.allocator);
    return RQ_OK;
}

/* ---- what there is: by the layout ---- */

/* The layout is read twice: how much memory it takes must be known before any is taken. Names are
 * looked at the second time, when they are kept. */
static int open_by_layout(decoding *d)
{
    layout_visitor measure = {.context = d, .block = measure_block, .names_later = true};
    d->layout_path = block_list_path(d->request->symbols_dir, d->request->layout_path);
    int status = d->layout_path ? RQ_OK : job_no_memory(d->error);
    if (status == RQ_OK && d->request->output_path &&
        platform_same_file(d->layout_path, d->request->output_path))
        status = error_set(d->error, RQ_ERROR_PARAMETER,
                           "the output \"%s\" would replace the layout; put it elsewhere",
                           d->request->output_path);
    if (status == RQ_OK)
        status = block_list_scan(d->layout_path, &measure, &d->settings, &memory_system, d->error);
    if (status == RQ_OK)
        status = store_directory_open(d->request->symbols_dir, NULL, false, &memory_system,
                                      &d->store, d->error);
    if (status == RQ_OK)
        status = begin_job(d);
    return status == RQ_OK ? block_list_read(&d->list, d->layout_path, &d->settings, d->error)
                           : status;
}

/* ---- what there is: by parameters ---- */

typedef struct listing {
    decoding *decoding;
    uint64_t count;
} listing;

static int count_name(void *context, const digest *name)
{
    listing *l = context;
    (void)name;
    l->count++;
    return RQ_OK;
}

static int add_name(void *context, const digest *name)
{
    listing *l = context;
    decoding *d = l->decoding;
    l->count++;
    return spool_append(&d->names, name, sizeof *name, d->error);
}

/* Visits the names of one block's folder. */
static int list_block(decoding *d, uint64_t id, store_visit visit, listing *l)
{
    int status = d->store->open_block(d->store, id, d->error);
    return status == RQ_OK ? d->store->list(d->store, id, visit, l, d->error) : status;
}

/* Calls each with the block's number, parameters and place. */
static int each_block(decoding *d, const uint64_t *ids,
                      int (*each)(decoding *d, const layout_block *block, const rq_oti *oti))
{
    const object_decode_request *r = d->request;
    uint64_t offset = 0;
    int status = RQ_OK;
    for (size_t i = 0; i < r->parameters_size / PARAMETERS_SIZE && status == RQ_OK; i++) {
        rq_oti oti;
        layout_block block = {.block_id = ids[i], .original_offset = offset};
        memcpy(block.encoder_parameters, r->parameters + i * PARAMETERS_SIZE, PARAMETERS_SIZE);
        if (rq_oti_parse(block.encoder_parameters, &oti) != RQ_OK)
            return error_set(d->error, RQ_ERROR_DECODE,
                             "the encoder parameters of block %llu are impossible",
                             (unsigned long long)ids[i]);
        block.size = oti.F;
        offset += oti.F;
        status = each(d, &block, &oti);
    }
    return status;
}

static int measure_folder(decoding *d, const layout_block *block, const rq_oti *oti)
{
    listing l = {d, 0};
    int status = list_block(d, block->block_id, count_name, &l);
    if (status == RQ_OK && l.count == 0)
        return error_set(d->error, RQ_ERROR_DECODE,
                         "None of the symbols for block %llu could be found",
                         (unsigned long long)block->block_id);
    if (status == RQ_OK)
        add_needs(d, oti, l.count);
    return status;
}

static int list_folder(decoding *d, const layout_block *block, const rq_oti *oti)
{
    listing l = {d, 0};
    layout_block listed = *block;
    uint64_t first = d->names.size / sizeof(digest);
    (void)oti;
    int status = list_block(d, block->block_id, add_name, &l);
    listed.symbols_count = l.count;
    return status == RQ_OK ? block_list_add(&d->list, &listed, first, d->error) : status;
}

/* The numbers of the blocks' folders. A single block may lie in the folder itself: then there is no
 * block folder, and any number leads to it. */
static int find_folders(decoding *d, uint64_t *ids, size_t blocks)
{
    size_t found;
    int status = store_directory_blocks(d->request->symbols_dir, ids, blocks, &found, d->error);
    if (status != RQ_OK)
        return status;
    if (blocks == 1 && found == 0)
        ids[0] = 0;
    else if (found != blocks)
        return error_set(d->error, RQ_ERROR_PARAMETER,
                         "\"%s\" has %zu block folders, but parameters for %zu blocks were given",
                         d->request->symbols_dir, found, blocks);
    return RQ_OK;
}

static int open_by_parameters(decoding *d)
{
    const object_decode_request *r = d->request;
    size_t blocks = r->parameters_size / PARAMETERS_SIZE;
    if (blocks == 0 || r->parameters_size % PARAMETERS_SIZE != 0 || blocks > MOST_FOLDERS)
        return error_set(d->error, RQ_ERROR_PARAMETER,
                         "encoder parameters have 12 bytes for each block, %zu were given",
                         r->parameters_size);
    int status =
        store_directory_open(r->symbols_dir, NULL, false, &memory_system, &d->store, d->error);
    if (status != RQ_OK)
        return status;
    uint64_t *ids = memory_allocate(&memory_system, blocks, sizeof *ids);
    if (!ids)
        return job_no_memory(d->error);
    status = find_folders(d, ids, blocks);
    if (status == RQ_OK)
        status = each_block(d, ids, measure_folder);
    if (status == RQ_OK)
        status = begin_job(d);
    if (status == RQ_OK)
        status = each_block(d, ids, list_folder);
    memory_release(&memory_system, ids, blocks, sizeof *ids);
    return status == RQ_OK ? block_list_check(&d->list, d->error) : status;
}

/* ---- the work ---- */

static int decode_listed(decoding *d, const listed_block *listed)
{
    rq_error error;
    decode_block block = {.job = &d->job,
                          .store = d->store,
                          .output = &d->output,
                          .names = &d->names,
                          .first_name = listed->first_name,
                          .name_count = listed->block.symbols_count,
                          .scratch_dir = d->settings.scratch_dir,
                          .block_id = listed->block.block_id,
                          .offset = listed->block.original_offset,
                          .oti = listed->oti,
                          .has_hash = listed->block.has_hash,
                          .hash = listed->block.hash,
                          .report = d->report};
    if (d->store->open_block(d->store, block.block_id, &error) != RQ_OK)
        return job_fail(&d->job, &error);
    return decode_block_run(&block);
}

/* Nobody may ever read from a FIFO: the call can be cancelled while it waits. */
static int open_output(decoding *d)
{
    const object_decode_request *r = d->request;
    rq_error error;
    int status = RQ_OK;
    if (r->writer) {
        output_from_writer(&d->output, r->writer);
        return RQ_OK;
    }
    if (output_open(&d->output, r->output_path, &error) != RQ_OK)
        return job_fail(&d->job, &error);
    while (status == RQ_OK && output_waits(&d->output)) {
        status = output_wait(&d->output, &error);
        status = status == RQ_OK ? job_progress(&d->job, 0) : job_fail(&d->job, &error);
    }
    return status;
}

static int run(decoding *d)
{
    rq_error error;
    int status = open_output(d);
    for (size_t i = 0; i < d->list.count && status == RQ_OK; i++)
        status = decode_listed(d, &d->list.blocks[i]);
    if (status == RQ_OK)
        status = job_finish(&d->job);
    if (status == RQ_OK && output_commit(&d->output, d->settings.durable, &error) != RQ_OK)
        status = job_fail(&d->job, &error);
    return status;
}

static void end(decoding *d)
{
    output_close(&d->output);
    if (d->store)
        d->store->close(d->store);
    if (d->list.allocator)
        block_list_free(&d->list);
    if (d->names.allocator)
        spool_free(&d->names);
    if (d->job_begun)
        job_end(&d->job);
    block_list_path_free(d->layout_path);
}

int object_decode(const object_decode_request *request, rq_decode_report *report, rq_error *error)
{
    rq_decode_report counted = {.struct_size = sizeof counted};
    decoding d = {.request = request, .report = &counted, .error = error};
    d.output.device = PLATFORM_STREAM_CLOSED;
    d.output.stream = request->writer || platform_is_stream(request->output_path);
    error_clear(error);
    int status = settings_read(request->options, &d.settings, error);
    if (status == RQ_OK && !d.settings.scratch_dir)
        d.settings.scratch_dir = platform_temporary_folder();
    if (status == RQ_OK)
        status = request->parameters ? open_by_parameters(&d) : open_by_layout(&d);
    if (status == RQ_OK)
        status = run(&d);
    end(&d);
    if (report)
        memcpy((char *)report + sizeof report->struct_size,
               (char *)&counted + sizeof counted.struct_size,
               (report->struct_size < sizeof counted ? report->struct_size : sizeof counted) -
                   sizeof report->struct_size);
    return status;
}
