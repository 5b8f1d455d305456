#include "object/check_block.h"

#include "codec/execute.h"
#include "object/mend.h"

enum { FIXED = 192 * 1024 }; /* layout, store, odds and ends */

/* While it runs. */
typedef struct checking {
    const check_block *block;
    job *job;
    examination found;
    rq_health health;
    wanted wanted;   /* of a repair that has something to do */
    rq_error reason; /* why not all is well after a repair */
} checking;

/* ---- memory ---- */

uint64_t check_block_units(const rq_oti *oti, uint64_t names, bool repair)
{
    return (names + (repair ? rfc6330_Kt(oti) : 0)) * oti->T;
}

static uint64_t least_buffer(const rq_oti *oti)
{
    uint64_t row = shape_row_stride(oti->T);
    return row > EXAMINE_BUFFER / 4 ? row : EXAMINE_BUFFER / 4;
}

static shape_work mend_work(const rq_oti *oti, uint32_t K, uint64_t symbols, uint32_t workers)
{
    return (shape_work){.oti = *oti,
                        .K = K,
                        .repairs = symbols,
                        .extra_rows = CHOICE_EXTRA_INPUTS,
                        .workers = workers};
}

void check_block_memory(const rq_oti *oti, uint64_t names, uint32_t threads, bool repair,
                        uint64_t *smallest, uint64_t *comfortable)
{
    rfc6330_partition blocks = rfc6330_source_blocks(oti);
    uint64_t list = names * sizeof(uint64_t), planning = plan_memory(blocks.IL);
    uint64_t choosing = choose_memory(blocks.IL) + FIXED;
    uint64_t worker = EXAMINE_BUFFER + job_thread_memory();
    *smallest = least_buffer(oti) > planning ? least_buffer(oti) : planning;
    *comfortable = threads * worker > planning ? threads * worker : planning;
    if (repair) {
        /* Of what is listed as many must be good as there are source symbols. */
        uint64_t Kt = rfc6330_Kt(oti), lost = names > Kt ? names - Kt : 0;
        shape_work work = mend_work(oti, blocks.IL, (lost + oti->Z - 1) / oti->Z, threads);
        uint64_t least = shape_encode_smallest(&work), best = shape_encode_comfortable(&work);
        /* A batch is worth reading all symbols once more. */
        least += (uint64_t)blocks.IL * CODEC_OUTPUT_SIZE;
        *smallest = least > *smallest ? least : *smallest;
        *comfortable = best > *comfortable ? best : *comfortable;
        list += names * (sizeof(uint32_t) + WANTED_MEMORY);
    }
    *smallest += list + choosing;
    *comfortable += list + choosing;
}

/* ---- what there is ---- */

static int examine_block(checking *c)
{
    job *j = c->job;
    const rq_oti *oti = &c->found.oti;
    uint64_t available = job_available(j), least = least_buffer(oti);
    uint32_t workers = j->workers;
    while (workers > 1 && workers * (least + job_thread_memory()) > available)
        workers--;
    uint64_t size = available / 2 / workers;
    size = size < least ? least : size > EXAMINE_BUFFER ? EXAMINE_BUFFER : size;
    size = size < shape_row_stride(oti->T) ? shape_row_stride(oti->T) : size;
    buffers buffers;
    int status = buffers_make(&buffers, workers, (size_t)size, j->allocator)
                     ? RQ_OK
                     : job_fail_memory(j, "the symbols being read");
    crew_use(j->crew, workers);
    if (status == RQ_OK)
        status = examine(&c->found, &buffers);
    buffers_free(&buffers);
    return status;
}

static void tally(checking *c, const choice *choice)
{
    c->health.symbols_needed += choice->K;
    c->health.symbols_good += choice->distinct;
    c->health.symbols_useless += choice->count - choice->distinct;
    c->health.symbols_lacking += choice->lacking;
    if (choice->lacking == 0)
        c->health.symbols_spare += choice->distinct - choice->K;
}

