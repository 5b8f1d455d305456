/* A running call: its share of the budget, its threads, its progress, its first error. */
#ifndef OBJECT_JOB_H
#define OBJECT_JOB_H

#include <stdatomic.h>

#include "crew/crew.h"
#include "error/error.h"
#include "memory/budget.h"
#include "plan/plan.h"
#include "platform/thread.h"

typedef struct job {
    const rq_options *settings;
    budget_lease *lease;
    const rq_allocator *allocator; /* of the lease */
    uint64_t reserve;              /* bytes of the lease that others than the pipeline may take */
    crew *crew;
    uint32_t workers;
    rq_error *error; /* the caller's, may be NULL */
    platform_mutex mutex;
    bool mutex_made, failed;
    /* Progress: work is counted in units of any size, shown in bytes of the object. */
    uint64_t object_size; /* 0: unknown, then units are bytes */
    uint64_t units_total;
    uint64_t units_done, bytes_shown;
    uint64_t last_shown; /* clock */
} job;

/* Takes between smallest and comfortable bytes of the budget and starts the threads. On failure
 * error says why (RQ_ERROR_MEMORY with required and available); job_end is right in all cases. */
int job_begin(job *job, const rq_options *settings, budget *budget, uint64_t smallest,
              uint64_t comfortable, rq_error *error);
void job_end(job *job);

/* Records an error of any worker; only the first one counts. Returns code. */
int job_fail(job *job, const rq_error *error);
int job_fail_memory(job *job, const char *what);
int job_fail_shortage(job *job, uint64_t block); /* what STORE_UNKNOWN is told as */

/* Counts units of work; RQ_ERROR_CANCELLED if the caller's callback says so. Any worker. */
int job_progress(job *job, uint64_t units);

/* A callback said so: RQ_ERROR_CANCELLED. */
int job_cancel(job *job);

/* Lets the callback end planning: the plan is refused with RQ_ERROR_CANCELLED then, and the job
 * told. */
plan_watch job_watch(job *job);

/* All work is done: shows it. May be cancelled still. */
int job_finish(job *job);

/* RQ_ERROR_MEMORY where malloc failed, not the budget. */
int job_no_memory(rq_error *error);

/* What is left of the lease for the work on a block. */
uint64_t job_available(const job *job);

/* What a thread of the crew costs besides what the work allocates. */
uint64_t job_thread_memory(void);

#endif
