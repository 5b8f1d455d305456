#include "object/solvers.h"

bool solvers_make(solvers *s, uint32_t wanted, size_t workspace_size, uint32_t input_count,
                  const rq_allocator *a)
{
    *s = (solvers){.allocator = a,
                   .wanted = wanted,
                   .workspace_size = workspace_size,
                   .input_count = input_count};
    s->workspaces = memory_allocate(a, wanted, sizeof *s->workspaces);
    s->inputs = memory_allocate(a, wanted, sizeof *s->inputs);
    if (!s->workspaces || !s->inputs)
        return false;
    for (; s->count < wanted; s->count++) {
        uint8_t *workspace = memory_allocate(a, workspace_size, 1);
        const uint8_t **inputs = memory_allocate(a, input_count, sizeof *inputs);
        if (!workspace || !inputs) {
            memory_release(a, workspace, workspace_size, 1);
            memory_release(a, inputs, input_count, sizeof *inputs);
            break;
        }
        s->workspaces[s->count] = workspace;
        s->inputs[s->count] = inputs;
    }
    return s->count > 0;
}

void solvers_free(solvers *s)
{
    const rq_allocator *a = s->allocator;
    for (uint32_t i = 0; i < s->count; i++) {
        memory_release(a, s->workspaces[i], s->workspace_size, 1);
        memory_release(a, s->inputs[i], s->input_count, sizeof **s->inputs);
    }
    memory_release(a, s->workspaces, s->wanted, sizeof *s->workspaces);
    memory_release(a, s->inputs, s->wanted, sizeof *s->inputs);
    *s = (solvers){0};
}
