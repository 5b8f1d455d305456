#include "support/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/csv.h"

enum { ROWS = 477, DEGREES = 31 };

static struct {
    bool loaded;
    uint32_t table[ROWS][5]; /* K', J, S, H, W */
    uint32_t V[4][256];
    uint32_t f[DEGREES];
    uint8_t product[256][256];
} data;

/* ---- constants ---- */

typedef struct destination {
    uint32_t *words;
    size_t skip, take; /* fields of a line */
    size_t lines, limit;
} destination;

static void load_line(void *context, char *const *fields, size_t count)
{
    destination *to = context;
    if (count != to->skip + to->take || to->lines == to->limit) {
        fprintf(stderr, "unexpected test data in line %zu\n", to->lines + 2);
        exit(2);
    }
    for (size_t i = 0; i < to->take; i++) {
        to->words[to->lines * to->take + i] = (uint32_t)csv_number(fields[to->skip + i]);
    }
    to->lines++;
}

static void load_file(const char *name, uint32_t *words, size_t skip, size_t take, size_t limit)
{
    destination to = {words, skip, take, 0, limit};
    csv_read(name, load_line, &to);
    if (to.lines != limit) {
        fprintf(stderr, "%s has %zu lines, not %zu\n", name, to.lines, limit);
        exit(2);
    }
}

/* 5.7.2: the product of two octets as polynomials modulo x^8 + x^4 + x^3 + x^2 + 1. */
uint8_t oracle_multiply(uint8_t u, uint8_t v)
{
    uint32_t sum = 0;
    for (int bit = 0; bit < 8; bit++) {
        if (v >> bit & 1) {
            sum ^= (uint32_t)u << bit;
        }
    }
    for (int bit = 14; bit >= 8; bit--) {
        if (sum >> bit & 1) {
            sum ^= UINT32_C(0x11D) << (bit - 8);
        }
    }
    return (uint8_t)sum;
}

static void load(void)
{
    if (data.loaded) {
        return;
    }
    uint32_t V[256][4];
    load_file("vectors/rfc6330/systematic_indices.csv", &data.table[0][0], 0, 5, ROWS);
    load_file("vectors/rfc6330/rand_tables.csv", &V[0][0], 1, 4, 256);
    load_file("vectors/rfc6330/degree_distribution.csv", data.f, 1, 1, DEGREES);
    for (size_t i = 0; i < 256; i++) {
        for (size_t j = 0; j < 4; j++) {
            data.V[j][i] = V[i][j];
        }
        for (size_t j = 0; j < 256; j++) {
            data.product[i][j] = oracle_multiply((uint8_t)i, (uint8_t)j);
        }
    }
    data.loaded = true;
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(2);
    }
    return memory;
}

/* ---- the code ---- */

size_t oracle_rows(void)
{
    return ROWS;
}

uint32_t oracle_K_prime(size_t row)
{
    load();
    return data.table[row][0];
}

static bool is_prime(uint32_t n)
{
    for (uint32_t i = 2; i * i <= n; i++) {
        if (n % i == 0) {
            return false;
        }
    }
    return n >= 2;
}

oracle_code oracle_code_of(uint32_t K)
{
    load();
    size_t row = 0;
    while (data.table[row][0] < K) {
        row++;
    }
    oracle_code code = {.K = K};
    code.K_prime = data.table[row][0];
    code.J = data.table[row][1];
    code.S = data.table[row][2];
    code.H = data.table[row][3];
    code.W = data.table[row][4];
    code.L = code.K_prime + code.S + code.H;
    code.P = code.L - code.W;
    code.B = code.W - code.S;
    code.P1 = code.P;
    while (!is_prime(code.P1)) {
        code.P1++;
    }
    return code;
}

uint32_t oracle_rand(uint32_t y, uint32_t i, uint32_t m)
{
    load();
    uint32_t x0 = (y + i) % 256;
    uint32_t x1 = (y / 256 + i) % 256;
    uint32_t x2 = (y / 65536 + i) % 256;
    uint32_t x3 = (y / 16777216 + i) % 256;
    return (data.V[0][x0] ^ data.V[1][x1] ^ data.V[2][x2] ^ data.V[3][x3]) % m;
}

uint32_t oracle_degree(uint32_t v, uint32_t W)
{
    load();
    uint32_t d = 1;
    while (v >= data.f[d]) {
        d++;
    }
    return d < W - 2 ? d : W - 2;
}

