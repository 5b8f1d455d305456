/* Every kernel of every instruction set this CPU has, against the scalar ones: random rows, widths
 * and alignments. And the scalar ones against the field's definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gf256/gf256.h"

enum { ROWS = 40, MOST_WIDTH = 1024, ROUNDS = 100, SLACK = 64 };

static const gf256_kernels *scalar(void)
{
    size_t i = 0;
    while (gf256_available(i + 1))
        i++;
    return gf256_available(i);
}

static uint64_t seed;

static uint32_t below(uint32_t bound)
{
    uint64_t z = (seed += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) % bound);
}

/* Rows of the width and alignment of this round; `copy` has the same contents. */
typedef struct area {
    uint8_t *memory, *data;
    size_t size;
} area;

static area make_area(size_t size)
{
    area a = {.size = size};
    a.memory = malloc(size + SLACK);
    assert_non_null(a.memory);
    a.data = a.memory + below(SLACK);
    for (size_t i = 0; i < size; i++)
        a.data[i] = (uint8_t)below(256);
    return a;
}

static area copy_area(const area *from)
{
    area a = make_area(from->size);
    memcpy(a.data, from->data, from->size);
    return a;
}

static uint32_t random_width(void)
{
    return GF256_UNIT * (1 + below(MOST_WIDTH / GF256_UNIT));
}

typedef struct gather_case {
    gf256_gather list[8];
    uint16_t operands[8 * 20];
    uint32_t count;
} gather_case;

static gather_case make_gathers(void)
{
    gather_case c = {.count = 1 + below(8)};
    uint32_t operands = 0;
    for (uint32_t g = 0; g < c.count; g++) {
        uint32_t kind = below(4);
        c.list[g].destination = below(ROWS);
        c.list[g].all = (uint16_t)below(20);
        c.list[g].near = (uint16_t)below(c.list[g].all + 1u);
        c.list[g].input = kind == 0 ? GF256_NO_INPUT : kind == 1 ? GF256_ACCUMULATE : below(4);
        for (uint32_t i = 0; i < c.list[g].all; i++)
            c.operands[operands++] = (uint16_t)below(ROWS);
    }
    return c;
}

static void check_gather(const gf256_kernels *kernels)
{
    for (int round = 0; round < ROUNDS; round++) {
        size_t width = random_width();
        gather_case c = make_gathers();
        gf256_part part = below(2) ? GF256_NEAR : GF256_ALL;
        size_t short_by = below(2) ? below((uint32_t)width) : 0;
        area sources = make_area(ROWS * width), inputs = make_area(4 * (width + SLACK));
        area mine = make_area(ROWS * (width + 8)), theirs = copy_area(&mine);
        const uint8_t *starts[4];
        for (int i = 0; i < 4; i++)
            starts[i] = i == 2 ? NULL : inputs.data + (size_t)i * (width + SLACK);
        gf256_rows rows = {.width = width,
                           .operands = sources.data,
                           .inputs = starts,
                           .input_offset = below(SLACK),
                           .input_width = width - (below(2) ? below((uint32_t)width) : 0),
                           .destinations = mine.data,
                           .destination_stride = width + 8,
                           .destination_width = width - short_by};
        kernels->gather(c.list, c.count, c.operands, part, &rows);
        rows.destinations = theirs.data;
        scalar()->gather(c.list, c.count, c.operands, part, &rows);
        assert_memory_equal(mine.data, theirs.data, mine.size);
        free(sources.memory);
        free(inputs.memory);
        free(mine.memory);
        free(theirs.memory);
    }
}

/* Past the caches, while other rows are fetched: which those are makes no difference. */
static void check_gather_far(const gf256_kernels *kernels)
{
    for (int round = 0; round < ROUNDS; round++) {
        size_t width = random_width(), size = ROWS * width;
        gather_case c = make_gathers();
        for (uint32_t g = 0; g < c.count; g++)
            c.list[g].input = GF256_NO_INPUT;
        area sources = make_area(size), comings = make_area(20 * (width + SLACK));
        area theirs = make_area(size);
        uint8_t *mine = aligned_alloc(GF256_UNIT, size);
        assert_non_null(mine);
        memcpy(mine, theirs.data, size);
        const uint8_t *starts[20];
        for (size_t i = 0; i < 20; i++)
            starts[i] = below(4) == 0 ? NULL : comings.data + i * (width + SLACK);
        gf256_rows rows = {.width = width,
                           .operands = sources.data,
                           .destinations = mine,
                           .destination_stride = width,
                           .destination_width = width,
                           .streaming = true,
                           .coming = {starts, below(20), below(SLACK)}};
        kernels->gather(c.list, c.count, c.operands, GF256_ALL, &rows);
        rows.destinations = theirs.data;
        rows.streaming = false;
        rows.coming.count = 0;
        scalar()->gather(c.list, c.count, c.operands, GF256_ALL, &rows);
        assert_memory_equal(mine, theirs.data, size);
        free(sources.memory);
        free(comings.memory);
        free(theirs.memory);
        free(mine);
    }
}

