/* An arena gives out from both ends, takes back what was given out last, and goes to its parent for
 * what does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "memory/arena.h"
#include "support/sanitizer.h"

enum { SIZE = 4096 };

/* Counts what the parent has given out. */
typedef struct parent {
    size_t pieces, bytes;
} parent;

static void *parent_allocate(void *context, size_t size, size_t alignment)
{
    parent *p = context;
    p->pieces++;
    p->bytes += size;
    return memory_system.allocate(memory_system.context, size, alignment);
}

static void parent_release(void *context, void *memory, size_t size)
{
    parent *p = context;
    p->pieces--;
    p->bytes -= size;
    memory_system.release(memory_system.context, memory, size);
}

static void pieces_do_not_overlap(void **state)
{
    (void)state;
    parent p = {0};
    const rq_allocator allocator = {&p, parent_allocate, parent_release};
    memory_arena arena;
    uint8_t *pieces[40];
    memory_arena_begin(&arena, SIZE, &allocator);
    for (size_t i = 0; i < 40; i++) { /* more than fit */
        pieces[i] = memory_allocate(i % 3 ? &arena.lasting : &arena.passing, 100 + i, 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % MEMORY_ALIGNMENT, 0);
        memset(pieces[i], (int)i, 100 + i);
    }
    assert_true(p.pieces > 1);
    for (size_t i = 40; i-- > 0;) {
        for (size_t k = 0; k < 100 + i; k++)
            assert_int_equal(pieces[i][k], i);
        memory_release(i % 3 ? &arena.lasting : &arena.passing, pieces[i], 100 + i, 1);
    }
    memory_arena_end(&arena);
    assert_int_equal(p.pieces, 0);
    assert_int_equal(p.bytes, 0);
}

/* Given back last first, memory is there again at either end. */
static void released_memory_is_used_again(void **state)
{
    (void)state;
    parent p = {0};
    const rq_allocator allocator = {&p, parent_allocate, parent_release};
    memory_arena arena;
    memory_arena_begin(&arena, SIZE, &allocator);
    for (int round = 0; round < 10; round++) {
        void *front = memory_allocate(&arena.lasting, 1000, 1);
        void *back = memory_allocate(&arena.passing, 1000, 1);
        void *front2 = memory_allocate(&arena.lasting, 900, 1);
        void *back2 = memory_allocate(&arena.passing, 1000, 1);
        if (!SUPPORT_SLOW_BUILD)
            assert_int_equal(p.pieces, 1);
        memory_release(&arena.passing, back2, 1000, 1);
        memory_release(&arena.passing, back, 1000, 1);
        memory_release(&arena.lasting, front2, 900, 1);
        memory_release(&arena.lasting, front, 1000, 1);
    }
    memory_arena_end(&arena);
    assert_int_equal(p.pieces, 0);
}

static void *refuse(void *context, size_t size, size_t alignment)
{
    (void)context;
    (void)size;
    (void)alignment;
    return NULL;
}

/* An arena that got no memory is an empty one, and its pieces may be refused, too. */
static void no_memory_is_no_piece(void **state)
{
    (void)state;
    const rq_allocator allocator = {NULL, refuse, parent_release};
    memory_arena arena;
    memory_arena_begin(&arena, SIZE, &allocator);
    assert_null(memory_allocate(&arena.lasting, 1, 1));
    assert_null(memory_allocate(&arena.passing, 1, 1));
    memory_arena_end(&arena);
}

static void empty_arenas_give_nothing_of_their_own(void **state)
{
    (void)state;
    parent p = {0};
    const rq_allocator allocator = {&p, parent_allocate, parent_release};
    memory_arena arena;
    memory_arena_begin(&arena, 0, &allocator);
    void *piece = memory_allocate(&arena.passing, 10, 1);
    assert_int_equal(p.pieces, 1);
    memory_release(&arena.passing, piece, 10, 1);
    assert_int_equal(p.pieces, 0);
    memory_arena_end(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(released_memory_is_used_again),
        cmocka_unit_test(no_memory_is_no_piece),
        cmocka_unit_test(empty_arenas_give_nothing_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
