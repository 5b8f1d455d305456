/* The hard ceiling. A budget belongs to a session; each running call holds a lease of it and
 * allocates from the lease alone, so all calls together stay below the ceiling.
 *
 * A lease is what a call needs with ordinary data. Symbols may be chosen so that planning takes
 * many times that: then the lease grows, by what is free of the budget at the moment. */
#ifndef BUDGET_H
#define BUDGET_H

#include "memory/memory.h"

typedef struct budget budget;
typedef struct budget_lease budget_lease;

/* limit in bytes. NULL if there is no memory for the accountant itself. Thread-safe throughout. */
budget *budget_create(uint64_t limit);
void budget_free(budget *budget); /* no lease may be left */
uint64_t budget_limit(const budget *budget);

/* Takes between smallest and comfortable bytes, as much as is free, waiting for other leases to end
 * while less than smallest is free. NULL if smallest exceeds the limit or memory is short. */
budget_lease *budget_acquire(budget *budget, uint64_t smallest, uint64_t comfortable);
void budget_return(budget_lease *lease);

uint64_t lease_size(const budget_lease *lease); /* now */
uint64_t lease_available(const budget_lease *lease);
uint64_t lease_peak(const budget_lease *lease); /* the most that was in use at a time */

/* Allocates from the lease, which grows where it must; NULL where the budget has no more, either.
 * Thread-safe. Valid as long as the lease. */
const rq_allocator *lease_allocator(budget_lease *lease);

#endif
