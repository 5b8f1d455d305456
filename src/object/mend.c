/* The order of things is that of encode_source.c: in memory, the symbols at hand are loaded once,
 * then batch by batch all strips are solved and the batch's symbols put together; staged, each
 * batch goes over the symbols window by window. A row of a window is an input of the plan.
 *
 * What was read again may have changed since it was examined. That needs no care: a symbol that was
 * made of it goes nowhere, for its hash is no listed name. */
#include "object/mend.h"

#include <string.h>

#include "object/batch.h"
#include "object/solvers.h"
#include "object/window.h"

enum { LOAD_ROWS = 64, GROUP_MOST = 32 };

typedef struct mending {
    const mend_source *source;
    const examination *x;
    codec_strips strips;
    buffers buffers;
    solvers solvers;
    batch batch;
    window window;
    uint8_t *window_data;
    size_t window_size;
    size_t first; /* of the batch, among the symbols to make */
    uint32_t group;
} mending;

/* ---- loading a window ---- */

static int changed(const mending *m, const digest *name)
{
    char text[DIGEST_NAME_SIZE];
    rq_error error;
    digest_name(name, text);
    error_set(&error, RQ_ERROR_DECODE,
              "symbol %s of block %llu changed while it was being used; try again", text,
              (unsigned long long)m->x->block_id);
    return job_fail(m->x->job, &error);
}

static int load_row(const mending *m, uint32_t row, uint8_t *buffer)
{
    const examination *x = m->x;
    uint32_t rows = m->source->choice->inputs;
    digest name;
    int status = examine_name(x, m->source->choice->places[row], &name);
    if (status != RQ_OK)
        return status;
    if (x->store->get_range(x->store, x->block_id, &name,
                            (uint64_t)RQ_PAYLOAD_ID_SIZE + m->window.start, buffer,
                            m->window.columns) != STORE_GOOD)
        return changed(m, &name);
    for (uint32_t i = 0; i < m->window.strip_count; i++) {
        codec_strip strip = codec_strip_at(&m->strips, m->window.first_strip + i);
        window_place place = window_place_of(&m->window, &strip, rows);
        memcpy(m->window_data + place.offset + (size_t)row * place.stride,
               buffer + strip.sub_start + strip.column - m->window.start, strip.width);
    }
    return RQ_OK;
}

static int load_task(void *context, size_t index, uint32_t worker)
{
    const mending *m = context;
    uint32_t first = (uint32_t)index * LOAD_ROWS, last = first + LOAD_ROWS;
    int status = job_progress(m->x->job, 0);
    for (uint32_t r = first; r < last && r < m->source->choice->inputs && status == RQ_OK; r++)
        status = load_row(m, r, m->buffers.items[worker]);
    return status;
}

static int load_window(mending *m)
{
    size_t tasks = (m->source->choice->inputs + LOAD_ROWS - 1) / LOAD_ROWS;
    return crew_run(m->x->job->crew, tasks, load_task, m);
}

/* ---- solving it ---- */

static int solve_task(void *context, size_t index, uint32_t worker)
{
    const mending *m = context;
    const choice *c = m->source->choice;
    codec_strip strip = codec_strip_at(&m->strips, m->window.first_strip + (uint32_t)index);
    window_place place = window_place_of(&m->window, &strip, c->inputs);
    const uint8_t **inputs = m->solvers.inputs[worker];
    uint8_t *workspace = m->solvers.workspaces[worker];
    rq_error error;
    for (uint32_t i = 0; i < c->plan->input_count; i++)
        inputs[i] = i < c->inputs ? m->window_data + place.offset + i * place.stride : NULL;
    codec_solve(c->plan, inputs, 0, strip.width, workspace);
    gf256_coming coming = codec_coming(&strip, inputs, c->inputs, 0, m->solvers.count);
    if (batch_emit(&m->batch, &strip, workspace, m->buffers.items[worker], &coming, &error) !=
        RQ_OK)
        return job_fail(m->x->job, &error);
    return job_progress(m->x->job, m->first == 0 ? (uint64_t)c->K * strip.width : 0);
}

static int solve_window(mending *m)
{
    crew *crew = m->x->job->crew;
    crew_use(crew, m->solvers.count);
    int status = crew_run(crew, m->window.strip_count, solve_task, m);
    crew_use(crew, m->buffers.count);
    return status;
}

/* ---- finished symbols ---- */

static void report_obstacle(const mending *m, const digest *name)
{
    char text[DIGEST_NAME_SIZE];
    job *j = m->x->job;
    digest_name(name, text);
    platform_mutex_lock(&j->mutex);
    if (m->source->obstacle->code == RQ_OK)
        error_set(m->source->obstacle, RQ_ERROR_IO,
                  "Cannot put symbol %s of block %llu back: a folder with something in it is in "
                  "its place",
                  text, (unsigned long long)m->x->block_id);
    platform_mutex_unlock(&j->mutex);
}

