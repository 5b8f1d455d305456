#include "object/examine.h"

#include "object/shape.h"

enum { GROUP_MOST = 32 };

typedef struct scan {
    const examination *examination;
    const buffers *buffers;
    uint32_t group; /* symbols of a task */
} scan;

/* What a symbol is whose bytes are what its name says. */
static uint32_t identify(const examination *x, const uint8_t *packet)
{
    uint8_t sbn;
    uint32_t esi;
    rfc6330_payload_id_read(packet, &sbn, &esi);
    return sbn < x->oti.Z ? (uint32_t)sbn << 24 | esi : FOUND_USELESS;
}

/* A verdict on symbols that nobody could look at would be a wrong one. */
static int scan_task(void *context, size_t index, uint32_t worker)
{
    const scan *c = context;
    const examination *x = c->examination;
    uint64_t first = index * c->group, left = x->name_count - first;
    uint32_t count = left < c->group ? (uint32_t)left : c->group, read = 0;
    size_t size = (size_t)x->oti.T + RQ_PAYLOAD_ID_SIZE, stride = shape_row_stride(x->oti.T);
    uint8_t *packets = c->buffers->items[worker] + SHAPE_ROW_ID;
    digest listed[GROUP_MOST], found[GROUP_MOST];
    uint32_t which[GROUP_MOST], what[GROUP_MOST];
    rq_error error;
    if (spool_read(x->names, (x->first_name + first) * sizeof *listed, listed,
                   count * sizeof *listed, &error) != RQ_OK)
        return job_fail(x->job, &error);
    for (uint32_t i = 0; i < count; i++) {
        store_found there =
            x->store->get(x->store, x->block_id, &listed[i], packets + read * stride, size);
        if (there == STORE_UNKNOWN)
            return job_fail_shortage(x->job, x->block_id);
        what[i] = there == STORE_MISSING ? FOUND_MISSING : FOUND_DAMAGED;
        which[read] = i;
        read += there == STORE_GOOD;
    }
    digest_of_many(packets, stride, size, read, found);
    for (uint32_t i = 0; i < read; i++) {
        if (digest_equal(&found[i], &listed[which[i]]))
            what[which[i]] = identify(x, packets + i * stride);
    }
    for (uint32_t i = 0; i < count; i++)
        x->findings[first + i] = (uint64_t)what[i] << 32 | (first + i);
    return job_progress(x->job, (uint64_t)count * x->oti.T);
}

static void count_kinds(examination *x)
{
    for (uint64_t i = 0; i < x->name_count; i++) {
        uint32_t what = finding_what(x->findings[i]);
        x->good += what < FOUND_USELESS;
        x->useless += what == FOUND_USELESS;
        x->damaged += what == FOUND_DAMAGED;
        x->missing += what == FOUND_MISSING;
    }
}

int examine(examination *x, const buffers *buffers)
{
    size_t fit = buffers->size / shape_row_stride(x->oti.T);
    scan c = {x, buffers, fit < GROUP_MOST ? (uint32_t)fit : GROUP_MOST};
    size_t tasks = (size_t)((x->name_count + c.group - 1) / c.group);
    int status = crew_run(x->job->crew, tasks, scan_task, &c);
    if (status != RQ_OK)
        return status;
    examine_sort(x->findings, (size_t)x->name_count);
    count_kinds(x);
    return RQ_OK;
}

int examine_name(const examination *x, uint32_t place, digest *name)
{
    rq_error error;
    int status =
        spool_read(x->names, (x->first_name + place) * sizeof *name, name, sizeof *name, &error);
    return status == RQ_OK ? RQ_OK : job_fail(x->job, &error);
}

size_t examine_lower_bound(const examination *x, uint32_t payload_id)
{
    size_t low = 0, high = x->good;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (finding_what(x->findings[middle]) < payload_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Moves the item at `top` down until none below it is larger. */
static void sift(uint64_t *items, size_t top, size_t count)
{
    uint64_t item = items[top];
    for (size_t below; (below = 2 * top + 1) < count; top = below) {
        if (below + 1 < count && items[below + 1] > items[below])
            below++;
        if (items[below] <= item)
            break;
        items[top] = items[below];
    }
    items[top] = item;
}

void examine_sort(uint64_t *findings, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift(findings, i, count);
    for (size_t last = count; last-- > 1;) {
        uint64_t largest = findings[0];
        findings[0] = findings[last];
        findings[last] = largest;
        sift(findings, 0, last);
    }
}
