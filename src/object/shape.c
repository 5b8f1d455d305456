#include "object/shape.h"

#include "codec/execute.h"
#include "digest/digest.h"
#include "object/job.h"
#include "plan/plan.h"

enum {
    FIXED = 192 * 1024, /* layout, store, names of a run, odds and ends */
    OUTPUT_SIZE = CODEC_OUTPUT_SIZE,
    ROW_SIZE = 32,            /* decode: what is known of a row, with room to look it up */
    LEAST_BUFFER = 64 * 1024, /* per worker */
    USUAL_BUFFER = MEMORY_HUGE_PAGE,
    LEAST_BATCH = 1024,
    NARROWEST = 64,
};

/* Planning comes first and gives back all but the plan before there are workspaces; a decoder makes
 * its outputs while it still has all of that. The first worker is the caller's thread. */
typedef struct phases {
    uint64_t always;   /* with planning and with solving */
    uint64_t planning; /* until there is a plan */
    uint64_t solving;  /* the plan, too */
} phases;

static phases phases_of(const shape_work *work, const rfc6330_code *code, const shape *s)
{
    uint64_t workspace = memory_whole(plan_rows(code) * s->strip_width) +
                         (uint64_t)(code->K_prime + work->extra_rows) * sizeof(void *);
    return (phases){.always = FIXED + (uint64_t)s->workers * s->worker_buffer +
                              (s->workers - 1) * job_thread_memory(),
                    .planning = plan_memory(work->K),
                    .solving = plan_kept_memory(work->K) + s->workers * workspace};
}

/* All of it, if the data (windows, batches, what is known of them) take so much. Only a decoder has
 * its data before it plans. */
static uint64_t all_memory(const shape_work *work, const phases *p, uint64_t data)
{
    uint64_t planning = p->planning + (work->decode ? data : 0), solving = p->solving + data;
    return p->always + (planning > solving ? planning : solving);
}

/* What is left of memory for the data; 0 is too little for anything. */
static uint64_t data_room(const shape_work *work, const phases *p, uint64_t memory)
{
    uint64_t without = all_memory(work, p, 0);
    if (without > memory)
        return 0;
    return work->decode ? memory - without : memory - p->always - p->solving;
}

static uint32_t least_buffer(const shape_work *work)
{
    size_t row = shape_row_stride(work->oti.T);
    return row > LEAST_BUFFER ? (uint32_t)row : LEAST_BUFFER;
}

/* The buffer that is wished for, unless it is more than there are symbols. */
static uint32_t good_buffer(const shape_work *work, uint32_t wish)
{
    uint64_t all = (uint64_t)shape_row_stride(work->oti.T) * (work->K + work->repairs);
    uint32_t least = least_buffer(work);
    return all < least || wish < least ? least : all < wish ? (uint32_t)all : wish;
}

static uint32_t least_columns(const shape_work *work)
{
    return work->oti.T < NARROWEST ? work->oti.T : NARROWEST;
}

/* A window of so many columns. */
static uint64_t window_memory(const shape_work *work, uint64_t columns)
{
    if (work->decode)
        return memory_whole(work->K * columns) + work->extra_rows * columns;
    return memory_whole((work->K + work->extra_rows) * columns);
}

/* The columns of a large window that takes no more than room. At the least `least`, or 0 where that
 * does not fit. */
static uint64_t window_within(const shape_work *work, uint64_t room, uint64_t least)
{
    uint64_t columns = room / (work->K + work->extra_rows);
    columns = columns < work->oti.T ? columns : work->oti.T;
    while (columns > least && window_memory(work, columns) > room)
        columns = columns - columns / 16 - 1 > least ? columns - columns / 16 - 1 : least;
    return columns >= least && window_memory(work, columns) <= room ? columns : 0;
}

/* Fills in what memory a candidate needs and gives the rest to the window; false if it is too much.
 */
static bool fit_window(const shape_work *work, const rfc6330_code *code, uint64_t memory,
                       uint64_t rows_memory, uint32_t least, shape *s)
{
    phases p = phases_of(work, code, s);
    uint64_t room = data_room(work, &p, memory);
    uint64_t columns = room < rows_memory ? 0 : window_within(work, room - rows_memory, least);
    if (columns == 0)
        return false;
    s->window_columns = (uint32_t)columns;
    s->memory = all_memory(work, &p, rows_memory + window_memory(work, columns));
    return true;
}

