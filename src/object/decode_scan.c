/* Looking for symbols: every candidate is read, checked against its name, and put into a row. */
#include <string.h>

#include "object/decode_source.h"
#include "rfc6330/object.h"

enum { GROUP_BYTES = 512 * 1024, GROUP_MOST = 32 };

/* What is known of a name, so that none is read more than twice: nothing yet; no use for it any
 * more (missing, damaged, or in a row); or a good symbol of source block state - NAME_OF_BLOCK,
 * which is not yet at hand. */
enum { NAME_UNKNOWN, NAME_DONE, NAME_OF_BLOCK };

/* A range of the block's names, in groups. */
typedef struct scan {
    decode_source *source;
    uint64_t first, count;
    uint32_t group;
    bool own; /* these names should be this source block's: they count for what is said of it */
} scan;

static bool enough(decode_source *s)
{
    platform_mutex_lock(&s->block->job->mutex);
    bool filled = s->rows.filled >= s->wanted;
    platform_mutex_unlock(&s->block->job->mutex);
    return filled;
}

/* Copies a symbol to its row of the window. */
static void keep(decode_source *s, uint32_t row, const uint8_t *symbol)
{
    codec_strips sub_blocks = codec_strips_of(&s->block->oti, CODEC_WHOLE_SUB_BLOCKS);
    for (uint32_t i = 0; i < sub_blocks.count; i++) {
        codec_strip strip = codec_strip_at(&sub_blocks, i);
        memcpy(s->window_data + codec_strip_offset(&strip, s->K, row), symbol + strip.sub_start,
               strip.width);
    }
}

/* Adds a source symbol in its own row to the run of them that is still to be written. */
static int add_own(decode_source *s, decode_run *own, uint32_t row)
{
    int status = RQ_OK;
    if (own->count > 0 && row != own->first + own->count) {
        status = decode_write_early(s, *own);
        own->count = 0;
    }
    if (own->count == 0)
        own->first = row;
    own->count++;
    return status;
}

/* A symbol whose bytes are what its name says. */
static int enter(decode_source *s, const uint8_t *packet, uint32_t name, decode_run *own)
{
    uint8_t sbn;
    uint32_t esi;
    rfc6330_payload_id_read(packet, &sbn, &esi);
    if (sbn != s->sbn) {
        s->block->name_states[name] = (uint16_t)(NAME_OF_BLOCK + sbn);
        return RQ_OK;
    }
    job *j = s->block->job;
    size_t row_size = s->kept ? s->block->oti.T : 0;
    platform_mutex_lock(&j->mutex);
    int64_t row = decode_rows_enter(&s->rows, esi, name, row_size, j->allocator);
    /* Another worker may make the list of extra rows longer, and so move it. */
    uint8_t *extra = s->kept && row >= s->K ? s->rows.extra[row - s->K] : NULL;
    platform_mutex_unlock(&j->mutex);
    if (row == RQ_ERROR_MEMORY)
        return job_fail_memory(j, "the symbols of a source block");
    if (row < 0)
        return RQ_OK;
    if (extra)
        memcpy(extra, packet + RQ_PAYLOAD_ID_SIZE, s->block->oti.T);
    else if (s->kept)
        keep(s, (uint32_t)row, packet + RQ_PAYLOAD_ID_SIZE);
    bool is_own = esi < s->K && row == esi; /* an extra row may have a repair symbol's number */
    int status = s->kept && is_own ? add_own(s, own, esi) : RQ_OK;
    return status == RQ_OK ? job_progress(j, s->block->oti.T) : status;
}

/* Tells the observer of a symbol that is not good. */
static int tell(decode_source *s, const digest *name, int state)
{
    job *j = s->block->job;
    const rq_observer *observer = j->settings->observer;
    char text[DIGEST_NAME_SIZE];
    if (!observer || !observer->symbol)
        return RQ_OK;
    digest_name(name, text);
    platform_mutex_lock(&j->mutex);
    int cancel = observer->symbol(observer->context, s->block->block_id, text, state);
    platform_mutex_unlock(&j->mutex);
    return cancel == 0 ? RQ_OK : job_cancel(j);
}

static void count(const scan *c, uint64_t good, uint64_t damaged, uint64_t missing)
{
    decode_source *s = c->source;
    rq_decode_report *report = s->block->report;
    platform_mutex_lock(&s->block->job->mutex);
    report->symbols_good += good;
    report->symbols_damaged += damaged;
    report->symbols_missing += missing;
    s->damaged += c->own ? damaged : 0;
    s->missing += c->own ? missing : 0;
    platform_mutex_unlock(&s->block->job->mutex);
}

