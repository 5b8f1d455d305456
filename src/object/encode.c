/* An object into symbols and a layout: block after block. Metadata is the same with a store that
 * keeps the layout and forgets the symbols. */
#include <string.h>

#include "error/error.h"
#include "object/block_list.h"
#include "object/encode_block.h"
#include "object/needs.h"
#include "object/object.h"
#include "object/result.h"
#include "object/settings.h"

enum { SHORTEST_NAME_LENGTH = 44 }; /* of a symbol in the layout's text: indent, quotes, comma */

typedef struct encoding {
    const object_encode_request *request;
    rq_options settings;
    input input;
    uint64_t block_size;
    store *store;
    layout_writer layout;
    job job;
    bool job_begun;
    rq_result *result;
    char *layout_path; /* as the result tells it */
    rq_error *error;
} encoding;

/* ---- the work ---- */

static rq_block_info block_info(const rq_oti *oti, uint64_t repairs, uint64_t id, uint64_t offset)
{
    rq_block_info info = {.block_id = id, .original_offset = offset, .size = oti->F};
    rq_oti_serialize(oti, info.encoder_parameters);
    info.source_symbols_count = rfc6330_Kt(oti);
    info.symbols_count = info.source_symbols_count + repairs * oti->Z;
    return info;
}

static int encode_one_block(encoding *e, uint64_t id, uint64_t offset, uint64_t size)
{
    rq_error error;
    encode_block block = {.job = &e->job,
                          .input = &e->input,
                          .store = e->store,
                          .layout = &e->layout,
                          .scratch_dir = e->settings.scratch_dir,
                          .block_id = id,
                          .offset = offset};
    int status = needs_block(&e->settings, size, &block.oti, &block.repairs, e->error);
    if (status != RQ_OK)
        return status;
    rq_block_info info = block_info(&block.oti, block.repairs, id, offset);
    layout_block listed = {.block_id = id, .original_offset = offset, .size = size};
    memcpy(listed.encoder_parameters, info.encoder_parameters, sizeof listed.encoder_parameters);
    status = e->store->begin_block(e->store, id, &error);
    if (status != RQ_OK)
        return job_fail(&e->job, &error);
    digest hash;
    status = layout_write_block_begin(&e->layout, &listed);
    if (status == RQ_OK)
        status = encode_block_run(&block, &hash);
    if (status == RQ_OK)
        status = layout_write_block_end(&e->layout, &hash);
    if (status == RQ_OK && e->store->end_block(e->store, id, &error) != RQ_OK)
        status = job_fail(&e->job, &error);
    if (status == RQ_OK && result_add_block(e->result, &info, &hash) != RQ_OK)
        status = job_fail_memory(&e->job, "the result");
    return status;
}

static int encode_file_blocks(encoding *e)
{
    int status = RQ_OK;
    uint64_t id = 0;
    for (uint64_t offset = 0; offset < e->input.size && status == RQ_OK; id++) {
        uint64_t left = e->input.size - offset;
        uint64_t size = left < e->block_size ? left : e->block_size;
        status = encode_one_block(e, id, offset, size);
        offset += size;
    }
    return status;
}

static int encode_stream_blocks(encoding *e)
{
    uint64_t offset = 0;
    for (uint64_t id = 0;; id++) {
        rq_error error;
        uint64_t size;
        int status = input_next_block(&e->input, e->block_size, &size, &error);
        if (status != RQ_OK)
            return job_fail(&e->job, &error);
        if (size == 0 && id == 0)
            return error_set(e->error, RQ_ERROR_ENCODE,
                             "Encoding failed: the input stream is empty");
        if (size == 0)
            return RQ_OK;
        status = encode_one_block(e, id, offset, size);
        if (status != RQ_OK)
            return status;
        offset += size;
        /* How many blocks will come is not known beforehand: the work makes room for the result. */
        e->job.reserve += NEEDS_BLOCK_MEMORY;
    }
}

