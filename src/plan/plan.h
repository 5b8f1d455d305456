/* Plans: which row of the constraint matrix is eliminated by which, as a program on rows.
 *
 * A plan depends on K' and on which symbols there are, never on their bytes, and does the same
 * thing to every column of octets. Executing it (codec/) turns received symbols into intermediate
 * ones.
 *
 * The solver is inactivation decoding (RFC 6330 5.4.2 in another order): the PI columns are
 * inactive from the start; LT columns are peeled, one row of one active column after the other, and
 * another column is inactivated when no such row is left. Rows that were nobody's pivot become a
 * small dense binary system in the inactive columns, and only what that leaves open needs the HDPC
 * rows and octet arithmetic, in a matrix of at most H x H. */
#ifndef PLAN_H
#define PLAN_H

#include "gf256/gf256.h"
#include "memory/arena.h"
#include "rfc6330/rfc6330.h"

/* One step of a program. Gathers and operands are ranges of the plan's arrays; row numbers in them
 * count from destination_row and operand_row of the workspace. */
typedef enum plan_kind {
    PLAN_ZERO,        /* the rows operands[0..count) */
    PLAN_GATHER_NEAR, /* count gathers, near operands only */
    PLAN_GATHER_ALL,  /* count gathers */
    PLAN_HORNER,      /* columns 0..K'+S-1 into HDPC sums: H rows at destination_row for the last
                         one, and before those a row a pair of HDPC rows */
    PLAN_COMBINE,     /* target_count rows += sums of coefficients * operands, count of them each.
                         The targets are the operands before those */
} plan_kind;

typedef struct plan_step {
    plan_kind kind;
    uint32_t count;
    uint32_t target_count;
    uint32_t destination_row;
    uint32_t operand_row;
    uint32_t first_gather;
    uint32_t first_operand;
    uint32_t first_coefficient;
} plan_step;

/* The first steps of a program: the inactive columns' is the list of them, the pivots' the peeled
 * columns' known parts. The last one completes these, by what the inactive columns then are. */
enum { PLAN_INACTIVE_STEP, PLAN_PIVOTS_STEP };

/* Which inactive columns enter the symbol of each column, besides its known part; see parts.h. */
typedef struct plan_parts {
    int32_t *inactive_index; /* of each column: which of the inactive ones it is, or -1 */
    uint32_t words;          /* 64-bit words a set */
    uint64_t *sets;          /* of each LT column, but for the inactive ones */
} plan_parts;

/* The workspace: rows 0..L-1 are the intermediate symbols, the rest is the program's own. */
struct rq_plan {
    rfc6330_code code;
    uint32_t K; /* source symbols; ESIs from K on are repair symbols */
    uint32_t input_count;
    uint32_t row_count;
    plan_step *steps;
    uint32_t step_count, step_capacity;
    gf256_gather *gathers;
    uint32_t gather_count, gather_capacity;
    uint16_t *operands;
    uint32_t operand_count, operand_capacity;
    uint8_t *coefficients;
    uint32_t coefficient_count, coefficient_capacity;
    uint8_t *hdpc_slots; /* the pair of HDPC rows that each column 0..K'+S-2 enters */
    rq_allocator allocator;
    plan_parts parts;  /* sets is NULL where they are not kept */
    memory_arena work; /* where they are */
    bool shared;       /* belongs to the cache, see cache.h */
};

/* Asked now and then where planning takes long: true ends it. */
typedef struct plan_watch {
    bool (*cancelled)(void *context);
    void *context;
} plan_watch;

/* The plan for the inputs isis[0..count), all different, followed by the padding symbols K..K'-1,
 * which are zero and no inputs. isis are internal symbol ids: ESI, plus K' - K for repair symbols.
 * Of a large surplus the program uses the first ones that will do. RQ_ERROR_DECODE if they do not
 * determine the block (*missing, may be NULL, gets how many more rows would at the least),
 * RQ_ERROR_MEMORY if the allocator refuses, RQ_ERROR_CANCELLED if the watch says so. allocator
 * NULL: the system's; watch NULL: none. */
int plan_create(uint32_t K, const uint32_t *isis, uint32_t count, const rq_allocator *allocator,
                const plan_watch *watch, rq_plan **plan, uint32_t *missing);

/* The same; plan->parts is set, and the memory that planning took stays with the plan, until they
 * are forgotten. */
int plan_create_keeping_parts(uint32_t K, const uint32_t *isis, uint32_t count,
                              const rq_allocator *allocator, const plan_watch *watch,
                              rq_plan **plan, uint32_t *missing);
void plan_forget_parts(rq_plan *plan);

/* The same for all K source symbols, in order: what an encoder has. */
int plan_create_encoder(uint32_t K, const rq_allocator *allocator, rq_plan **plan);

void plan_free(rq_plan *plan);
uint64_t plan_size(const rq_plan *plan); /* bytes held */
/* A plan of its own with the same program; NULL if there is no memory. */
rq_plan *plan_copy(const rq_plan *plan, const rq_allocator *allocator);

/* Upper bounds for ordinary losses: on what making and holding a plan of this K allocates, and on
 * what it holds. */
uint64_t plan_memory(uint32_t K);
uint64_t plan_kept_memory(uint32_t K);

/* The rows of a workspace, for ordinary losses: L, the leftovers, tables and sums. */
static inline uint64_t plan_rows(const rfc6330_code *code)
{
    return code->L + code->L / 64 + 256;
}

/* ISI of an ESI (5.3.1): repair symbols come after the padding. */
static inline uint32_t plan_isi(const rfc6330_code *code, uint32_t K, uint32_t esi)
{
    return esi < K ? esi : esi + (code->K_prime - K);
}

#endif
