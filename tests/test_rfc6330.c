/* src/rfc6330 against the oracle, which was typed from the RFC a second time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rfc6330/object.h"
#include "rfc6330/rfc6330.h"
#include "support/oracle.h"
#include "support/splitmix.h"

/* ---- the code ---- */

static void assert_code(uint32_t K)
{
    oracle_code right = oracle_code_of(K);
    rfc6330_code code;
    assert_true(rfc6330_code_for(K, &code));
    assert_int_equal(code.K_prime, right.K_prime);
    assert_int_equal(code.J, right.J);
    assert_int_equal(code.S, right.S);
    assert_int_equal(code.H, right.H);
    assert_int_equal(code.W, right.W);
    assert_int_equal(code.L, right.L);
    assert_int_equal(code.P, right.P);
    assert_int_equal(code.P1, right.P1);
    assert_int_equal(code.B, right.B);
    assert_in_range(code.H, 2, RFC6330_MAX_H);
    assert_in_range(code.L, 1, RFC6330_MAX_L);
}

static void every_row_of_the_table_is_right(void **state)
{
    (void)state;
    assert_int_equal(oracle_rows(), RFC6330_K_PRIME_COUNT);
    uint32_t below = 0;
    for (uint32_t i = 0; i < RFC6330_K_PRIME_COUNT; i++) {
        uint32_t K_prime = oracle_K_prime(i);
        assert_int_equal(rfc6330_K_prime(i), K_prime);
        assert_code(K_prime);
        assert_code(K_prime - 1);
        assert_code(below + 1);
        below = K_prime;
    }
    assert_int_equal(rfc6330_K_prime(RFC6330_K_PRIME_COUNT), 0);
    assert_int_equal(below, RFC6330_MAX_K);
}

static void no_other_K_has_a_code(void **state)
{
    (void)state;
    rfc6330_code code;
    assert_false(rfc6330_code_for(0, &code));
    assert_false(rfc6330_code_for(RFC6330_MAX_K + 1, &code));
    assert_false(rfc6330_code_for(UINT32_MAX, &code));
}

static void rand_is_right(void **state)
{
    (void)state;
    splitmix random = {1};
    for (int i = 0; i < 200000; i++) {
        uint32_t y = (uint32_t)(splitmix_next(&random) >> splitmix_below(&random, 64));
        uint32_t index = (uint32_t)splitmix_below(&random, 8);
        uint32_t m = 1 + (uint32_t)splitmix_below(&random, 1u << 20);
        assert_int_equal(rfc6330_rand(y, index, m), oracle_rand(y, index, m));
    }
    assert_int_equal(rfc6330_rand(UINT32_MAX, 7, 1u << 20), oracle_rand(UINT32_MAX, 7, 1u << 20));
}

static void assert_lt_row(uint32_t K, uint32_t isi)
{
    oracle_code right_code = oracle_code_of(K);
    uint32_t right[ORACLE_MAX_COLUMNS];
    uint32_t right_count = oracle_columns(&right_code, isi, right);
    rfc6330_code code;
    assert_true(rfc6330_code_for(K, &code));
    uint16_t columns[RFC6330_MAX_COLUMNS];
    uint32_t lt_count = UINT32_MAX;
    assert_int_equal(rfc6330_lt_row(&code, isi, columns, &lt_count), right_count);
    assert_int_equal(lt_count, oracle_tuple_of(&right_code, isi).d);
    for (uint32_t i = 0; i < right_count; i++) {
        assert_int_equal(columns[i], right[i]);
        assert_true(i < lt_count ? columns[i] < code.W : columns[i] >= code.W);
        assert_in_range(columns[i], 0, code.L - 1);
        for (uint32_t j = 0; j < i; j++) {
            assert_int_not_equal(columns[i], columns[j]);
        }
    }
}