/* Puts the symbol back if it is listed, which marks it wherever it is. */
static int deliver(const mending *m, const digest *name, const uint8_t *packet)
{
    const examination *x = m->x;
    wanted *w = m->source->wanted;
    bool is_there = m->source->dry_run;
    for (size_t item = 0;; item++) {
        rq_error error;
        int status = wanted_find(w, name, item, &item);
        if (status != RQ_OK || item == w->count)
            return status;
        if (wanted_is_damaged(w, item) && x->store->is_blocked(x->store, x->block_id, name)) {
            report_obstacle(m, name);
            return RQ_OK;
        }
        if (!is_there && x->store->put_back(x->store, x->block_id, name, packet,
                                            (size_t)x->oti.T + RQ_PAYLOAD_ID_SIZE, &error) != RQ_OK)
            return job_fail(x->job, &error);
        is_there = true;
        wanted_mark(w, item);
    }
}

static int finish_task(void *context, size_t index, uint32_t worker)
{
    const mending *m = context;
    const mend_source *s = m->source;
    uint32_t first = (uint32_t)index * m->group, left = m->batch.outputs.count - first;
    uint32_t count = left < m->group ? left : m->group;
    size_t stride = shape_row_stride(m->x->oti.T);
    uint8_t *buffer = m->buffers.items[worker], *packets = buffer + SHAPE_ROW_ID;
    digest names[GROUP_MOST];
    rq_error error;
    if (batch_rows(&m->batch, first, count, buffer, stride, &error) != RQ_OK)
        return job_fail(m->x->job, &error);
    for (uint32_t i = 0; i < count; i++)
        rfc6330_payload_id_write(s->sbn, s->esis[m->first + first + i], packets + i * stride);
    digest_of_many(packets, stride, (size_t)m->x->oti.T + RQ_PAYLOAD_ID_SIZE, count, names);
    int status = job_progress(m->x->job, 0);
    for (uint32_t i = 0; i < count && status == RQ_OK; i++)
        status = deliver(m, &names[i], packets + i * stride);
    return status;
}

static int finish_batch(mending *m)
{
    size_t fit = m->buffers.size / shape_row_stride(m->x->oti.T);
    m->group = fit < GROUP_MOST ? (uint32_t)fit : GROUP_MOST;
    size_t groups = (m->batch.outputs.count + m->group - 1) / m->group;
    return crew_run(m->x->job->crew, groups, finish_task, m);
}

/* ---- the order of things ---- */

static int begin_batch(mending *m)
{
    const mend_source *s = m->source;
    size_t left = s->count - m->first;
    size_t count = left < s->shape.batch ? left : (size_t)s->shape.batch;
    const rfc6330_code *code = &s->choice->plan->code;
    rq_error error;
    batch_clear(&m->batch);
    for (size_t i = 0; i < count; i++) {
        uint32_t isi = plan_isi(code, s->choice->K, s->esis[m->first + i]);
        if (!batch_add(&m->batch, code, isi))
            return job_fail_memory(m->x->job, "the symbols' columns");
    }
    return batch_ready(&m->batch, &error) == RQ_OK ? RQ_OK : job_fail(m->x->job, &error);
}

static int solve_all(mending *m)
{
    bool loaded = !m->source->shape.staged && m->first > 0;
    uint32_t most = m->source->shape.staged ? m->source->shape.window_columns : m->x->oti.T;
    int status = RQ_OK;
    for (uint32_t strip = 0; strip < m->strips.count && status == RQ_OK;
         strip += m->window.strip_count) {
        m->window = window_at(&m->strips, strip, most);
        if (!loaded)
            status = load_window(m);
        if (status == RQ_OK)
            status = solve_window(m);
    }
    return status;
}

static bool allocate(mending *m)
{
    const mend_source *s = m->source;
    const rq_allocator *a = m->x->job->allocator;
    const choice *c = s->choice;
    uint32_t columns = window_most_columns(&s->shape, m->x->oti.T);
    m->window_size = (size_t)memory_whole((uint64_t)c->inputs * columns);
    m->window_data = memory_allocate(a, m->window_size, 1);
    return m->window_data &&
           buffers_make(&m->buffers, s->shape.workers, s->shape.worker_buffer, a) &&
           batch_begin(&m->batch, &m->strips, &s->shape, s->scratch_dir, a) &&
           solvers_make(&m->solvers, s->shape.workers,
                        (size_t)memory_whole(codec_workspace_size(c->plan, s->shape.strip_width)),
                        c->plan->input_count, a);
}

static void release(mending *m)
{
    memory_release(m->x->job->allocator, m->window_data, m->window_size, 1);
    if (m->buffers.allocator)
        buffers_free(&m->buffers);
    batch_free(&m->batch);
    if (m->solvers.allocator)
        solvers_free(&m->solvers);
}

int mend_source_run(const mend_source *s)
{
    mending m = {.source = s, .x = s->examination};
    m.strips = codec_strips_of(&m.x->oti, s->shape.strip_width);
    crew_use(m.x->job->crew, s->shape.workers);
    int status = allocate(&m) ? RQ_OK : job_fail_memory(m.x->job, "a source block");
    for (; m.first < s->count && status == RQ_OK && atomic_load(&s->wanted->left) > 0;
         m.first += m.batch.outputs.count) {
        status = begin_batch(&m);
        if (status == RQ_OK)
            status = solve_all(&m);
        if (status == RQ_OK)
            status = finish_batch(&m);
    }
    release(&m);
    return status;
}
