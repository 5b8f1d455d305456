#include <string.h>

#include "object/decode_source.h"

bool decode_rows_begin(decode_rows *rows, uint32_t K, const rq_allocator *a)
{
    *rows = (decode_rows){.K = K, .capacity = K, .next_free = K};
    esi_set_begin(&rows->repairs, a);
    rows->esi = memory_allocate(a, K, sizeof *rows->esi);
    rows->name = memory_allocate(a, K, sizeof *rows->name);
    rows->have = memory_allocate(a, K, 1);
    if (!rows->esi || !rows->name || !rows->have)
        return false;
    memset(rows->esi, 0xff, K * sizeof *rows->esi);
    memset(rows->have, DECODE_NOWHERE, K);
    return true;
}

/* Extra rows' data belongs to the caller of decode_rows_enter's allocator, row by row. */
void decode_rows_free(decode_rows *rows, const rq_allocator *a)
{
    memory_release(a, rows->esi, rows->capacity, sizeof *rows->esi);
    memory_release(a, rows->name, rows->capacity, sizeof *rows->name);
    memory_release(a, rows->extra, rows->capacity - rows->K, sizeof *rows->extra);
    memory_release(a, rows->have, rows->K, 1);
    if (rows->repairs.allocator)
        esi_set_free(&rows->repairs);
}

/* Room for some more rows past K. */
static bool grow(decode_rows *rows, const rq_allocator *a)
{
    uint32_t old_extra = rows->capacity - rows->K, extra = old_extra + old_extra / 2 + 16;
    uint32_t capacity = rows->K + extra;
    uint32_t *esi = memory_allocate(a, capacity, sizeof *esi);
    uint32_t *name = memory_allocate(a, capacity, sizeof *name);
    uint8_t **data = memory_allocate(a, extra, sizeof *data);
    if (!esi || !name || !data) {
        memory_release(a, esi, capacity, sizeof *esi);
        memory_release(a, name, capacity, sizeof *name);
        memory_release(a, data, extra, sizeof *data);
        return false;
    }
    memset(esi, 0xff, capacity * sizeof *esi);
    memset(data, 0, extra * sizeof *data);
    memcpy(esi, rows->esi, rows->capacity * sizeof *esi);
    memcpy(name, rows->name, rows->capacity * sizeof *name);
    if (old_extra > 0)
        memcpy(data, rows->extra, old_extra * sizeof *data);
    memory_release(a, rows->esi, rows->capacity, sizeof *esi);
    memory_release(a, rows->name, rows->capacity, sizeof *name);
    memory_release(a, rows->extra, old_extra, sizeof *data);
    rows->esi = esi;
    rows->name = name;
    rows->extra = data;
    rows->capacity = capacity;
    return true;
}

/* Its own row, or the last free one of K, or the next extra one. UINT32_MAX: no memory. */
static uint32_t find_row(decode_rows *rows, uint32_t esi, size_t row_size, const rq_allocator *a)
{
    if (esi < rows->K && rows->esi[esi] == DECODE_NO_ESI)
        return esi;
    while (rows->next_free > 0) {
        if (rows->esi[rows->next_free - 1] == DECODE_NO_ESI)
            return rows->next_free - 1;
        rows->next_free--;
    }
    uint32_t row = rows->filled; /* all K are taken, and extra rows are filled in order */
    if (row == rows->capacity && !grow(rows, a))
        return UINT32_MAX;
    if (row_size > 0 && !(rows->extra[row - rows->K] = memory_allocate(a, row_size, 1)))
        return UINT32_MAX;
    return row;
}

int64_t decode_rows_enter(decode_rows *rows, uint32_t esi, uint32_t name, size_t row_size,
                          const rq_allocator *a)
{
    if (esi < rows->K && rows->have[esi] != DECODE_NOWHERE)
        return -1;
    int added = esi < rows->K ? 1 : esi_set_add(&rows->repairs, esi);
    if (added != 1)
        return added == 0 ? -1 : RQ_ERROR_MEMORY;
    uint32_t row = find_row(rows, esi, row_size, a);
    if (row == UINT32_MAX)
        return RQ_ERROR_MEMORY;
    if (esi < rows->K)
        rows->have[esi] = DECODE_IN_A_ROW;
    rows->esi[row] = esi;
    rows->name[row] = name;
    rows->filled++;
    return row;
}
