#include "object/publish.h"

#include "object/shape.h"
#include "rfc6330/object.h"

/* One run: symbols first to first + count of the source, in groups of `group`. */
typedef struct run {
    publisher *publisher;
    const publish_source *source;
    uint8_t sbn;
    uint32_t first_esi, group;
    uint64_t first;
    uint32_t count;
} run;

static int publish_group(const run *r, uint32_t at, uint32_t count, uint32_t worker)
{
    const publisher *p = r->publisher;
    size_t stride = shape_row_stride(p->T), size = (size_t)p->T + RQ_PAYLOAD_ID_SIZE;
    digest *names = p->names + at;
    rq_error error;
    if (r->source->names) {
        r->source->names(r->source->context, r->first + at, count, names);
        return job_progress(p->job, count * p->symbol_units);
    }
    uint8_t *buffer = p->buffers[worker], *rows = buffer + SHAPE_ROW_ID;
    int status = r->source->rows(r->source->context, r->first + at, count, buffer, &error);
    if (status != RQ_OK)
        return job_fail(p->job, &error);
    for (uint32_t i = 0; i < count; i++)
        rfc6330_payload_id_write(r->sbn, r->first_esi + (uint32_t)r->first + at + i,
                                 rows + i * stride);
    digest_of_many(rows, stride, size, count, names);
    for (uint32_t i = 0; i < count; i++) {
        status = p->store->put(p->store, p->block_id, &names[i], rows + i * stride, size, &error);
        if (status != RQ_OK)
            return job_fail(p->job, &error);
    }
    return job_progress(p->job, count * p->symbol_units);
}

static int publish_task(void *context, size_t index, uint32_t worker)
{
    const run *r = context;
    uint32_t at = (uint32_t)index * r->group;
    uint32_t left = r->count - at;
    return publish_group(r, at, left < r->group ? left : r->group, worker);
}

/* As many symbols as a worker's buffer holds, but enough groups for all workers. */
static uint32_t group_size(const publisher *p, uint32_t count)
{
    uint32_t fit = (uint32_t)(p->buffer_size / shape_row_stride(p->T));
    uint32_t fair = count / (4 * p->job->workers) + 1;
    return fit < fair ? fit : fair;
}

int publish(publisher *p, const publish_source *source, uint8_t sbn, uint32_t first_esi,
            uint64_t count)
{
    int status = RQ_OK;
    for (uint64_t first = 0; first < count && status == RQ_OK;) {
        uint64_t left = count - first;
        run r = {.publisher = p, .source = source, .sbn = sbn, .first_esi = first_esi};
        r.first = first;
        r.count = left < SHAPE_RUN ? (uint32_t)left : SHAPE_RUN;
        r.group = group_size(p, r.count);
        size_t groups = (r.count + r.group - 1) / r.group;
        status = crew_run(p->job->crew, groups, publish_task, &r);
        if (status == RQ_OK)
            status = layout_write_symbols(p->layout, p->names, r.count);
        first += r.count;
    }
    return status;
}