bool shape_by_chunks(const shape_work *work)
{
    enum { ENOUGH = 8 };
    uint64_t size = (uint64_t)work->oti.T + RQ_PAYLOAD_ID_SIZE;
    return work->names_only && digest_by_chunks(size) && digest_chunks(size) >= ENOUGH;
}

/* What so many repair symbols take: their descriptions, and the symbols in one piece; by chunks, a
 * piece for all values and a chunk of each with each worker. */
static uint64_t batch_memory(const shape_work *work, const shape *s, uint64_t symbols)
{
    uint64_t size = (uint64_t)work->oti.T + RQ_PAYLOAD_ID_SIZE, described = symbols * OUTPUT_SIZE;
    if (s->by_chunks)
        return described + memory_whole(symbols * digest_chunks(size) * sizeof(digest)) +
               s->workers * memory_whole(symbols * DIGEST_CHUNK);
    codec_strips strips = codec_strips_of(&work->oti, s->strip_width);
    return described + memory_whole(symbols * codec_padded_size(&strips));
}

/* Sets the batch: all repair symbols in as few batches of like size as fit in room. Solving anew
 * costs less than fresh memory for more than half as much again as the source. False where a batch
 * would not be worth a solve. */
static bool fit_batch(const shape_work *work, uint64_t room, shape *s)
{
    enum { LITTLE = 16 * 1024 * 1024 };
    uint64_t repairs = work->repairs, row = batch_memory(work, s, 1);
    uint64_t worth = work->K + work->K / 2;
    worth = worth * row > LITTLE ? worth : LITTLE / row + 1;
    uint64_t batches = s->by_chunks || repairs < worth ? 1 : (repairs + worth - 1) / worth;
    for (; batches == 1 || repairs / batches > work->K / 4; batches += batches / 16 + 1) {
        s->batch = (repairs + batches - 1) / batches;
        if (batch_memory(work, s, s->batch) <= room)
            return true;
    }
    return false;
}

/* Everything in memory: the source block and a batch of repair symbols. */
static bool encode_in_memory(const shape_work *work, const rfc6330_code *code, uint64_t memory,
                             uint32_t least, shape *s)
{
    phases p = phases_of(work, code, s);
    uint64_t room = data_room(work, &p, memory), window = window_memory(work, work->oti.T);
    (void)least;
    s->by_chunks = shape_by_chunks(work);
    s->staged = false;
    s->window_columns = work->oti.T;
    if (window > room || !fit_batch(work, room - window, s))
        return false;
    s->memory = all_memory(work, &p, window + batch_memory(work, s, s->batch));
    return true;
}

/* At most an eighth is for the outputs' descriptions. */
static uint64_t best_batch(const shape_work *work, uint64_t memory)
{
    uint64_t most = memory / 8 / OUTPUT_SIZE;
    return most < work->repairs ? most : work->repairs;
}

static bool encode_staged(const shape_work *work, const rfc6330_code *code, uint64_t memory,
                          uint32_t least, shape *s)
{
    s->staged = true;
    s->by_chunks = false;
    s->batch = best_batch(work, memory);
    return fit_window(work, code, memory, s->batch * OUTPUT_SIZE, least, s);
}

/* The last resort, for each batch is a pass over all the data. */
static bool encode_in_passes(const shape_work *work, const rfc6330_code *code, uint64_t memory,
                             uint32_t least, shape *s)
{
    uint64_t fewest = LEAST_BATCH < work->repairs ? LEAST_BATCH : work->repairs;
    s->staged = true;
    s->by_chunks = false;
    for (s->batch = best_batch(work, memory); s->batch > fewest; s->batch /= 2) {
        if (fit_window(work, code, memory, s->batch * OUTPUT_SIZE, least, s))
            return true;
    }
    s->batch = fewest;
    return fit_window(work, code, memory, s->batch * OUTPUT_SIZE, least, s);
}

/* The widest sub-symbol, or as much of it as a strip has. */
static uint32_t sub_block_columns(const shape_work *work)
{
    return rfc6330_sub_blocks(&work->oti).IL * work->oti.Al;
}

typedef bool (*try_shape)(const shape_work *work, const rfc6330_code *code, uint64_t memory,
                          uint32_t least, shape *s);