/* ---- which symbols to make ---- */

/* The ESIs from `from` to `to` - 1 that no good symbol of the source block has, at most `most`.
 * Into esis, or where that is NULL only counted. */
static size_t lost_esis(const examination *x, uint32_t sbn, uint32_t from, uint32_t to, size_t most,
                        uint32_t *esis)
{
    size_t at = examine_lower_bound(x, sbn << 24 | from), count = 0;
    for (uint32_t esi = from; esi < to && count < most; esi++) {
        while (at < x->good && finding_what(x->findings[at]) < (sbn << 24 | esi))
            at++;
        if (at < x->good && finding_what(x->findings[at]) == (sbn << 24 | esi))
            continue;
        if (esis)
            esis[count] = esi;
        count++;
    }
    return count;
}

/* One more than the last ESI of a source block in a layout of ours: the source symbols, and of the
 * others as many for each source block. */
static uint32_t listed_end(const examination *x, uint32_t K)
{
    uint64_t Kt = rfc6330_Kt(&x->oti), Z = x->oti.Z;
    uint64_t repairs = x->name_count > Kt ? (x->name_count - Kt + Z - 1) / Z : 0;
    return K + repairs <= RQ_MAX_ESI ? (uint32_t)(K + repairs) : RQ_MAX_ESI + 1u;
}

/* In a layout of another writer there may be further ones: as far as good symbols go, and then as
 * many as are wanted. */
static uint32_t farthest_end(const checking *c, uint32_t sbn)
{
    const examination *x = &c->found;
    size_t end = examine_lower_bound(x, (sbn + 1) << 24);
    if (end == 0 || finding_what(x->findings[end - 1]) >> 24 != sbn)
        return 0;
    uint64_t last = (finding_what(x->findings[end - 1]) & RQ_MAX_ESI) + UINT64_C(1);
    last += atomic_load(&c->wanted.left);
    return last <= RQ_MAX_ESI ? (uint32_t)last : RQ_MAX_ESI + 1u;
}

/* ---- making them ---- */

/* Some symbols of a source block to make. */
typedef struct range {
    uint32_t sbn, K;
    uint32_t from, to; /* ESIs */
    size_t most;       /* of those that there are not, 0 to make none */
} range;

static void too_few(checking *c, const range *r, const choice *choice)
{
    if (c->reason.code == RQ_OK)
        error_set(&c->reason, RQ_ERROR_DECODE,
                  "Too few good symbols for block %llu (source block %u): %lu needed, %lu found "
                  "good, %llu found damaged, %llu missing",
                  (unsigned long long)c->found.block_id, (unsigned)r->sbn,
                  (unsigned long)choice->distinct + choice->lacking,
                  (unsigned long)choice->distinct, (unsigned long long)c->found.damaged,
                  (unsigned long long)c->found.missing);
}

/* Fills in how the source's count symbols are made, and which they are. */
static int prepare(checking *c, const range *r, mend_source *source, uint32_t *esis)
{
    job *j = c->job;
    shape_work work = mend_work(&c->found.oti, r->K, source->count, j->workers);
    uint64_t available = job_available(j), choosing = choose_memory(r->K);
    if (!esis || available < choosing || !shape_encode(&work, available - choosing, &source->shape))
        return job_fail_memory(j, "a source block");
    lost_esis(&c->found, r->sbn, r->from, r->to, r->most, esis);
    source->esis = esis;
    return RQ_OK;
}

