/* Tier 1 of rq.h: each call with a budget of its own. */
#include "error/error.h"
#include "object/block_list.h"
#include "object/decode_block.h"
#include "object/encode_block.h"
#include "object/needs.h"
#include "object/object.h"
#include "object/result.h"
#include "object/settings.h"
#include "object/shape.h"

const char *rq_version(void)
{
    return RQ_VERSION;
}

/* The budget of a call; *status says why there is none. */
static budget *make_budget(const rq_options *options, int *status, rq_error *error)
{
    rq_options settings;
    *status = settings_read(options, &settings, error);
    if (*status != RQ_OK)
        return NULL;
    budget *made = budget_create(settings.memory_limit);
    if (!made)
        *status = job_no_memory(error);
    return made;
}

/* First of all: whatever fails, the caller may free what is there. */
static void clear(rq_result **result)
{
    if (result)
        *result = NULL;
}

static int encode(object_encode_request request, rq_result **result, rq_error *error)
{
    int status;
    request.budget = make_budget(request.options, &status, error);
    if (request.budget)
        status = object_encode(&request, result, error);
    budget_free(request.budget);
    return status;
}

static int decode(object_decode_request request, rq_decode_report *report, rq_error *error)
{
    int status;
    if (report && report->struct_size < sizeof report->struct_size)
        return error_set(error, RQ_ERROR_PARAMETER, "report: call rq_decode_report_init first");
    request.budget = make_budget(request.options, &status, error);
    if (request.budget)
        status = object_decode(&request, report, error);
    budget_free(request.budget);
    return status;
}

static int is_null(const char *what, rq_error *error)
{
    return error_set(error, RQ_ERROR_PARAMETER, "%s is NULL", what);
}

static const char *layout_of(const rq_options *options)
{
    return options && options->struct_size >= offsetof(rq_options, scratch_dir)
               ? options->layout_path
               : NULL;
}

int rq_encode(const rq_options *options, const char *input_path, const char *symbols_dir,
              rq_result **result, rq_error *error)
{
    clear(result);
    if (!input_path || !symbols_dir)
        return is_null(input_path ? "symbols_dir" : "input_path", error);
    return encode((object_encode_request){.options = options,
                                          .input_path = input_path,
                                          .symbols_dir = symbols_dir,
                                          .layout_path = layout_of(options)},
                  result, error);
}

int rq_encode_stream(const rq_options *options, const rq_reader *input, const char *symbols_dir,
                     rq_result **result, rq_error *error)
{
    clear(result);
    if (!input || !input->read || !symbols_dir)
        return is_null(symbols_dir ? "input" : "symbols_dir", error);
    return encode((object_encode_request){.options = options,
                                          .reader = input,
                                          .symbols_dir = symbols_dir,
                                          .layout_path = layout_of(options)},
                  result, error);
}

int rq_metadata(const rq_options *options, const char *input_path, const char *layout_path,
                rq_result **result, rq_error *error)
{
    clear(result);
    if (!input_path)
        return is_null("input_path", error);
    return encode(
        (object_encode_request){.options = options,
                                .input_path = input_path,
                                .layout_path = layout_path && *layout_path ? layout_path : NULL},
        result, error);
}

void rq_decode_report_init(rq_decode_report *report)
{
    if (report)
        *report = (rq_decode_report){.struct_size = sizeof *report};
}

int rq_decode(const rq_options *options, const char *symbols_dir, const char *output_path,
              rq_decode_report *report, rq_error *error)
{
    if (!symbols_dir || !output_path)
        return is_null(symbols_dir ? "output_path" : "symbols_dir", error);
    return decode((object_decode_request){.options = options,
                                          .symbols_dir = symbols_dir,
                                          .output_path = output_path,
                                          .layout_path = layout_of(options)},
                  report, error);
}

int rq_decode_stream(const rq_options *options, const char *symbols_dir, const rq_writer *output,
                     rq_decode_report *report, rq_error *error)
{
    if (!symbols_dir || !output || !output->write)
        return is_null(symbols_dir ? "output" : "symbols_dir", error);
    return decode((object_decode_request){.options = options,
                                          .symbols_dir = symbols_dir,
                                          .writer = output,
                                          .layout_path = layout_of(options)},
                  report, error);
}