/* Gives up large buffers, then threads, then strip width, until the candidate fits. */
static bool narrow_until_it_fits(try_shape attempt, const shape_work *work,
                                 const rfc6330_code *code, uint64_t memory, uint32_t least,
                                 shape *s)
{
    const uint32_t buffers[] = {work->buffer, USUAL_BUFFER, 0};
    uint32_t best = codec_strip_width(work->K), whole = (uint32_t)codec_stride(work->oti.T);
    for (uint32_t width = best < whole ? best : whole; width >= NARROWEST; width /= 2) {
        for (uint32_t workers = work->workers; workers >= 1; workers--) {
            s->strip_width = width / NARROWEST * NARROWEST;
            s->workers = workers;
            uint32_t columns = least > s->strip_width ? least : s->strip_width;
            columns = columns < work->oti.T ? columns : work->oti.T;
            for (size_t i = work->buffer == 0; i < sizeof buffers / sizeof *buffers; i++) {
                s->worker_buffer = good_buffer(work, buffers[i]);
                if (attempt(work, code, memory, columns, s))
                    return true;
            }
        }
    }
    return false;
}

bool shape_encode(const shape_work *work, uint64_t memory, shape *s)
{
    rfc6330_code code;
    if (!rfc6330_code_for(work->K, &code))
        return false;
    *s = (shape){0};
    /* A whole sub-block in memory keeps reading in order; less is possible. */
    return narrow_until_it_fits(encode_in_memory, work, &code, memory, 0, s) ||
           narrow_until_it_fits(encode_staged, work, &code, memory, sub_block_columns(work), s) ||
           narrow_until_it_fits(encode_staged, work, &code, memory, 0, s) ||
           narrow_until_it_fits(encode_in_passes, work, &code, memory, 0, s);
}

static bool decode_windows(const shape_work *work, const rfc6330_code *code, uint64_t memory,
                           uint32_t least, shape *s)
{
    /* Outputs for up to K lost rows, and what is known of each row. */
    uint64_t rows = (uint64_t)(work->K + work->extra_rows) * (OUTPUT_SIZE + ROW_SIZE);
    return fit_window(work, code, memory, rows, least, s);
}

bool shape_decode(const shape_work *work, uint64_t memory, shape *s)
{
    rfc6330_code code;
    if (!rfc6330_code_for(work->K, &code))
        return false;
    *s = (shape){0};
    /* One window keeps all symbols that were read; whole sub-blocks are written in order. */
    return narrow_until_it_fits(decode_windows, work, &code, memory, work->oti.T, s) ||
           narrow_until_it_fits(decode_windows, work, &code, memory, sub_block_columns(work), s) ||
           narrow_until_it_fits(decode_windows, work, &code, memory, 0, s);
}

uint64_t shape_encode_smallest(const shape_work *work)
{
    rfc6330_code code;
    if (!rfc6330_code_for(work->K, &code))
        return UINT64_MAX;
    uint64_t batch = work->repairs < LEAST_BATCH ? work->repairs : LEAST_BATCH;
    shape s = {.workers = 1, .strip_width = NARROWEST, .worker_buffer = least_buffer(work)};
    phases p = phases_of(work, &code, &s);
    return all_memory(work, &p, batch * OUTPUT_SIZE + window_memory(work, least_columns(work)));
}

uint64_t shape_encode_comfortable(const shape_work *work)
{
    shape s;
    return shape_encode(work, UINT64_MAX / 4, &s) ? s.memory : UINT64_MAX;
}

uint64_t shape_decode_smallest(const shape_work *work)
{
    rfc6330_code code;
    if (!rfc6330_code_for(work->K, &code))
        return UINT64_MAX;
    uint64_t rows = work->K + work->extra_rows;
    shape s = {.workers = 1, .strip_width = NARROWEST, .worker_buffer = least_buffer(work)};
    phases p = phases_of(work, &code, &s);
    return all_memory(work, &p,
                      rows * (OUTPUT_SIZE + ROW_SIZE) + window_memory(work, least_columns(work)));
}

uint64_t shape_decode_comfortable(const shape_work *work)
{
    shape s;
    return shape_decode(work, UINT64_MAX / 4, &s) ? s.memory : UINT64_MAX;
}