/* Chooses among what there is of a source block, and makes the symbols of the range. */
static int run_range(checking *c, const range *r, choice *choice, size_t *made)
{
    job *j = c->job;
    const check_block *b = c->block;
    mend_source source = {.examination = &c->found,
                          .wanted = &c->wanted,
                          .choice = choice,
                          .sbn = (uint8_t)r->sbn,
                          .scratch_dir = b->scratch_dir,
                          .dry_run = b->dry_run,
                          .obstacle = b->obstacle};
    size_t count = lost_esis(&c->found, r->sbn, r->from, r->to, r->most, NULL);
    uint32_t *esis = memory_allocate(j->allocator, count, sizeof *esis);
    source.count = *made = count;
    int status = count > 0 ? prepare(c, r, &source, esis) : RQ_OK;
    if (status == RQ_OK)
        status = choose(choice, &c->found, r->sbn, count > 0);
    if (status == RQ_OK && choice->lacking > 0)
        too_few(c, r, choice);
    else if (status == RQ_OK && count > 0)
        status = mend_source_run(&source);
    memory_release(j->allocator, esis, count, sizeof *esis);
    return status;
}

static range range_of(const checking *c, uint32_t sbn)
{
    rfc6330_partition blocks = rfc6330_source_blocks(&c->found.oti);
    return (range){.sbn = sbn, .K = rfc6330_partition_size(&blocks, sbn)};
}

static size_t wanted_left(checking *c)
{
    return atomic_load(&c->wanted.left);
}

/* All source blocks: counts what there is, and makes what a layout of ours lists. */
static int run_listed(checking *c)
{
    int status = RQ_OK;
    for (uint32_t sbn = 0; sbn < c->found.oti.Z && status == RQ_OK; sbn++) {
        range r = range_of(c, sbn);
        choice choice = {0};
        size_t made;
        r.to = listed_end(&c->found, r.K);
        r.most = wanted_left(c) > 0 ? SIZE_MAX : 0;
        status = run_range(c, &r, &choice, &made);
        if (status == RQ_OK)
            tally(c, &choice);
        if (status == RQ_OK && c->block->repair && (made == 0 || choice.lacking > 0))
            status = job_progress(c->job, (uint64_t)r.K * c->found.oti.T);
        choice_free(&choice, &c->found);
    }
    return status;
}

/* What is still wanted then may be further on. To end in a time that the layout's length bounds, no
 * more symbols are made than it lists. */
static int run_farther(checking *c)
{
    size_t most = (size_t)c->found.name_count;
    int status = RQ_OK;
    for (uint32_t sbn = 0; sbn < c->found.oti.Z && status == RQ_OK; sbn++) {
        range r = range_of(c, sbn);
        choice choice = {0};
        size_t made;
        if (wanted_left(c) == 0 || most == 0)
            break;
        r.from = listed_end(&c->found, r.K);
        r.to = farthest_end(c, sbn);
        r.most = most;
        status = r.from < r.to ? run_range(c, &r, &choice, &made) : RQ_OK;
        most -= r.from < r.to ? made : 0;
        choice_free(&choice, &c->found);
    }
    return status;
}

/* Why some symbols are still wanted, unless something has been in the way. */
static int give_reason(checking *c)
{
    char text[DIGEST_NAME_SIZE];
    digest name;
    if (c->reason.code != RQ_OK || c->block->obstacle->code != RQ_OK)
        return RQ_OK;
    int status = wanted_example(&c->wanted, &name);
    if (status != RQ_OK)
        return status;
    digest_name(&name, text);
    error_set(&c->reason, RQ_ERROR_DECODE,
              "block %llu: %llu listed symbols, such as %s, are none that its data has",
              (unsigned long long)c->found.block_id, (unsigned long long)wanted_left(c), text);
    return RQ_OK;
}

static int run_repair(checking *c)
{
    if (c->block->closed)
        return job_fail(c->job, c->block->closed);
    int status = wanted_begin(&c->wanted, &c->found);
    if (status != RQ_OK)
        return status;
    status = run_listed(c);
    if (status == RQ_OK && wanted_left(c) > 0)
        status = run_farther(c);
    if (status == RQ_OK && wanted_left(c) > 0)
        status = give_reason(c);
    c->health.symbols_mended = c->wanted.count - wanted_left(c);
    wanted_end(&c->wanted, &c->found);
    return status;
}