static int sink(void *context, const void *data, size_t size)
{
    encoding *e = context;
    int status = RQ_OK;
    for (size_t at = 0, written; at < size && status == RQ_OK; at += written) {
        rq_error error;
        status =
            e->store->put_layout(e->store, (const uint8_t *)data + at, size - at, &written, &error);
        status = status == RQ_OK ? job_progress(&e->job, 0) : job_fail(&e->job, &error);
    }
    return status;
}

/* Before the commit: what can still fail must not fail after it. */
static int finish_result(encoding *e)
{
    const object_encode_request *r = e->request;
    const char *content = NULL;
    size_t length = 0;
    if (!r->symbols_dir && !r->layout_path)
        content = store_null_layout(e->store, &length);
    int status = result_finish(e->result, r->symbols_dir ? r->symbols_dir : "", e->layout_path,
                               content, length);
    if (status != RQ_OK)
        return job_no_memory(e->error);
    uint64_t size = (uint64_t)strlen(rq_result_json(e->result)) + 1;
    if (!r->result_room || size <= *r->result_room)
        return RQ_OK;
    return error_set(e->error, RQ_ERROR_BUFFER,
                     "the result needs a buffer of %llu bytes, %llu were given",
                     (unsigned long long)size, (unsigned long long)*r->result_room);
}

static int claim(encoding *e)
{
    rq_error error;
    int status = RQ_OK;
    for (bool claimed = false; status == RQ_OK && !claimed;) {
        if (e->store->claim(e->store, &claimed, &error) != RQ_OK)
            status = job_fail(&e->job, &error);
        else if (!claimed)
            status = job_progress(&e->job, 0);
    }
    return status;
}

static int run(encoding *e)
{
    rq_error error;
    int status = e->store->begin(e->store, &error);
    if (status != RQ_OK)
        return job_fail(&e->job, &error);
    status = layout_write_begin(&e->layout, sink, e);
    if (status == RQ_OK)
        status = e->input.reader ? encode_stream_blocks(e) : encode_file_blocks(e);
    if (status == RQ_OK)
        status = layout_write_end(&e->layout);
    if (status == RQ_OK)
        status = finish_result(e);
    if (status == RQ_OK)
        status = job_finish(&e->job);
    if (status == RQ_OK)
        status = claim(e);
    if (status == RQ_OK && e->store->commit(e->store, e->settings.durable, &error) != RQ_OK)
        status = job_fail(&e->job, &error);
    return status;
}

/* ---- before and after ---- */

/* Where the layout will be, as the result tells it. */
static int name_layout(encoding *e)
{
    const object_encode_request *r = e->request;
    if (r->symbols_dir || r->layout_path)
        e->layout_path = block_list_path(r->symbols_dir, r->layout_path);
    else
        e->layout_path = block_list_path(NULL, "");
    if (!e->layout_path)
        return job_no_memory(e->error);
    if (!r->reader && platform_same_file(r->input_path, e->layout_path))
        return error_set(e->error, RQ_ERROR_PARAMETER,
                         "the layout \"%s\" would replace the input; put it elsewhere",
                         e->layout_path);
    return RQ_OK;
}

/* A block as the result will tell of it, but for its hash. */
static int expect_block(const encoding *e, uint64_t id, uint64_t size, rq_block_info *info)
{
    rq_oti oti;
    uint64_t repairs;
    int status = needs_block(&e->settings, size, &oti, &repairs, e->error);
    if (status == RQ_OK)
        *info = block_info(&oti, repairs, id, id * e->block_size);
    return status;
}

/* What the result takes at the least, with its NUL: all blocks but the last are alike. */
static int least_result(const encoding *e, uint64_t *least)
{
    const object_encode_request *r = e->request;
    uint64_t whole = e->input.size / e->block_size, rest = e->input.size % e->block_size;
    rq_block_info block = {0}, last = {0};
    int status = whole > 0 ? expect_block(e, 0, e->block_size, &block) : RQ_OK;
    if (status == RQ_OK && rest > 0)
        status = expect_block(e, whole, rest, &last);
    if (status != RQ_OK)
        return status;
    *least = result_least_length(&block, whole, rest > 0 ? &last : NULL,
                                 r->symbols_dir ? r->symbols_dir : "", e->layout_path) +
             1;
    if (!r->symbols_dir && !r->layout_path)
        *least += (whole * block.symbols_count + last.symbols_count) * SHORTEST_NAME_LENGTH;
    return RQ_OK;
}

