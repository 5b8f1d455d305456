/* As much of cmocka as the tests need that run as WebAssembly, where there is no setjmp to leave a
 * test that fails: the first failure ends the program. */
#ifndef WASM_CMOCKA_H
#define WASM_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};

#define cmocka_unit_test(function)                                                                 \
    {                                                                                              \
        #function, function                                                                        \
    }

#define assert_true(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                         \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)
#define assert_false(condition)         assert_true(!(condition))
#define assert_non_null(pointer)        assert_true((pointer) != NULL)
#define assert_int_equal(a, b)          assert_true((a) == (b))
#define assert_int_not_equal(a, b)      assert_true((a) != (b))
#define assert_in_range(a, low, high)   assert_true((a) >= (low) && (a) <= (high))
#define assert_ptr_equal(a, b)          assert_true((a) == (b))
#define assert_string_equal(a, b)       assert_true(strcmp(a, b) == 0)
#define assert_memory_equal(a, b, size) assert_true(memcmp(a, b, size) == 0)

#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    wasm_run_tests(tests, sizeof(tests) / sizeof *(tests))

static inline int wasm_run_tests(const struct CMUnitTest *tests, size_t count)
{
    void *state = NULL;
    for (size_t i = 0; i < count; i++) {
        printf("%s\n", tests[i].name);
        tests[i].run(&state);
    }
    printf("%zu passed, 0 failed\n", count);
    return 0;
}

#endif
