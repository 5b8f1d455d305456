#include "plan/common.h"

#include "plan/shelf.h"

typedef struct common {
    plan_matrix matrix; /* first, so that its address is this one's */
    memory_arena arena; /* of no size: what is kept comes from the system */
    rfc6330_code code;
} common;

static void free_common(void *item)
{
    common *c = item;
    if (c)
        plan_matrix_free(&c->matrix);
    memory_release(&memory_system, c, 1, sizeof *c);
}

static shelf matrices = {PLAN_COMMON_SIZE, free_common, PLATFORM_MUTEX_INITIALIZER, 0, 0, {{0}}};

static common *make(const rfc6330_code *code)
{
    common *c = memory_allocate(&memory_system, 1, sizeof *c);
    if (!c)
        return NULL;
    c->code = *code;
    memory_arena_begin(&c->arena, 0, &memory_system);
    if (!plan_matrix_make(&c->matrix, &c->code, NULL, 0, 0, &c->arena)) {
        free_common(c);
        return NULL;
    }
    return c;
}

const plan_matrix *plan_common_get(const rfc6330_code *code)
{
    const common *there = shelf_take(&matrices, code->K_prime);
    if (there)
        return &there->matrix;
    /* A row has 9.4 entries by rows and 7.9 by columns on average, and 5 words. */
    uint64_t reserved = sizeof(common) + 72ull * code->L + 4096;
    if (!shelf_reserve(&matrices, reserved))
        return NULL;
    common *c = make(code);
    uint64_t size = c ? sizeof *c + plan_matrix_size(&c->matrix) : 0;
    there = shelf_keep(&matrices, code->K_prime, c, reserved, size);
    return there ? &there->matrix : NULL;
}

void plan_common_put(const plan_matrix *common_matrix)
{
    shelf_give_back(&matrices, common_matrix); /* the item begins with its matrix */
}