static void check_horner(const gf256_kernels *kernels)
{
    for (int round = 0; round < ROUNDS / 4; round++) {
        size_t width = random_width(), count = below(60);
        uint32_t H = 10 + below(7), sums = 1 + below(30);
        uint8_t slots[60];
        for (size_t i = 0; i < sizeof slots; i++)
            slots[i] = (uint8_t)below(sums);
        area columns = make_area((count + 1) * width), mine = make_area((sums + H) * width);
        area theirs = copy_area(&mine);
        kernels->horner(columns.data, slots, count, mine.data, mine.data + sums * width, H, width);
        scalar()->horner(columns.data, slots, count, theirs.data, theirs.data + sums * width, H,
                         width);
        assert_memory_equal(mine.data, theirs.data, mine.size);
        free(columns.memory);
        free(mine.memory);
        free(theirs.memory);
    }
}

static void check_combine(const gf256_kernels *kernels)
{
    for (int round = 0; round < ROUNDS; round++) {
        size_t width = random_width(), count = below(30);
        size_t target_count = below(6), first = below(20);
        uint16_t which[30], targets[5];
        uint8_t coefficients[5 * 30];
        for (size_t i = 0; i < count; i++)
            which[i] = (uint16_t)below(ROWS);
        for (size_t i = 0; i < target_count; i++)
            targets[i] = (uint16_t)(first + 3 * i);
        for (size_t i = 0; i < sizeof coefficients; i++)
            coefficients[i] = (uint8_t)below(256);
        area base = make_area(ROWS * width), mine = make_area(ROWS * width);
        area theirs = copy_area(&mine);
        kernels->combine(mine.data, targets, target_count, base.data, which, count, coefficients,
                         width);
        scalar()->combine(theirs.data, targets, target_count, base.data, which, count, coefficients,
                          width);
        assert_memory_equal(mine.data, theirs.data, mine.size);
        free(base.memory);
        free(mine.memory);
        free(theirs.memory);
    }
}

static void check_multiply_add(const gf256_kernels *kernels)
{
    for (int round = 0; round < ROUNDS; round++) {
        size_t width = below(700);
        uint8_t coefficient = (uint8_t)below(256);
        area source = make_area(width + 1), mine = make_area(width + 1);
        area theirs = copy_area(&mine);
        kernels->multiply_add(mine.data, source.data, coefficient, width);
        scalar()->multiply_add(theirs.data, source.data, coefficient, width);
        assert_memory_equal(mine.data, theirs.data, mine.size);
        /* In place. */
        kernels->multiply_add(mine.data, mine.data, coefficient, width);
        scalar()->multiply_add(theirs.data, theirs.data, coefficient, width);
        assert_memory_equal(mine.data, theirs.data, mine.size);
        free(source.memory);
        free(mine.memory);
        free(theirs.memory);
    }
}

static void for_all(void (*check)(const gf256_kernels *kernels))
{
    for (size_t i = 0; gf256_available(i); i++) {
        seed = 1000 + i;
        check(gf256_available(i));
    }
}

static void gathers_are_alike(void **state)
{
    (void)state;
    for_all(check_gather);
}

static void far_gathers_are_alike(void **state)
{
    (void)state;
    for_all(check_gather_far);
}

static void horner_sums_are_alike(void **state)
{
    (void)state;
    for_all(check_horner);
}

static void combinations_are_alike(void **state)
{
    (void)state;
    for_all(check_combine);
}

static void products_are_alike(void **state)
{
    (void)state;
    for_all(check_multiply_add);
}

/* Products by shifting and reducing by x^8 + x^4 + x^3 + x^2 + 1, bit by bit. */
static uint8_t slow_product(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    for (; b; b >>= 1) {
        product ^= b & 1 ? a : 0;
        a = (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1d : 0));
    }
    return product;
}

static void scalar_products_are_the_field_s(void **state)
{
    (void)state;
    for (uint32_t a = 0; a < 256; a++) {
        for (uint32_t b = 0; b < 256; b++) {
            uint8_t source = (uint8_t)b, sum = 0x5a;
            assert_int_equal(gf256_multiply((uint8_t)a, (uint8_t)b),
                             slow_product((uint8_t)a, source));
            scalar()->multiply_add(&sum, &source, (uint8_t)a, 1);
            assert_int_equal(sum, 0x5a ^ slow_product((uint8_t)a, source));
        }
        if (a > 0)
            assert_int_equal(slow_product((uint8_t)a, gf256_inverse((uint8_t)a)), 1);
    }
    assert_int_equal(gf256_inverse(0), 0);
}

static void kernels_are_chosen_by_name(void **state)
{
    (void)state;
    assert_false(gf256_select("none such"));
    for (size_t i = 0; gf256_available(i); i++) {
        assert_true(gf256_select(gf256_available(i)->name));
        assert_ptr_equal(gf256(), gf256_available(i));
    }
    assert_true(gf256_select(NULL));
    assert_ptr_equal(gf256(), gf256_available(0));
    assert_string_equal(scalar()->name, "scalar");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalar_products_are_the_field_s),
        cmocka_unit_test(gathers_are_alike),
        cmocka_unit_test(far_gathers_are_alike),
        cmocka_unit_test(horner_sums_are_alike),
        cmocka_unit_test(combinations_are_alike),
        cmocka_unit_test(products_are_alike),
        cmocka_unit_test(kernels_are_chosen_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