int rq_decode_parameters(const rq_options *options, const char *symbols_dir,
                         const char *output_path, const uint8_t *encoder_parameters,
                         size_t encoder_parameters_size, rq_decode_report *report, rq_error *error)
{
    if (!symbols_dir || !output_path || !encoder_parameters)
        return is_null("symbols_dir, output_path or encoder_parameters", error);
    return decode((object_decode_request){.options = options,
                                          .symbols_dir = symbols_dir,
                                          .output_path = output_path,
                                          .parameters = encoder_parameters,
                                          .parameters_size = encoder_parameters_size},
                  report, error);
}

void rq_health_init(rq_health *health)
{
    if (health)
        *health = (rq_health){.struct_size = sizeof *health};
}

static int check(const rq_options *options, const char *symbols_dir, bool repair, rq_health *health,
                 rq_error *error)
{
    int status;
    if (!symbols_dir)
        return is_null("symbols_dir", error);
    if (health && health->struct_size < sizeof health->struct_size)
        return error_set(error, RQ_ERROR_PARAMETER, "health: call rq_health_init first");
    object_check_request request = {.options = options,
                                    .budget = make_budget(options, &status, error),
                                    .symbols_dir = symbols_dir,
                                    .layout_path = layout_of(options),
                                    .repair = repair};
    if (request.budget)
        status = object_check(&request, health, error);
    budget_free(request.budget);
    return status;
}

int rq_verify(const rq_options *options, const char *symbols_dir, rq_health *health,
              rq_error *error)
{
    return check(options, symbols_dir, false, health, error);
}

int rq_repair(const rq_options *options, const char *symbols_dir, rq_health *health,
              rq_error *error)
{
    return check(options, symbols_dir, true, health, error);
}

static int count_block(void *context, uint64_t position, const layout_block *block)
{
    needs *n = context;
    (void)position, (void)block;
    n->blocks++;
    return RQ_OK;
}

/* How much memory it takes to read the layout into a result. */
static int measure_layout(const char *path, const rq_options *settings, needs *n, rq_error *error)
{
    const layout_visitor visitor = {.context = n, .block = count_block, .names_later = true};
    int status = block_list_scan(path, &visitor, settings, &memory_system, error);
    needs_reading(n);
    n->smallest += n->blocks * NEEDS_BLOCK_MEMORY;
    return status;
}

static int fill_result(rq_result *result, const block_list *list, const char *layout_path)
{
    int status = RQ_OK;
    for (size_t i = 0; i < list->count && status == RQ_OK; i++) {
        const layout_block *b = &list->blocks[i].block;
        rq_block_info info = {.block_id = b->block_id,
                              .original_offset = b->original_offset,
                              .size = b->size,
                              .symbols_count = b->symbols_count,
                              .source_symbols_count = rfc6330_Kt(&list->blocks[i].oti)};
        for (int k = 0; k < 12; k++)
            info.encoder_parameters[k] = b->encoder_parameters[k];
        status = result_add_block(result, &info, b->has_hash ? &b->hash : NULL);
    }
    return status == RQ_OK ? result_finish(result, "", layout_path, NULL, 0) : status;
}

static int read_layout(job *job, const char *layout_path, rq_result **result, rq_error *error)
{
    block_list list;
    block_list_begin(&list, NULL, job->allocator);
    int status = block_list_read(&list, layout_path, job->settings, error);
    rq_result *made = status == RQ_OK ? result_create() : NULL;
    if (status == RQ_OK && (!made || fill_result(made, &list, layout_path) != RQ_OK))
        status = job_no_memory(error);
    block_list_free(&list);
    if (status != RQ_OK) {
        rq_result_free(made);
        made = NULL;
    }
    *result = made;
    return status;
}

int rq_read_layout(const rq_options *options, const char *layout_path, rq_result **result,
                   rq_error *error)
{
    rq_options settings;
    needs n = {0};
    job job;
    clear(result);
    if (!layout_path || !result)
        return is_null(layout_path ? "result" : "layout_path", error);
    error_clear(error);
    int status = settings_read(options, &settings, error);
    if (status == RQ_OK)
        status = measure_layout(layout_path, &settings, &n, error);
    if (status != RQ_OK)
        return status;
    budget *budget = budget_create(settings.memory_limit);
    if (!budget)
        return job_no_memory(error);
    settings.threads = 1;
    status = job_begin(&job, &settings, budget, n.smallest, n.smallest, error);
    if (status == RQ_OK)
        status = read_layout(&job, layout_path, result, error);
    job_end(&job);
    budget_free(budget);
    return status;
}
