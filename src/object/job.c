#include "object/job.h"

#include <string.h>

#include "object/settings.h"
#include "platform/system.h"

#define MIB (UINT64_C(1) << 20)

static int refuse_memory(rq_error *error, uint64_t required, uint64_t available)
{
    return error_set(
        error, RQ_ERROR_MEMORY, "Memory limit exceeded. Required: %lluMB, Available: %lluMB",
        (unsigned long long)((required + MIB - 1) / MIB), (unsigned long long)(available / MIB));
}

uint64_t job_thread_memory(void)
{
    return PLATFORM_THREAD_STACK + 64 * 1024;
}

int job_begin(job *job, const rq_options *settings, budget *budget, uint64_t smallest,
              uint64_t comfortable, rq_error *error)
{
    memset(job, 0, sizeof *job);
    job->settings = settings;
    job->error = error;
    if (smallest > budget_limit(budget))
        return refuse_memory(error, smallest, budget_limit(budget));
    job->lease = budget_acquire(budget, smallest, comfortable);
    if (!job->lease)
        return job_no_memory(error);
    job->allocator = lease_allocator(job->lease);
    job->mutex_made = platform_mutex_init(&job->mutex) == 0;
    uint32_t workers = settings->threads;
    /* Threads are a convenience: they get at most a quarter of what there is beyond the need. */
    uint64_t most = 1 + (lease_size(job->lease) - smallest) / 4 / job_thread_memory();
    job->crew = job->mutex_made
                    ? crew_create(workers < most ? workers : (uint32_t)most, job->allocator)
                    : NULL;
    if (!job->crew)
        return error_set(error, RQ_ERROR_MEMORY, "the system has no memory left for threads");
    job->workers = crew_size(job->crew);
    return RQ_OK;
}

void job_end(job *job)
{
    crew_free(job->crew);
    if (job->mutex_made)
        platform_mutex_destroy(&job->mutex);
    budget_return(job->lease);
}

uint64_t job_available(const job *job)
{
    uint64_t available = lease_available(job->lease);
    return available > job->reserve ? available - job->reserve : 0;
}

int job_fail(job *job, const rq_error *error)
{
    platform_mutex_lock(&job->mutex);
    if (!job->failed) {
        job->failed = true;
        if (job->error)
            *job->error = *error;
    }
    platform_mutex_unlock(&job->mutex);
    return error->code;
}

int job_fail_memory(job *job, const char *what)
{
    rq_error error;
    error_set(&error, RQ_ERROR_MEMORY,
              "Memory limit exceeded: no room for %s within %lluMB; raise the memory limit", what,
              (unsigned long long)(lease_size(job->lease) / MIB));
    return job_fail(job, &error);
}

int job_fail_shortage(job *job, uint64_t block)
{
    rq_error error;
    error_set(&error, RQ_ERROR_IO,
              "Cannot look at the symbols of block %llu: the system, or this process, has no more "
              "descriptors or memory",
              (unsigned long long)block);
    return job_fail(job, &error);
}

/* With the mutex held. */
static int show(job *job)
{
    const rq_options *settings = job->settings;
    uint64_t shown = job->units_done;
    if (job->object_size > 0 && job->units_total > 0) {
        double share = (double)job->units_done / (double)job->units_total;
        shown = share < 1 ? (uint64_t)(share * (double)job->object_size) : job->object_size;
    }
    job->bytes_shown = shown > job->bytes_shown ? shown : job->bytes_shown;
    rq_progress progress = {sizeof progress, job->bytes_shown, job->object_size};
    return settings->progress(settings->progress_context, &progress);
}

int job_finish(job *job)
{
    if (!job->settings->progress)
        return RQ_OK;
    job->units_done = job->units_total;
    job->last_shown = 0;
    return job_progress(job, 0);
}

int job_no_memory(rq_error *error)
{
    return error_set(error, RQ_ERROR_MEMORY, "the system has no memory left");
}

int job_cancel(job *job)
{
    rq_error error;
    error_set(&error, RQ_ERROR_CANCELLED, "cancelled");
    return job_fail(job, &error);
}

int job_progress(job *job, uint64_t units)
{
    if (!job->settings->progress)
        return RQ_OK;
    int cancel = 0;
    platform_mutex_lock(&job->mutex);
    job->units_done += units;
    uint64_t now = platform_clock();
    if (now - job->last_shown >= SETTINGS_PROGRESS_EVERY) {
        job->last_shown = now;
        cancel = show(job);
    }
    platform_mutex_unlock(&job->mutex);
    return cancel == 0 ? RQ_OK : job_cancel(job);
}

static bool is_cancelled(void *context)
{
    return job_progress(context, 0) != RQ_OK;
}

plan_watch job_watch(job *job)
{
    return (plan_watch){is_cancelled, job};
}