static void lt_rows_are_right_for_every_K_prime(void **state)
{
    (void)state;
    splitmix random = {2};
    for (uint32_t i = 0; i < RFC6330_K_PRIME_COUNT; i++) {
        uint32_t K_prime = oracle_K_prime(i);
        uint32_t padding = i == 0 ? 9 : K_prime - oracle_K_prime(i - 1) - 1;
        for (uint32_t isi = 0; isi < 20; isi++) {
            assert_lt_row(K_prime, isi);
            assert_lt_row(K_prime, K_prime - 1 + isi);
            assert_lt_row(K_prime, (uint32_t)splitmix_below(&random, RQ_MAX_ESI + 1));
        }
        assert_lt_row(K_prime, RQ_MAX_ESI);
        assert_lt_row(K_prime, RQ_MAX_ESI + padding);
    }
}

static void lt_rows_are_right_for_many_symbols(void **state)
{
    (void)state;
    uint32_t Ks[] = {10, 12, 18, 101, 1002, 10017, 56403};
    splitmix random = {3};
    for (size_t i = 0; i < sizeof Ks / sizeof *Ks; i++) {
        for (uint32_t isi = 0; isi < 3000; isi++) {
            assert_lt_row(Ks[i], isi);
            assert_lt_row(Ks[i], (uint32_t)splitmix_below(&random, RQ_MAX_ESI + 400));
        }
    }
}

/* ---- the constraint matrix ---- */

static void ldpc_rows_are_right(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 60; n++) {
        rfc6330_code code;
        assert_true(rfc6330_code_for(oracle_K_prime(n), &code));
        uint8_t *matrix = oracle_matrix(code.K_prime, NULL, 0);
        for (uint32_t column = 0; column < code.B; column++) {
            uint32_t rows[3];
            rfc6330_ldpc_rows(&code, column, rows);
            for (uint32_t row = 0; row < code.S; row++) {
                int hits = (row == rows[0]) + (row == rows[1]) + (row == rows[2]);
                assert_int_equal(hits, matrix[(size_t)row * code.L + column]);
            }
        }
        free(matrix);
    }
}

/* Column j of MT times GAMMA is column j of MT plus alpha times the next column of the product. */
static void hdpc_rows_are_right(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 60; n++) {
        rfc6330_code code;
        assert_true(rfc6330_code_for(oracle_K_prime(n), &code));
        uint8_t *matrix = oracle_matrix(code.K_prime, NULL, 0);
        for (uint32_t column = 0; column + 1 < code.K_prime + code.S; column++) {
            uint32_t rows[2];
            rfc6330_hdpc_rows(&code, column, rows);
            for (uint32_t row = 0; row < code.H; row++) {
                const uint8_t *octet = matrix + (size_t)(code.S + row) * code.L + column;
                int hits = (row == rows[0]) + (row == rows[1]);
                assert_int_equal(hits, octet[0] ^ oracle_multiply(2, octet[1]));
            }
        }
        free(matrix);
    }
}

/* ---- the object ---- */

static void partition_is_right(void **state)
{
    (void)state;
    splitmix random = {4};
    for (int i = 0; i < 20000; i++) {
        uint32_t I = (uint32_t)splitmix_below(&random, 1u << (1 + splitmix_below(&random, 30)));
        uint32_t J = 1 + (uint32_t)splitmix_below(&random, 300);
        rfc6330_partition partition = rfc6330_partition_of(I, J);
        assert_int_equal(partition.IL, (I + J - 1) / J);
        assert_int_equal(partition.IS, I / J);
        assert_int_equal(partition.JL, I - (I / J) * J);
        assert_int_equal(partition.JL + partition.JS, J);
        uint64_t start = 0;
        for (uint32_t piece = 0; piece < J; piece++) {
            uint32_t size = piece < I % J ? I / J + 1 : I / J;
            assert_int_equal(rfc6330_partition_size(&partition, piece), size);
            assert_int_equal(rfc6330_partition_start(&partition, piece), start);
            start += size;
        }
        assert_int_equal(start, I);
        assert_int_equal(rfc6330_partition_start(&partition, J), I);
    }
}

static void payload_ids_are_big_endian(void **state)
{
    (void)state;
    uint8_t bytes[4];
    rfc6330_payload_id_write(0xAB, 0x123456, bytes);
    assert_memory_equal(bytes, "\xAB\x12\x34\x56", 4);
    uint8_t sbn = 0;
    uint32_t esi = 0;
    rfc6330_payload_id_read((const uint8_t *)"\xFF\xFF\xFF\xFE", &sbn, &esi);
    assert_int_equal(sbn, 255);
    assert_int_equal(esi, 0xFFFFFE);
}