/* ---- telling ---- */

static int tell_symbol(const checking *c, uint64_t finding)
{
    const rq_observer *observer = c->job->settings->observer;
    uint32_t what = finding_what(finding);
    int state = what == FOUND_DAMAGED   ? RQ_SYMBOL_DAMAGED
                : what == FOUND_MISSING ? RQ_SYMBOL_MISSING
                                        : RQ_SYMBOL_MENDED;
    char text[DIGEST_NAME_SIZE];
    digest name;
    int status = examine_name(&c->found, finding_place(finding), &name);
    if (status != RQ_OK)
        return status;
    digest_name(&name, text);
    if (observer->symbol(observer->context, c->found.block_id, text, state) == 0)
        return RQ_OK;
    return job_cancel(c->job);
}

static int tell(checking *c)
{
    const rq_observer *observer = c->job->settings->observer;
    const examination *x = &c->found;
    int status = RQ_OK;
    if (observer && observer->block && observer->block(observer->context, &c->health) != 0)
        status = job_cancel(c->job);
    for (size_t i = x->good + x->useless;
         observer && observer->symbol && i < x->name_count && status == RQ_OK; i++)
        status = tell_symbol(c, x->findings[i]);
    return status;
}

static void add_to_sum(const checking *c)
{
    rq_health *sum = c->block->sum;
    const rq_health *h = &c->health;
    sum->blocks += h->blocks;
    sum->blocks_lost += h->blocks_lost;
    sum->symbols_listed += h->symbols_listed;
    sum->symbols_needed += h->symbols_needed;
    sum->symbols_good += h->symbols_good;
    sum->symbols_useless += h->symbols_useless;
    sum->symbols_damaged += h->symbols_damaged;
    sum->symbols_missing += h->symbols_missing;
    sum->symbols_mended += h->symbols_mended;
    sum->symbols_spare += h->symbols_spare;
    sum->symbols_lacking += h->symbols_lacking;
}

/* ---- the order of things ---- */

static int run(checking *c)
{
    int status = examine_block(c);
    bool wanting = c->found.damaged + c->found.missing > 0;
    if (status == RQ_OK)
        status = c->block->repair && wanting ? run_repair(c) : run_listed(c);
    if (status != RQ_OK)
        return status;
    /* A block can be lost though all symbols that a layout lists are there. */
    rq_error *obstacle = c->block->obstacle;
    if (c->block->repair && obstacle->code == RQ_OK)
        *obstacle = c->reason;
    c->health.blocks_lost = c->health.symbols_lacking > 0;
    c->health.symbols_useless += c->found.useless;
    c->health.symbols_damaged = c->found.damaged;
    c->health.symbols_missing = c->found.missing;
    add_to_sum(c);
    return tell(c);
}

int check_block_run(const check_block *b)
{
    const layout_block *listed = &b->listed->block;
    const rq_allocator *a = b->job->allocator;
    checking c = {.block = b, .job = b->job};
    c.found = (examination){.job = b->job,
                            .store = b->store,
                            .names = b->names,
                            .block_id = listed->block_id,
                            .first_name = b->listed->first_name,
                            .name_count = listed->symbols_count,
                            .oti = b->listed->oti};
    rq_health_init(&c.health);
    c.health.block_id = listed->block_id;
    c.health.blocks = 1;
    c.health.symbols_listed = listed->symbols_count;
    atomic_init(&c.wanted.left, 0);
    if (listed->symbols_count <= FINDING_PLACES)
        c.found.findings =
            memory_allocate(a, (size_t)listed->symbols_count, sizeof *c.found.findings);
    int status = c.found.findings ? run(&c) : job_fail_memory(b->job, "the list of symbols");
    memory_release(a, c.found.findings, (size_t)listed->symbols_count, sizeof *c.found.findings);
    return status;
}
