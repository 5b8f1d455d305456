/* The order of things, for one source block: scan until K rows are filled; plan, and if the symbols
 * depend on each other scan for more; then window by window load (unless all was kept), solve, hash
 * and write. */
#include "object/decode_source.h"

#include <string.h>

enum { LOAD_ROWS = 64 };

/* ---- planning ---- */

static uint32_t count_lost(const decode_rows *rows)
{
    uint32_t lost = 0;
    for (uint32_t r = 0; r < rows->K; r++)
        lost += rows->esi[r] != r;
    return lost;
}

static int too_few(decode_source *s, uint32_t needed)
{
    const decode_block *b = s->block;
    rq_error error;
    unsigned long long id = b->block_id;
    if (s->shortage)
        return job_fail_shortage(b->job, b->block_id);
    if (s->rows.filled == 0 && s->damaged == 0)
        error_set(&error, RQ_ERROR_DECODE, "None of the symbols for block %llu could be found", id);
    else
        error_set(&error, RQ_ERROR_DECODE,
                  "Too few good symbols for block %llu (source block %u): %lu needed, %lu found "
                  "good, %llu found damaged, %llu missing",
                  id, (unsigned)s->sbn, (unsigned long)needed, (unsigned long)s->rows.filled,
                  (unsigned long long)s->damaged, (unsigned long long)s->missing);
    return job_fail(b->job, &error);
}

/* How to recover from the rows as they are. RQ_ERROR_DECODE: *missing more symbols are needed. */
static int make_recovery(decode_source *s, uint32_t lost_count, uint32_t *missing)
{
    const rq_allocator *a = s->block->job->allocator;
    const decode_rows *rows = &s->rows;
    plan_watch watch = job_watch(s->block->job);
    uint32_t filled = 0, lost_at = 0;
    uint32_t *esis = memory_allocate(a, rows->filled, sizeof *esis);
    uint32_t *lost = memory_allocate(a, lost_count, sizeof *lost);
    memory_release(a, s->filled_rows, s->filled_count, sizeof *s->filled_rows);
    s->filled_count = rows->filled;
    s->filled_rows = memory_allocate(a, s->filled_count, sizeof *s->filled_rows);
    int status = RQ_ERROR_MEMORY;
    if (esis && lost && s->filled_rows) {
        for (uint32_t r = 0; r < rows->capacity; r++) {
            if (rows->esi[r] != DECODE_NO_ESI) {
                s->filled_rows[filled] = r;
                esis[filled++] = rows->esi[r];
            }
            if (r < s->K && rows->esi[r] != r)
                lost[lost_at++] = r;
        }
        status = codec_recovery_make(&s->recovery, s->K, esis, filled, lost, lost_count, a, &watch,
                                     missing);
        s->lost = status == RQ_OK;
        if (!s->lost)
            codec_recovery_free(&s->recovery);
    }
    memory_release(a, esis, rows->filled, sizeof *esis);
    memory_release(a, lost, lost_count, sizeof *lost);
    return status;
}

/* K symbols nearly always do; where they depend on each other, some more. Their number doubles, so
 * that symbols chosen in malice are not planned with one by one; the last attempt is with all. */
static int scan_and_plan(decode_source *s)
{
    job *j = s->block->job;
    uint32_t needed = s->wanted = s->K;
    for (;;) {
        uint32_t missing;
        int status = decode_scan(s);
        if (status != RQ_OK)
            return status;
        if (s->rows.filled < needed)
            return too_few(s, needed);
        uint32_t lost = count_lost(&s->rows), extra = s->rows.filled - s->K;
        if (lost == 0)
            return RQ_OK;
        status = make_recovery(s, lost, &missing);
        if (status == RQ_OK || status == RQ_ERROR_CANCELLED)
            return status;
        if (status != RQ_ERROR_DECODE)
            return job_fail_memory(j, "the plan of a source block");
        needed = s->rows.filled + missing;
        s->wanted = s->rows.filled + (extra > missing ? extra : missing);
    }
}

/* ---- loading a window that was not kept ---- */

/* The window's columns of a symbol that was good when it was read before. If it has changed since,
 * the block's hash tells; where there is none, the whole symbol is checked again. NULL if it has.
 */