/* ---- parameters ---- */

/* 4.3 word for word. KL is 0 where no K' fits. */
static uint32_t KL(uint64_t n, uint64_t T, uint64_t Al, uint64_t WS)
{
    uint64_t sub_symbol = Al * ((T + Al * n - 1) / (Al * n));
    uint32_t largest = 0;
    for (size_t i = 0; i < oracle_rows(); i++) {
        if (oracle_K_prime(i) <= WS / sub_symbol) {
            largest = oracle_K_prime(i);
        }
    }
    return largest;
}

static bool choose(uint64_t F, uint16_t P, uint64_t WS, rq_oti *oti)
{
    uint64_t Al = P < 64 ? 1 : 8;
    uint64_t T = P / Al * Al;
    uint64_t Kt = (F + T - 1) / T;
    uint64_t N_max = T / (Al * Al);
    uint64_t Z = (Kt + KL(N_max, T, Al, WS) - 1) / KL(N_max, T, Al, WS);
    uint64_t N = 1;
    while ((Kt + Z - 1) / Z > KL(N, T, Al, WS)) {
        N++;
    }
    *oti = (rq_oti){F, (uint16_t)T, (uint8_t)Z, (uint16_t)N, (uint8_t)Al};
    return Z <= 255;
}

static void assert_same_oti(const rq_oti *a, const rq_oti *b)
{
    assert_int_equal(a->F, b->F);
    assert_int_equal(a->T, b->T);
    assert_int_equal(a->Z, b->Z);
    assert_int_equal(a->N, b->N);
    assert_int_equal(a->Al, b->Al);
}

static void assert_choice(uint64_t F, uint16_t P)
{
    rq_oti right, oti;
    if (choose(F, P, 10 << 20, &right)) {
        assert_int_equal(rq_oti_choose(F, P, &oti), RQ_OK);
        assert_same_oti(&oti, &right);
    } else {
        assert_int_equal(rq_oti_choose(F, P, &oti), RQ_ERROR_PARAMETER);
    }
}

static void parameters_are_chosen_as_section_4_3_says(void **state)
{
    (void)state;
    splitmix random = {5};
    for (int i = 0; i < 3000; i++) {
        uint16_t P =
            (uint16_t)(1 +
                       splitmix_below(&random, UINT64_C(2) << splitmix_below(&random, 15)) % 65535);
        uint64_t F = 1 + splitmix_below(&random, UINT64_C(2) << splitmix_below(&random, 36));
        assert_choice(F, P);
    }
    for (uint16_t P = 1; P < 200; P++) {
        assert_choice(1, P);
        assert_choice(P, P);
        assert_choice(P + UINT64_C(1), P);
    }
    assert_choice(UINT64_C(5) << 30, 65535);
    assert_choice(UINT64_C(56403) * 65528, 65535);
    assert_choice(UINT64_C(56403) * 65528 + 1, 65535);
    assert_choice(RQ_MAX_TRANSFER_LENGTH, 65535);
}

static void impossible_lengths_have_no_parameters(void **state)
{
    (void)state;
    rq_oti oti;
    assert_int_equal(rq_oti_choose(0, 1280, &oti), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_oti_choose(1000, 0, &oti), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_oti_choose(RQ_MAX_TRANSFER_LENGTH + 1, 65535, &oti), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_oti_choose(UINT64_MAX, 65535, &oti), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_oti_choose(UINT64_C(1) << 40, 8, &oti), RQ_ERROR_PARAMETER);
}