oracle_tuple oracle_tuple_of(const oracle_code *code, uint32_t X)
{
    uint32_t A = 53591 + code->J * 997;
    if (A % 2 == 0) {
        A++;
    }
    uint32_t b0 = 10267 * (code->J + 1);
    uint32_t y = b0 + X * A;
    oracle_tuple tuple;
    tuple.d = oracle_degree(oracle_rand(y, 0, 1048576), code->W);
    tuple.a = 1 + oracle_rand(y, 1, code->W - 1);
    tuple.b = oracle_rand(y, 2, code->W);
    tuple.d1 = tuple.d < 4 ? 2 + oracle_rand(X, 3, 2) : 2;
    tuple.a1 = 1 + oracle_rand(X, 4, code->P1 - 1);
    tuple.b1 = oracle_rand(X, 5, code->P1);
    return tuple;
}

uint32_t oracle_columns(const oracle_code *code, uint32_t X, uint32_t columns[ORACLE_MAX_COLUMNS])
{
    oracle_tuple t = oracle_tuple_of(code, X);
    uint32_t count = 0;
    columns[count++] = t.b;
    for (uint32_t j = 1; j < t.d; j++) {
        t.b = (t.b + t.a) % code->W;
        columns[count++] = t.b;
    }
    while (t.b1 >= code->P) {
        t.b1 = (t.b1 + t.a1) % code->P1;
    }
    columns[count++] = code->W + t.b1;
    for (uint32_t j = 1; j < t.d1; j++) {
        do {
            t.b1 = (t.b1 + t.a1) % code->P1;
        } while (t.b1 >= code->P);
        columns[count++] = code->W + t.b1;
    }
    return count;
}

/* ---- the constraint matrix, 5.3.3.4.2 ---- */

static void fill_ldpc(const oracle_code *code, uint8_t *matrix)
{
    size_t L = code->L;
    uint32_t S = code->S;
    for (uint32_t i = 0; i < code->B; i++) {
        uint32_t a = 1 + i / S;
        uint32_t b = i % S;
        for (int times = 0; times < 3; times++) {
            matrix[b * L + i] ^= 1;
            b = (b + a) % S;
        }
    }
    for (uint32_t i = 0; i < S; i++) {
        matrix[i * L + code->B + i] ^= 1;
        matrix[i * L + code->W + i % code->P] ^= 1;
        matrix[i * L + code->W + (i + 1) % code->P] ^= 1;
    }
}

static void fill_hdpc(const oracle_code *code, uint8_t *rows)
{
    uint32_t H = code->H;
    uint32_t n = code->K_prime + code->S;
    uint8_t *MT = allocate((size_t)H * n, 1);
    uint8_t *power = allocate(n, 1); /* of alpha */
    power[0] = 1;
    for (uint32_t i = 1; i < n; i++) {
        power[i] = data.product[power[i - 1]][2];
    }
    for (uint32_t j = 0; j + 1 < n; j++) {
        uint32_t first = oracle_rand(j + 1, 6, H);
        uint32_t second = (first + oracle_rand(j + 1, 7, H - 1) + 1) % H;
        MT[(size_t)first * n + j] = 1;
        MT[(size_t)second * n + j] = 1;
    }
    for (uint32_t i = 0; i < H; i++) {
        MT[(size_t)i * n + n - 1] = power[i];
    }
    for (uint32_t i = 0; i < H; i++) {
        for (uint32_t j = 0; j < n; j++) {
            uint8_t sum = 0;
            for (uint32_t k = j; k < n; k++) {
                sum ^= data.product[MT[(size_t)i * n + k]][power[k - j]];
            }
            rows[(size_t)i * code->L + j] = sum;
        }
        rows[(size_t)i * code->L + n + i] = 1;
    }
    free(power);
    free(MT);
}

static void fill_lt(const oracle_code *code, uint32_t X, uint8_t *row)
{
    uint32_t columns[ORACLE_MAX_COLUMNS];
    uint32_t count = oracle_columns(code, X, columns);
    for (uint32_t i = 0; i < count; i++) {
        row[columns[i]] ^= 1;
    }
}

static uint32_t isi_of(const oracle_code *code, uint32_t esi)
{
    return esi < code->K ? esi : esi + (code->K_prime - code->K);
}

static uint32_t matrix_rows(const oracle_code *code, uint32_t count)
{
    return code->S + code->H + count + (code->K_prime - code->K);
}

uint8_t *oracle_matrix(uint32_t K, const uint32_t *esis, uint32_t count)
{
    oracle_code code = oracle_code_of(K);
    size_t L = code.L;
    uint8_t *matrix = allocate(matrix_rows(&code, count) * L, 1);
    fill_ldpc(&code, matrix);
    fill_hdpc(&code, matrix + code.S * L);
    uint8_t *row = matrix + (code.S + code.H) * L;
    for (uint32_t i = 0; i < count; i++, row += L) {
        fill_lt(&code, isi_of(&code, esis[i]), row);
    }
    for (uint32_t X = code.K; X < code.K_prime; X++, row += L) {
        fill_lt(&code, X, row);
    }
    return matrix;
}

