/* Looking for symbols: every candidate is read, checked against its name, and put into a row. */
#include <string.h>

#include "object/decode_source.h"
#include "rfc6330/object.h"

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

/* With the mutex held. */
static bool has_enough(const decode_source *s)
{
    return s->rows.filled >= s->wanted || (s->direct && s->leave);
}

static bool enough(decode_source *s)
{
    platform_mutex_lock(&s->block->job->mutex);
    bool has = has_enough(s);
    platform_mutex_unlock(&s->block->job->mutex);
    return has;
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

static int write_own(decode_source *s, const decode_own *own, uint32_t worker)
{
    return s->direct ? decode_direct_write(s, own, worker) : decode_write_early(s, own->run);
}

/* Adds a source symbol in its own row to the run of them that is still to be written. */
static int add_own(decode_source *s, decode_own *own, uint32_t row, const uint8_t *symbol,
                   uint32_t worker)
{
    int status = RQ_OK;
    decode_run *run = &own->run;
    if (run->count > 0 &&
        (row != run->first + run->count ||
         symbol != own->symbols + run->count * shape_row_stride(s->block->oti.T))) {
        status = write_own(s, own, worker);
        run->count = 0;
    }
    if (run->count == 0)
        *own = (decode_own){{row, 0}, symbol};
    run->count++;
    return status;
}

/* A symbol whose bytes are what its name says. */
static int enter(decode_source *s, const uint8_t *packet, uint32_t name, decode_own *own,
                 uint32_t worker)
{
    const uint8_t *symbol = packet + RQ_PAYLOAD_ID_SIZE;
    uint8_t sbn;
    uint32_t esi;
    rfc6330_payload_id_read(packet, &sbn, &esi);
    uint16_t *state = &s->block->name_states[name];
    if (sbn != s->sbn || (s->direct && esi >= s->K)) {
        *state = (uint16_t)(NAME_OF_BLOCK + sbn);
        return RQ_OK;
    }
    job *j = s->block->job;
    size_t row_size = s->kept ? s->block->oti.T : 0;
    platform_mutex_lock(&j->mutex);
    /* One that is not wanted now would take memory that nobody has reckoned with. */
    bool wanted = !has_enough(s);
    int64_t row = wanted ? decode_rows_enter(&s->rows, esi, name, row_size, j->allocator) : -1;
    /* Another worker may make the list of extra rows longer, and so move it. */
    uint8_t *extra = s->kept && row >= s->K ? s->rows.extra[row - s->K] : NULL;
    platform_mutex_unlock(&j->mutex);
    if (row == RQ_ERROR_MEMORY)
        return job_fail_memory(j, "the symbols of a source block");
    if (!wanted)
        *state = (uint16_t)(NAME_OF_BLOCK + sbn);
    if (row < 0)
        return RQ_OK;
    if (extra)
        memcpy(extra, symbol, s->block->oti.T);
    else if (s->kept && !s->direct)
        keep(s, (uint32_t)row, symbol);
    bool is_own = esi < s->K && row == esi; /* an extra row may have a repair symbol's number */
    int status = is_own && (s->kept || s->direct) ? add_own(s, own, esi, symbol, worker) : RQ_OK;
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

/* The names of group `index`: how many, and which of the block's is the first. */
static int group_names(const scan *c, size_t index, digest listed[DECODE_GROUP_MOST],
                       uint64_t *first, uint32_t *names)
{
    const decode_block *b = c->source->block;
    rq_error error;
    *first = c->first + index * c->group;
    uint64_t left = c->first + c->count - *first;
    *names = left < c->group ? (uint32_t)left : c->group;
    int status = spool_read(b->names, (b->first_name + *first) * sizeof *listed, (uint8_t *)listed,
                            *names * sizeof *listed, &error);
    return status == RQ_OK ? RQ_OK : job_fail(b->job, &error);
}

/* Not all source symbols are there and in order, so there must be a window. */
static void leave(decode_source *s)
{
    platform_mutex_lock(&s->block->job->mutex);
    s->leave = true;
    platform_mutex_unlock(&s->block->job->mutex);
}

/* Without it, too: others may be enough. */
static store_found no_look(decode_source *s)
{
    platform_mutex_lock(&s->block->job->mutex);
    s->shortage = true;
    platform_mutex_unlock(&s->block->job->mutex);
    return STORE_MISSING;
}

static int scan_task(void *context, size_t index, uint32_t worker)
{
    const scan *c = context;
    decode_source *s = c->source;
    const decode_block *b = s->block;
    if (enough(s))
        return RQ_OK;
    uint64_t first;
    uint32_t names, read = 0, looked = 0, good = 0, missing = 0;
    size_t size = (size_t)b->oti.T + RQ_PAYLOAD_ID_SIZE, stride = shape_row_stride(b->oti.T);
    digest listed[DECODE_GROUP_MOST], found[DECODE_GROUP_MOST];
    uint32_t which[DECODE_GROUP_MOST];
    bool fresh[DECODE_GROUP_MOST]; /* not counted before */
    decode_own own = {0};
    uint8_t *packets = s->buffers[worker] + SHAPE_ROW_ID;
    int status = group_names(c, index, listed, &first, &names);
    if (status != RQ_OK)
        return status;
    for (uint32_t i = 0; i < names; i++) {
        uint16_t *state = &b->name_states[first + i];
        if (*state != NAME_UNKNOWN && *state != NAME_OF_BLOCK + s->sbn)
            continue;
        fresh[read] = *state == NAME_UNKNOWN;
        looked += fresh[read];
        *state = NAME_DONE;
        store_found there =
            b->store->get(b->store, b->block_id, &listed[i], packets + read * stride, size);
        there = there == STORE_UNKNOWN ? no_look(s) : there;
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
        status = enter(s, packets + i * stride, (uint32_t)(first + which[i]), &own, worker);
    }
    /* All of them in a run, or something is lost or in no order. */
    if (s->direct && own.run.count < names)
        leave(s);
    if (status == RQ_OK && own.run.count > 0)
        status = write_own(s, &own, worker);
    count(c, good, looked - good - missing, missing);
    return status;
}

uint32_t decode_buffer(const rq_oti *oti)
{
    uint64_t narrowest = (uint64_t)rfc6330_sub_blocks(oti).IS * oti->Al;
    uint64_t group = (DECODE_GOOD_RUN + narrowest - 1) / narrowest;
    group = group < DECODE_GROUP_MOST ? group : DECODE_GROUP_MOST;
    uint32_t bytes = (uint32_t)(group * shape_row_stride(oti->T));
    return (bytes > DECODE_GROUP_BYTES ? bytes : DECODE_GROUP_BYTES) + DECODE_ROOM;
}

uint32_t decode_group(const decode_source *s)
{
    size_t buffer = s->shape.worker_buffer;
    size_t bytes = buffer > 2 * DECODE_ROOM ? buffer - DECODE_ROOM : buffer;
    size_t group = bytes / shape_row_stride(s->block->oti.T);
    group = group > 0 ? group : 1;
    return group < DECODE_GROUP_MOST ? (uint32_t)group : DECODE_GROUP_MOST;
}

static int scan_range(decode_source *s, uint64_t first, uint64_t count_, bool own)
{
    scan c = {s, first, count_, decode_group(s), own};
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

/* Looks whether the names of a group are there at all: one that is not costs more the later it is
 * found out. */
static int look_task(void *context, size_t index, uint32_t worker)
{
    const scan *c = context;
    decode_source *s = c->source;
    const decode_block *b = s->block;
    uint64_t first;
    uint32_t names;
    digest listed[DECODE_GROUP_MOST];
    (void)worker;
    if (enough(s))
        return RQ_OK;
    int status = group_names(c, index, listed, &first, &names);
    if (status != RQ_OK)
        return status;
    size_t size = (size_t)b->oti.T + RQ_PAYLOAD_ID_SIZE;
    for (uint32_t i = 0; i < names; i++) {
        if (!b->store->has(b->store, b->block_id, &listed[i], size)) {
            leave(s);
            break;
        }
    }
    return RQ_OK;
}

/* The first K names of the source block should be its source symbols. */
static int scan_directly(decode_source *s, uint64_t first)
{
    scan c = {s, first, s->K, DECODE_GROUP_MOST, true};
    size_t tasks = (s->K + c.group - 1) / c.group;
    int status = crew_run(s->block->job->crew, tasks, look_task, &c);
    if (status == RQ_OK && !s->leave && decode_direct_begin(s))
        status = scan_range(s, first, s->K, true);
    return status == RQ_OK && s->rows.filled < s->K ? decode_direct_leave(s) : status;
}

int decode_scan(decode_source *s)
{
    uint64_t first, count_, all = s->block->name_count;
    int status = RQ_OK;
    own_range(s, &first, &count_);
    if (s->direct)
        status = scan_directly(s, first);
    /* Its source symbols by themselves: a repair symbol read meanwhile could take a row of one. */
    uint64_t sources = count_ < s->K ? count_ : s->K;
    if (status == RQ_OK && !enough(s))
        status = scan_range(s, first, sources, true);
    if (status == RQ_OK && !enough(s))
        status = scan_range(s, first + sources, count_ - sources, true);
    if (status == RQ_OK && !enough(s))
        status = scan_range(s, 0, first, false);
    if (status == RQ_OK && !enough(s))
        status = scan_range(s, first + count_, all - first - count_, false);
    return status;
}
