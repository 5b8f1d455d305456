/* Finished symbols: named by their hash, given to the store, listed in the layout. */
#ifndef OBJECT_PUBLISH_H
#define OBJECT_PUBLISH_H

#include "layout/layout.h"
#include "object/job.h"
#include "store/store.h"

/* Where the symbols of a run come from. */
typedef struct publish_source {
    void *context;
    /* Puts `count` symbols from symbol `first` on into buffer, a worker's own: shape_row_stride
     * apart, each beginning SHAPE_ROW_LEAD into its row. Any worker. */
    int (*rows)(void *context, uint64_t first, uint32_t count, uint8_t *buffer, rq_error *error);
    /* Or, where the store forgets them, only their names. */
    void (*names)(void *context, uint64_t first, uint32_t count, digest *names);
} publish_source;

typedef struct publisher {
    job *job;
    store *store;
    layout_writer *layout;
    uint64_t block_id;
    uint32_t T;
    uint8_t **buffers; /* one a worker */
    uint32_t buffer_size;
    digest *names;         /* SHAPE_RUN of them */
    uint64_t symbol_units; /* of progress, for each symbol */
} publisher;

/* Publishes the symbols 0..count-1 of source, whose ESIs are first_esi + i. */
int publish(publisher *publisher, const publish_source *source, uint8_t sbn, uint32_t first_esi,
            uint64_t count);

#endif
