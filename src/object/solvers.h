/* Room to solve strips in: for each worker that solves, a workspace and a list of inputs. */
#ifndef OBJECT_SOLVERS_H
#define OBJECT_SOLVERS_H

#include "memory/memory.h"

typedef struct solvers {
    const rq_allocator *allocator;
    uint32_t count, wanted;
    uint8_t **workspaces;
    size_t workspace_size;
    const uint8_t ***inputs;
    uint32_t input_count;
} solvers;

/* As many as there is memory for, at most `wanted`; false if there is none for one. solvers_free is
 * right in any case. */
bool solvers_make(solvers *solvers, uint32_t wanted, size_t workspace_size, uint32_t input_count,
                  const rq_allocator *allocator);
void solvers_free(solvers *solvers);

#endif
