/* Encoders' plans, kept for the next encoder: they depend on K' alone.
 *
 * One cache for the process, of at most PLAN_CACHE_SIZE bytes; any thread may use it. */
#ifndef PLAN_CACHE_H
#define PLAN_CACHE_H

#include "plan/plan.h"

enum { PLAN_CACHE_SIZE = 4 * 1024 * 1024 };

/* The plan of an encoder for any block that uses this K': its inputs are all K' symbols, those of
 * padding given as rows of zeros. From the cache or, where it is not there, made with allocator and
 * copied into the cache. RQ_OK or RQ_ERROR_MEMORY. */
int plan_cache_get(uint32_t K_prime, const rq_allocator *allocator, const rq_plan **plan);
/* Gives a plan of plan_cache_get back; NULL is nothing. */
void plan_cache_put(const rq_plan *plan);

#endif