static const uint8_t *read_columns(const decode_source *s, const digest *name, uint8_t *buffer)
{
    const decode_block *b = s->block;
    uint64_t at = (uint64_t)RQ_PAYLOAD_ID_SIZE + s->window.start;
    size_t size = (size_t)RQ_PAYLOAD_ID_SIZE + b->oti.T;
    digest found;
    if (b->has_hash)
        return b->store->get_range(b->store, b->block_id, name, at, buffer, s->window.columns) ==
                       STORE_GOOD
                   ? buffer
                   : NULL;
    if (b->store->get(b->store, b->block_id, name, buffer, size) != STORE_GOOD)
        return NULL;
    digest_of(buffer, size, &found);
    return digest_equal(&found, name) ? buffer + at : NULL;
}

/* Row by row of the K, then of the extra ones: as many as have symbols. */
static int load_row(decode_source *s, uint32_t row, uint8_t *buffer)
{
    const decode_block *b = s->block;
    rq_error error;
    digest name;
    int status = spool_read(b->names, (b->first_name + s->rows.name[row]) * sizeof name,
                            (uint8_t *)&name, sizeof name, &error);
    if (status != RQ_OK)
        return job_fail(b->job, &error);
    const uint8_t *columns = read_columns(s, &name, buffer);
    if (!columns) {
        char text[DIGEST_NAME_SIZE];
        digest_name(&name, text);
        error_set(&error, RQ_ERROR_DECODE,
                  "symbol %s of block %llu changed while it was being used; try again", text,
                  (unsigned long long)b->block_id);
        return job_fail(b->job, &error);
    }
    if (row >= s->K)
        memcpy(s->rows.extra[row - s->K], columns, s->window.columns);
    for (uint32_t i = 0; row < s->K && i < s->window.strip_count; i++) {
        codec_strip strip = codec_strip_at(&s->strips, s->window.first_strip + i);
        window_place place = window_place_of(&s->window, &strip, s->K);
        memcpy(s->window_data + place.offset + (size_t)row * place.stride,
               columns + strip.sub_start + strip.column - s->window.start, strip.width);
    }
    return RQ_OK;
}

static int load_task(void *context, size_t index, uint32_t worker)
{
    decode_source *s = context;
    uint32_t first = (uint32_t)index * LOAD_ROWS, last = first + LOAD_ROWS;
    int status = RQ_OK;
    for (uint32_t r = first; r < last && r < s->rows.capacity && status == RQ_OK; r++) {
        if (s->rows.esi[r] != DECODE_NO_ESI)
            status = load_row(s, r, s->buffers[worker]);
    }
    return status;
}

/* ---- solving ---- */

/* Where the strip of an extra row is: kept rows are whole symbols, loaded ones the window's part.
 */
static const uint8_t *extra_row(const decode_source *s, const codec_strip *strip, uint32_t row)
{
    uint32_t column = strip->sub_start + strip->column;
    return s->rows.extra[row - s->K] + (s->kept ? column : column - s->window.start);
}

static int solve_task(void *context, size_t index, uint32_t worker)
{
    decode_source *s = context;
    codec_strip strip = codec_strip_at(&s->strips, s->window.first_strip + (uint32_t)index);
    window_place place = window_place_of(&s->window, &strip, s->K);
    const uint8_t **inputs = s->inputs[worker];
    uint8_t *base = s->window_data + place.offset;
    for (uint32_t i = 0; i < s->recovery.input_count; i++) {
        uint32_t from = s->recovery.input_of[i];
        if (from == CODEC_NOTHING) {
            inputs[i] = NULL;
            continue;
        }
        uint32_t row = s->filled_rows[from];
        inputs[i] = row < s->K ? base + (size_t)row * place.stride : extra_row(s, &strip, row);
    }
    codec_recovery_run(&s->recovery, inputs, 0, strip.width, s->workspaces[worker], base,
                       place.stride);
    return RQ_OK;
}

/* Room to solve with: for as many workers as there is memory, at least one. */
static bool prepare_solving(decode_source *s)
{
    const rq_allocator *a = s->block->job->allocator;
    uint32_t input_count = s->recovery.input_count;
    s->workspaces = memory_allocate(a, s->shape.workers, sizeof *s->workspaces);
    s->inputs = memory_allocate(a, s->shape.workers, sizeof *s->inputs);
    if (!s->workspaces || !s->inputs)
        return false;
    s->workspace_size =
        (size_t)memory_whole(codec_recovery_workspace_size(&s->recovery, s->shape.strip_width));
    for (; s->solvers < s->shape.workers; s->solvers++) {
        uint8_t *workspace = memory_allocate(a, s->workspace_size, 1);
        const uint8_t **inputs = memory_allocate(a, input_count, sizeof *inputs);
        if (!workspace || !inputs) {
            memory_release(a, workspace, s->workspace_size, 1);
            memory_release(a, inputs, input_count, sizeof *inputs);
            break;
        }
        s->workspaces[s->solvers] = workspace;
        s->inputs[s->solvers] = inputs;
    }
    return s->solvers > 0;
}

