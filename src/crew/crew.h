/* A crew of threads that does one batch of like tasks after another: a parallel for loop.
 *
 * The caller is the first worker, so a crew of one starts no thread at all. */
#ifndef CREW_H
#define CREW_H

#include <stddef.h>
#include <stdint.h>

#include "memory/memory.h"

typedef struct crew crew;

/* Does task `index` as worker `worker` (0 to crew_size - 1). Other than 0: stop; the tasks that run
 * are finished, no new ones begin, and crew_run returns the first such value. */
typedef int (*crew_task)(void *context, size_t index, uint32_t worker);

/* workers at least 1. Fewer may be started where the system has no more: see crew_size. NULL if
 * there is no memory. */
crew *crew_create(uint32_t workers, const rq_allocator *allocator);
uint32_t crew_size(const crew *crew);
/* Only workers 0 to workers - 1 take part in the next runs; at least 1, at most crew_size. */
void crew_use(crew *crew, uint32_t workers);
/* Tasks 0 to count - 1, each exactly once, begun in that order. By one thread at a time. */
int crew_run(crew *crew, size_t count, crew_task task, void *context);
void crew_free(crew *crew);

#endif
