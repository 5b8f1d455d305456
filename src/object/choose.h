/* Which of the good symbols of a source block are used, and the plan to solve it with. */
#ifndef OBJECT_CHOOSE_H
#define OBJECT_CHOOSE_H

#include "object/examine.h"
#include "plan/plan.h"

typedef struct choice {
    uint32_t K;
    const uint64_t *findings; /* of the source block: good ones, by ESI */
    size_t count;             /* of them */
    uint32_t distinct;        /* with different ESIs */
    uint32_t lacking;         /* more are needed at the least; 0: these determine the block */
    /* With a plan: the symbol of input i is the one at places[i] of the block's names; what follows
     * `inputs` are rows of zeros. */
    const rq_plan *plan;
    uint32_t *places;
    uint32_t inputs, capacity;
} choice;

enum { CHOICE_EXTRA_INPUTS = 16 }; /* beyond K; there is next to never need of more than two */

/* Bytes that it takes beside those of planning. */
static inline uint64_t choose_memory(uint32_t K)
{
    return (uint64_t)(K + CHOICE_EXTRA_INPUTS) * 2 * sizeof(uint32_t);
}

/* Looks at source block sbn. Where all of its source symbols are there, nothing is planned unless
 * with_plan. RQ_OK, also if symbols are lacking, or an error that the job knows of; choice_free is
 * right in all cases. */
int choose(choice *choice, const examination *examination, uint32_t sbn, bool with_plan);
void choice_free(choice *choice, const examination *examination);

/* True if the finding has the payload id of the one before it. */
static inline bool choice_is_double(const choice *choice, size_t i)
{
    return i > 0 && finding_what(choice->findings[i]) == finding_what(choice->findings[i - 1]);
}

static inline uint32_t choice_esi(const choice *choice, size_t i)
{
    return finding_what(choice->findings[i]) & RQ_MAX_ESI;
}

#endif