/* ---- the order of things ---- */

static int run_window(decode_source *s)
{
    crew *crew = s->block->job->crew;
    int status = RQ_OK;
    if (!s->kept)
        status = crew_run(crew, (s->rows.capacity + LOAD_ROWS - 1) / LOAD_ROWS, load_task, s);
    if (status == RQ_OK && s->lost) {
        crew_use(crew, s->solvers);
        status = crew_run(crew, s->window.strip_count, solve_task, s);
        crew_use(crew, s->shape.workers);
    }
    *s->in_order &= s->window.whole;
    return status == RQ_OK ? decode_write_window(s) : status;
}

static int run_windows(decode_source *s)
{
    int status = RQ_OK;
    for (uint32_t strip = 0; strip < s->strips.count && status == RQ_OK;
         strip += s->window.strip_count) {
        s->window =
            window_at(&s->strips, strip, s->kept ? s->block->oti.T : s->shape.window_columns);
        status = run_window(s);
    }
    return status;
}

static uint32_t window_columns(const decode_source *s)
{
    uint32_t columns = s->shape.window_columns;
    columns = columns > s->shape.strip_width ? columns : s->shape.strip_width;
    return columns < s->block->oti.T ? columns : s->block->oti.T;
}

/* Where symbols go that are loaded window by window. */
static bool allocate_windows(decode_source *s)
{
    const rq_allocator *a = s->block->job->allocator;
    if (s->kept || s->direct)
        return true;
    s->window_size = (size_t)memory_whole((uint64_t)s->K * window_columns(s));
    s->window_data = memory_allocate(a, s->window_size, 1);
    for (uint32_t r = s->K; r < s->rows.filled; r++) {
        s->rows.extra[r - s->K] = memory_allocate(a, window_columns(s), 1);
        if (!s->rows.extra[r - s->K])
            return false;
    }
    return s->window_data != NULL;
}

bool decode_allocate_window(decode_source *s)
{
    s->window_size = (size_t)memory_whole((uint64_t)s->K * s->block->oti.T);
    s->window_data = memory_allocate(s->block->job->allocator, s->window_size, 1);
    return s->window_data != NULL;
}

static bool begin(decode_source *s)
{
    if (!decode_rows_begin(&s->rows, s->K, s->block->job->allocator))
        return false;
    s->kept = s->shape.window_columns >= s->block->oti.T;
    s->direct = decode_direct_may_be(s);
    return !s->kept || s->direct || decode_allocate_window(s);
}

static void end(decode_source *s)
{
    const rq_allocator *a = s->block->job->allocator;
    size_t row_size = s->kept ? s->block->oti.T : window_columns(s);
    for (uint32_t r = s->K; r < s->rows.capacity; r++)
        memory_release(a, s->rows.extra[r - s->K], row_size, 1);
    decode_rows_free(&s->rows, a);
    decode_direct_free(s);
    memory_release(a, s->window_data, s->window_size, 1);
    for (uint32_t w = 0; w < s->solvers; w++) {
        memory_release(a, s->workspaces[w], s->workspace_size, 1);
        memory_release(a, s->inputs[w], s->recovery.input_count, sizeof **s->inputs);
    }
    memory_release(a, s->workspaces, s->shape.workers, sizeof *s->workspaces);
    memory_release(a, s->inputs, s->shape.workers, sizeof *s->inputs);
    memory_release(a, s->filled_rows, s->filled_count, sizeof *s->filled_rows);
    if (s->lost)
        codec_recovery_free(&s->recovery);
}

int decode_source_run(decode_source *s)
{
    job *j = s->block->job;
    int status = begin(s) ? RQ_OK : job_fail_memory(j, "a source block");
    if (status == RQ_OK)
        status = scan_and_plan(s);
    if (status == RQ_OK && ((s->lost && !prepare_solving(s)) || !allocate_windows(s)))
        status = job_fail_memory(j, "a source block");
    if (status == RQ_OK)
        status = s->direct ? decode_direct_end(s) : run_windows(s);
    end(s);
    return status;
}