/* Refuses what can never fit into the caller's result buffer, before any work is done. */
static int check_room(const encoding *e)
{
    const uint64_t *room = e->request->result_room;
    if (!room || e->input.reader)
        return RQ_OK;
    uint64_t least;
    int status = least_result(e, &least);
    if (status == RQ_OK && least > *room)
        return error_set(e->error, RQ_ERROR_BUFFER,
                         "the result needs a buffer of at least %llu bytes, %llu were given",
                         (unsigned long long)least, (unsigned long long)*room);
    return status;
}

static int open_store(encoding *e)
{
    const object_encode_request *r = e->request;
    if (r->symbols_dir)
        return store_directory_open(r->symbols_dir, r->layout_path, true, e->job.allocator,
                                    &e->store, e->error);
    return store_null_open(r->layout_path, &memory_system, &e->store, e->error);
}

static int open_input(encoding *e, needs *n)
{
    const object_encode_request *r = e->request;
    bool names_only = !r->symbols_dir, in_memory = names_only && !r->layout_path;
    if (r->reader) {
        e->block_size = settings_block_size(&e->settings, RQ_MAX_TRANSFER_LENGTH);
        int status = needs_encode(&e->settings, e->block_size, e->block_size, names_only, in_memory,
                                  n, e->error);
        n->comfortable += 4 * e->block_size; /* of which a quarter may hold the block */
        n->units = 0;
        return status;
    }
    int status = input_open(&e->input, r->input_path, e->error);
    if (status != RQ_OK)
        return status;
    e->block_size = settings_block_size(&e->settings, e->input.size);
    return needs_encode(&e->settings, e->input.size, e->block_size, names_only, in_memory, n,
                        e->error);
}

static int begin_job(encoding *e, const needs *n)
{
    const object_encode_request *r = e->request;
    int status = job_begin(&e->job, &e->settings, r->budget, n->smallest, n->comfortable, e->error);
    e->job_begun = true;
    if (status != RQ_OK)
        return status;
    e->job.reserve = n->reserve;
    e->job.object_size = e->input.size;
    e->job.units_total = n->units;
    if (r->reader) {
        uint64_t quarter = lease_size(e->job.lease) / 4;
        input_from_reader(&e->input, r->reader,
                          e->block_size <= quarter ? (size_t)e->block_size : 0,
                          e->settings.scratch_dir, e->job.allocator);
    }
    return RQ_OK;
}

int object_encode(const object_encode_request *request, rq_result **result, rq_error *error)
{
    encoding e = {.request = request, .error = error};
    needs n;
    e.input.file = PLATFORM_FILE_CLOSED;
    error_clear(error);
    int status = settings_read(request->options, &e.settings, error);
    if (status == RQ_OK)
        status = settings_check_symbols(&e.settings, error);
    if (status == RQ_OK && !e.settings.scratch_dir)
        e.settings.scratch_dir =
            request->symbols_dir ? request->symbols_dir : platform_temporary_folder();
    if (status == RQ_OK)
        status = open_input(&e, &n);
    if (status == RQ_OK)
        status = name_layout(&e);
    if (status == RQ_OK)
        status = check_room(&e);
    if (status == RQ_OK)
        status = begin_job(&e, &n);
    if (status == RQ_OK && !(e.result = result_create()))
        status = job_no_memory(error);
    if (status == RQ_OK)
        status = open_store(&e);
    if (status == RQ_OK)
        status = run(&e);
    if (e.store)
        e.store->close(e.store);
    input_close(&e.input);
    if (e.job_begun)
        job_end(&e.job);
    block_list_path_free(e.layout_path);
    if (status != RQ_OK || !result) {
        rq_result_free(e.result);
        e.result = NULL;
    }
    if (result)
        *result = e.result;
    return status;
}
