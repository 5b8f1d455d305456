/* One source block out of its symbols; private to the decoding pipeline.
 *
 * Symbols are put into rows. Row r < K of the block's data is where source symbol r belongs; a
 * symbol takes its own row if that is free, else any free one, so repair symbols lie in the holes
 * of lost source symbols. Rows that do not hold their own symbol are solved for and written over.
 * Only when the symbols in the K rows depend on each other, further ones go to extra rows. */
#ifndef OBJECT_DECODE_SOURCE_H
#define OBJECT_DECODE_SOURCE_H

#include <stdatomic.h>

#include "codec/esi_set.h"
#include "codec/recovery.h"
#include "object/decode_block.h"
#include "object/window.h"

#define DECODE_NO_ESI UINT32_MAX

/* A source symbol is nowhere yet, in some row, or in its own and written. */
enum { DECODE_NOWHERE, DECODE_IN_A_ROW, DECODE_WRITTEN };

/* Which symbols there are. */
typedef struct decode_rows {
    uint32_t K, capacity; /* capacity: K and extra rows */
    uint32_t filled;      /* rows that hold a symbol */
    uint32_t next_free;   /* rows of K below this one may be free */
    uint32_t *esi;        /* of each row, or DECODE_NO_ESI */
    uint32_t *name;       /* of each row: the symbol's place among the block's names */
    uint8_t *have;        /* of each source symbol: DECODE_.. above */
    esi_set repairs;
    uint8_t **extra; /* data of the rows from K on, while they are in memory */
} decode_rows;

/* Rows that follow each other. */
typedef struct decode_run {
    uint32_t first, count;
} decode_run;

/* Source symbols in their own rows, and where they were read: one row of symbols after the other.
 */
typedef struct decode_own {
    decode_run run;
    const uint8_t *symbols; /* without the payload id */
} decode_own;

enum {
    DECODE_RUNS = 32,
    DECODE_GROUP_MOST = 64,          /* symbols that a worker reads at a time */
    DECODE_GROUP_BYTES = 512 * 1024, /* or so many bytes of them, if these make a good run */
    DECODE_ROOM = 128 * 1024,        /* at the end of a worker's buffer, for pieces */
    DECODE_GOOD_RUN = 32 * 1024,     /* a sub-block's part of them */
    DECODE_LEAST_RUN = 16 * 1024,    /* what is worth a write while symbols are read */
};

typedef struct decode_source {
    decode_block *block;
    shape shape;
    codec_strips strips;
    bool kept;   /* symbols stay in memory once they are read */
    bool direct; /* or, as long as nothing is lost, go to the output alone; see decode_direct.c */
    bool leave;  /* something is */
    uint8_t sbn;
    uint32_t K;
    uint64_t offset;    /* of the source block in the block */
    digest_state *hash; /* of the block so far */
    bool *in_order;     /* cleared once a piece is written that the hash cannot follow */
    const spool *aside; /* where the block goes until its hash is checked; NULL: to the output */
    uint8_t **buffers;  /* one a worker */
    /* While it runs: */
    decode_rows rows;
    uint32_t wanted;           /* rows to fill before the next attempt */
    uint64_t damaged, missing; /* of the symbols looked at */
    bool shortage;             /* some of the missing could not be looked at */
    uint32_t written;          /* rows, while further ones were read */
    bool writing;              /* a worker is, and takes the runs that wait */
    uint32_t waiting_count;
    decode_run waiting[DECODE_RUNS];
    /* While it is direct: */
    platform_mutex turn; /* to write */
    bool turn_made;
    atomic_bool writes;         /* somebody has it */
    digest_scattered scattered; /* the hash of what is written */
    digest *values;
    size_t value_count;
    window window;
    uint8_t *window_data;
    size_t window_size;
    bool lost; /* something is, and recovery is made */
    codec_recovery recovery;
    uint32_t *filled_rows; /* the rows that hold symbols: what recovery calls received */
    uint32_t filled_count;
    uint32_t solvers; /* workers that solve at a time, each with the two that follow */
    uint8_t **workspaces;
    const uint8_t ***inputs;
    size_t workspace_size;
} decode_source;

/* Leaves the source block in the output or aside. */
int decode_source_run(decode_source *source);
/* The window of a kept block. */
bool decode_allocate_window(decode_source *source);

/* ---- decode_rows.c ---- */

bool decode_rows_begin(decode_rows *rows, uint32_t K, const rq_allocator *allocator);
void decode_rows_free(decode_rows *rows, const rq_allocator *allocator);
/* Finds a row for a good symbol and enters it: the row, -1 if the symbol is there already, or
 * RQ_ERROR_MEMORY. Row bytes are for an extra row, 0 if it holds no data. */
int64_t decode_rows_enter(decode_rows *rows, uint32_t esi, uint32_t name, size_t row_size,
                          const rq_allocator *allocator);

/* ---- decode_scan.c ---- */

/* Reads symbols until `wanted` rows are filled or none are left. */
int decode_scan(decode_source *source);
/* How many of them a worker reads at a time. */
uint32_t decode_group(const decode_source *source);
/* Bytes of a worker's buffer in which a group makes good runs. */
uint32_t decode_buffer(const rq_oti *oti);

/* ---- decode_direct.c ---- */

/* May source symbols go straight to the output? Else a window is needed. */
bool decode_direct_may_be(const decode_source *source);
/* All seem to be there. False if there is no memory. */
bool decode_direct_begin(decode_source *source);
void decode_direct_free(decode_source *source);
/* Writes source symbols from where they were read. Any worker. */
int decode_direct_write(decode_source *source, const decode_own *own, uint32_t worker);
/* All of them are written: adds them to the hash. */
int decode_direct_end(decode_source *source);
/* Not all are there: takes a window and puts those into it that are. */
int decode_direct_leave(decode_source *source);

/* ---- decode_write.c ---- */

/* Bytes at an offset of the block to where it goes, but for padding. */
int decode_put(decode_source *source, uint64_t offset, const uint8_t *data, size_t size);

/* Own rows of a kept block: writes them now or has the worker that is writing do it, unless they
 * are too few to be worth it. Any worker; all is written when the last one has returned. */
int decode_write_early(decode_source *source, decode_run run);
/* The window, or what is not written yet of a kept block; adds it to the hash if it follows the
 * block's order. */
int decode_write_window(decode_source *source);

#endif