/* As encoder_parameters stand in layouts that clients have signed. */
static void parameters_are_serialized_as_in_the_golden_layouts(void **state)
{
    (void)state;
    static const struct {
        uint64_t F;
        uint16_t symbol_size;
        uint8_t bytes[12];
    } cases[] = {
        {1, 65535, {0, 0, 0, 0, 1, 0, 255, 248, 1, 0, 1, 8}},
        {65529, 65535, {0, 0, 0, 255, 249, 0, 255, 248, 1, 0, 1, 8}},
        {5000, 8, {0, 0, 0, 19, 136, 0, 0, 8, 1, 0, 1, 1}},
        {50000, 63, {0, 0, 0, 195, 80, 0, 0, 63, 1, 0, 1, 1}},
        {50000, 65, {0, 0, 0, 195, 80, 0, 0, 64, 1, 0, 1, 8}},
        {5000000, 64, {0, 0, 76, 75, 64, 0, 0, 64, 2, 0, 1, 8}},
        {20000000, 65535, {0, 1, 49, 45, 0, 0, 255, 248, 1, 0, 3, 8}},
        {12000000, 128, {0, 0, 183, 27, 0, 0, 0, 128, 2, 0, 1, 8}},
        {24000000, 400, {0, 1, 110, 54, 0, 0, 1, 144, 2, 0, 2, 8}},
        {200000000, 65535, {0, 11, 235, 194, 0, 0, 255, 248, 1, 0, 20, 8}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rq_oti oti, parsed;
        uint8_t bytes[12];
        assert_int_equal(rq_oti_choose(cases[i].F, cases[i].symbol_size, &oti), RQ_OK);
        rq_oti_serialize(&oti, bytes);
        assert_memory_equal(bytes, cases[i].bytes, 12);
        assert_int_equal(rq_oti_parse(bytes, &parsed), RQ_OK);
        assert_same_oti(&parsed, &oti);
    }
}

static void impossible_parameters_are_not_parsed(void **state)
{
    (void)state;
    static const uint8_t impossible[][12] = {
        {0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 1, 8},                /* F = 0 */
        {0, 0, 0, 19, 136, 0, 0, 0, 1, 0, 1, 8},              /* T = 0 */
        {0, 0, 0, 19, 136, 0, 0, 64, 0, 0, 1, 8},             /* Z = 0 */
        {0, 0, 0, 19, 136, 0, 0, 64, 1, 0, 0, 8},             /* N = 0 */
        {0, 0, 0, 19, 136, 0, 0, 64, 1, 0, 1, 0},             /* Al = 0 */
        {0, 0, 0, 19, 136, 0, 0, 65, 1, 0, 1, 8},             /* T no multiple of Al */
        {0, 0, 0, 19, 136, 0, 0, 4, 1, 0, 1, 8},              /* T below Al */
        {0, 0, 13, 200, 0, 0, 0, 8, 1, 0, 1, 8},              /* K above 56403 */
        {255, 255, 255, 255, 255, 0, 255, 248, 255, 0, 1, 8}, /* F too long */
    };
    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        rq_oti oti;
        assert_int_equal(rq_oti_parse(impossible[i], &oti), RQ_ERROR_PARAMETER);
    }
}

static void source_blocks_are_counted(void **state)
{
    (void)state;
    rq_oti oti = {5000000, 64, 2, 1, 8};
    assert_int_equal(rq_oti_source_symbols(&oti, 0), 39063);
    assert_int_equal(rq_oti_source_symbols(&oti, 1), 39062);
    assert_int_equal(rq_oti_source_symbols(&oti, 2), 0);
    assert_int_equal(rq_oti_padded_size(&oti), 5000000);
    oti.F = 4999937;
    assert_int_equal(rq_oti_padded_size(&oti), 5000000);
    oti.F = 4999936;
    assert_int_equal(rq_oti_padded_size(&oti), 4999936);
    assert_int_equal(rq_oti_source_symbols(&oti, 0), 39062);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_is_right),
        cmocka_unit_test(no_other_K_has_a_code),
        cmocka_unit_test(rand_is_right),
        cmocka_unit_test(lt_rows_are_right_for_every_K_prime),
        cmocka_unit_test(lt_rows_are_right_for_many_symbols),
        cmocka_unit_test(ldpc_rows_are_right),
        cmocka_unit_test(hdpc_rows_are_right),
        cmocka_unit_test(partition_is_right),
        cmocka_unit_test(payload_ids_are_big_endian),
        cmocka_unit_test(parameters_are_chosen_as_section_4_3_says),
        cmocka_unit_test(impossible_lengths_have_no_parameters),
        cmocka_unit_test(parameters_are_serialized_as_in_the_golden_layouts),
        cmocka_unit_test(impossible_parameters_are_not_parsed),
        cmocka_unit_test(source_blocks_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
