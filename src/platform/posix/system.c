#include "platform/posix/posix.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif
#ifdef __APPLE__
#include <sys/random.h>
#endif

#include "platform/system.h"

#ifdef __linux__
/* The processors this process may run on; 0 if there are more than the largest set holds. */
static int affinity_count(void)
{
    enum { SETS = 16 }; /* of 1024 processors each */
    cpu_set_t allowed[SETS];
    if (sched_getaffinity(0, sizeof allowed, allowed) != 0)
        return 0;
    return CPU_COUNT_S(sizeof allowed, allowed);
}
#endif

uint32_t platform_cpu_count(void)
{
#ifdef __linux__
    int allowed = affinity_count();
    if (allowed > 0)
        return (uint32_t)allowed;
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (uint32_t)online : 1;
}

size_t platform_page_size(void)
{
    long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (size_t)size : 4096;
}

uint64_t platform_memory_size(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    return pages > 0 ? (uint64_t)pages * platform_page_size() : 0;
}

uint64_t platform_clock(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void platform_pause(void)
{
    enum { MOMENT = 10 }; /* milliseconds */
    (void)poll(NULL, 0, MOMENT);
}

uint64_t platform_process_id(void)
{
    return (uint64_t)getpid();
}

uint64_t platform_random(void)
{
    uint64_t value;
    if (getentropy(&value, sizeof value) == 0)
        return value;
    /* Time, process and thread are enough to tell names apart; splitmix64 spreads them. */
    value = platform_clock() ^ platform_process_id() << 40 ^ (uint64_t)(uintptr_t)&value;
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}