/* ---- elimination ---- */

typedef struct rows {
    uint8_t *octets;
    size_t length; /* of a row */
} rows;

static void row_swap(rows m, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < m.length; i++) {
        uint8_t octet = m.octets[a * m.length + i];
        m.octets[a * m.length + i] = m.octets[b * m.length + i];
        m.octets[b * m.length + i] = octet;
    }
}

static void row_scale(rows m, uint32_t row, uint8_t factor)
{
    for (size_t i = 0; i < m.length; i++) {
        m.octets[row * m.length + i] = data.product[factor][m.octets[row * m.length + i]];
    }
}

static void row_add_multiple(rows m, uint32_t to, uint32_t from, uint8_t factor)
{
    const uint8_t *product = data.product[factor];
    for (size_t i = 0; i < m.length; i++) {
        m.octets[to * m.length + i] ^= product[m.octets[from * m.length + i]];
    }
}

static uint8_t inverse(uint8_t octet)
{
    uint8_t candidate = 1;
    while (data.product[octet][candidate] != 1) {
        candidate++;
    }
    return candidate;
}

/* Reduces the matrix to row echelon form, each pivot 1 and alone in its column, and does the same
 * to the right-hand sides. Returns the rank. */
static uint32_t eliminate(rows matrix, rows right, uint32_t row_count)
{
    uint32_t rank = 0;
    for (size_t column = 0; column < matrix.length && rank < row_count; column++) {
        uint32_t pivot = rank;
        while (pivot < row_count && matrix.octets[pivot * matrix.length + column] == 0) {
            pivot++;
        }
        if (pivot == row_count) {
            continue;
        }
        row_swap(matrix, rank, pivot);
        row_swap(right, rank, pivot);
        uint8_t factor = inverse(matrix.octets[rank * matrix.length + column]);
        row_scale(matrix, rank, factor);
        row_scale(right, rank, factor);
        for (uint32_t i = 0; i < row_count; i++) {
            factor = matrix.octets[i * matrix.length + column];
            if (i != rank && factor != 0) {
                row_add_multiple(matrix, i, rank, factor);
                row_add_multiple(right, i, rank, factor);
            }
        }
        rank++;
    }
    return rank;
}

uint32_t oracle_rank(uint32_t K, const uint32_t *esis, uint32_t count)
{
    oracle_code code = oracle_code_of(K);
    rows matrix = {oracle_matrix(K, esis, count), code.L};
    rows none = {NULL, 0};
    uint32_t rank = eliminate(matrix, none, matrix_rows(&code, count));
    free(matrix.octets);
    return rank;
}

bool oracle_solve(uint32_t K, const uint32_t *esis, uint32_t count, const uint8_t *symbols,
                  size_t T, uint8_t *intermediate)
{
    oracle_code code = oracle_code_of(K);
    uint32_t row_count = matrix_rows(&code, count);
    rows matrix = {oracle_matrix(K, esis, count), code.L};
    rows right = {allocate(row_count, T), T};
    memcpy(right.octets + (code.S + code.H) * T, symbols, count * T);
    bool full = eliminate(matrix, right, row_count) == code.L;
    if (full) {
        memcpy(intermediate, right.octets, code.L * T);
    }
    free(right.octets);
    free(matrix.octets);
    return full;
}

uint8_t *oracle_encode(uint32_t K, const uint8_t *source, size_t T)
{
    uint8_t *intermediate = allocate(oracle_code_of(K).L, T);
    uint32_t *esis = allocate(K, sizeof *esis);
    for (uint32_t i = 0; i < K; i++) {
        esis[i] = i;
    }
    if (!oracle_solve(K, esis, K, source, T, intermediate)) {
        fprintf(stderr, "the source symbols do not determine a block of K = %u\n", (unsigned)K);
        exit(2);
    }
    free(esis);
    return intermediate;
}

void oracle_symbol(uint32_t K, const uint8_t *intermediate, size_t T, uint32_t esi, uint8_t *symbol)
{
    oracle_code code = oracle_code_of(K);
    uint32_t columns[ORACLE_MAX_COLUMNS];
    uint32_t count = oracle_columns(&code, isi_of(&code, esi), columns);
    memset(symbol, 0, T);
    for (uint32_t i = 0; i < count; i++) {
        for (size_t j = 0; j < T; j++) {
            symbol[j] ^= intermediate[columns[i] * T + j];
        }
    }
}