static int scan_task(void *context, size_t index, uint32_t worker)
{
    const scan *c = context;
    decode_source *s = c->source;
    const decode_block *b = s->block;
    if (enough(s))
        return RQ_OK;
    uint64_t first = c->first + index * c->group, left = c->first + c->count - first;
    uint32_t names = left < c->group ? (uint32_t)left : c->group, read = 0;
    uint32_t looked = 0, good = 0, missing = 0;
    size_t size = (size_t)b->oti.T + RQ_PAYLOAD_ID_SIZE, stride = shape_row_stride(b->oti.T);
    digest listed[GROUP_MOST], found[GROUP_MOST];
    uint32_t which[GROUP_MOST];
    bool fresh[GROUP_MOST]; /* not counted before */
    decode_run own = {0};
    rq_error error;
    uint8_t *packets = s->buffers[worker] + SHAPE_ROW_ID;
    int status = spool_read(b->names, (b->first_name + first) * sizeof(digest), (uint8_t *)listed,
                            names * sizeof(digest), &error);
    if (status != RQ_OK)
        return job_fail(b->job, &error);
    for (uint32_t i = 0; i < names; i++) {
        uint16_t *state = &b->name_states[first + i];
        if (*state != NAME_UNKNOWN && *state != NAME_OF_BLOCK + s->sbn)
            continue;
        fresh[read] = *state == NAME_UNKNOWN;
        looked += fresh[read];
        *state = NAME_DONE;
        store_found there =
            b->store->get(b->store, b->block_id, &listed[i], packets + read * stride, size);
        missing += there == STORE_MISSING && fresh[read];
        if (there != STORE_GOOD && fresh[read] && status == RQ_OK)
            status =
                tell(s, &listed[i], there == STORE_MISSING ? RQ_SYMBOL_MISSING : RQ_SYMBOL_DAMAGED);
        which[read] = i;
        read += there == STORE_GOOD;
    }
    digest_of_many(packets, stride, size, read, found);
    for (uint32_t i = 0; i < read && status == RQ_OK; i++) {
        const digest *name = &listed[which[i]];
        if (!digest_equal(&found[i], name)) {
            status = fresh[i] ? tell(s, name, RQ_SYMBOL_DAMAGED) : RQ_OK;
            continue;
        }
        good += fresh[i];
        status = enter(s, packets + i * stride, (uint32_t)(first + which[i]), &own);
    }
    if (status == RQ_OK && own.count > 0)
        status = decode_write_early(s, own);
    count(c, good, looked - good - missing, missing);
    return status;
}

static int scan_range(decode_source *s, uint64_t first, uint64_t count_, bool own)
{
    size_t stride = shape_row_stride(s->block->oti.T);
    size_t bytes = s->shape.worker_buffer < GROUP_BYTES ? s->shape.worker_buffer : GROUP_BYTES;
    uint32_t group = bytes / stride > 0 ? (uint32_t)(bytes / stride) : 1;
    scan c = {s, first, count_, group < GROUP_MOST ? group : GROUP_MOST, own};
    size_t tasks = (size_t)((count_ + c.group - 1) / c.group);
    return tasks > 0 ? crew_run(s->block->job->crew, tasks, scan_task, &c) : RQ_OK;
}

/* A layout of ours lists source block by source block, each with the same number of repair symbols.
 * Where the number of names fits that, this source block's names are a range; else they may be
 * anywhere. */
static void own_range(const decode_source *s, uint64_t *first, uint64_t *count_)
{
    const decode_block *b = s->block;
    uint64_t Kt = rfc6330_Kt(&b->oti), Z = b->oti.Z;
    *first = 0;
    *count_ = b->name_count;
    if (b->name_count < Kt || (b->name_count - Kt) % Z != 0)
        return;
    uint64_t repairs = (b->name_count - Kt) / Z;
    rfc6330_partition blocks = rfc6330_source_blocks(&b->oti);
    *first = rfc6330_partition_start(&blocks, s->sbn) + s->sbn * repairs;
    *count_ = s->K + repairs;
}

int decode_scan(decode_source *s)
{
    uint64_t first, count_, all = s->block->name_count;
    own_range(s, &first, &count_);
    int status = scan_range(s, first, count_, true);
    if (status == RQ_OK && !enough(s))
        status = scan_range(s, 0, first, false);
    if (status == RQ_OK && !enough(s))
        status = scan_range(s, first + count_, all - first - count_, false);
    return status;
}
