/* BLAKE3 against its published vectors, side by side against one by one; names against base58 by
 * long division. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest/digest.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

/* ---- hashing ---- */

/* The input of length n is 0, 1, .. 250, 0, 1, .. in BLAKE3's own test_vectors.json. */
static const struct {
    size_t size;
    const char *hash;
} published[] = {
    {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
    {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
    {1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"},
    {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
    {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
    {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
};

static void to_hex(const digest *value, char hex[2 * DIGEST_SIZE + 1])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", value->bytes[i]);
}

static void published_vectors(void **state)
{
    (void)state;
    uint8_t input[2048];
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)(i % 251);
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        digest value;
        char hex[2 * DIGEST_SIZE + 1];
        digest_of(input, published[i].size, &value);
        to_hex(&value, hex);
        assert_string_equal(hex, published[i].hash);
    }
}

static void in_pieces(void **state)
{
    (void)state;
    enum { SIZE = 10000 };
    uint8_t *input = malloc(SIZE);
    assert_non_null(input);
    splitmix_fill(1, input, SIZE);
    splitmix random = {2};
    digest whole;
    digest_of(input, SIZE, &whole);
    for (int round = 0; round < 50; round++) {
        digest_state hasher;
        digest pieces;
        digest_begin(&hasher);
        for (size_t done = 0; done < SIZE;) {
            size_t size = (size_t)splitmix_below(&random, 3000);
            size = size < SIZE - done ? size : SIZE - done;
            digest_update(&hasher, input + done, size);
            done += size;
        }
        digest_end(&hasher, &pieces);
        assert_true(digest_equal(&whole, &pieces));
        digest_end(&hasher, &pieces);
        assert_true(digest_equal(&whole, &pieces));
        pieces.bytes[round % DIGEST_SIZE] ^= 1;
        assert_false(digest_equal(&whole, &pieces));
    }
    free(input);
}

/* The inputs are allocated to the byte, so that a read beyond the last one is seen. */
static void check_many(splitmix *random, size_t size, size_t count)
{
    const size_t stride = size + (size_t)splitmix_below(random, 70);
    const size_t length = stride * (count - 1) + size;
    uint8_t *data = malloc(length > 0 ? length : 1);
    digest *many = malloc((count + 1) * sizeof *many);
    assert_non_null(data);
    assert_non_null(many);
    splitmix_fill(size + count, data, length);
    memset(&many[count], 0xa5, sizeof *many);
    digest_of_many(data, stride, size, count, many);
    for (size_t i = 0; i < count; i++) {
        digest one;
        digest_of(data + i * stride, size, &one);
        if (!digest_equal(&one, &many[i]))
            fail_msg("input %zu of %zu, of %zu bytes, has another hash", i, count, size);
    }
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        assert_int_equal(many[count].bytes[i], 0xa5);
    free(many);
    free(data);
}

static void many_of_every_size(void **state)
{
    (void)state;
    splitmix random = {3};
    for (size_t size = 0; size <= 5000; size += SUPPORT_SLOW_BUILD ? 7 : 1)
        check_many(&random, size, 1 + (size_t)splitmix_below(&random, 40));
}

static void many_of_random_sizes(void **state)
{
    (void)state;
    splitmix random = {4};
    for (int round = 0; round < (SUPPORT_SLOW_BUILD ? 40 : 400); round++)
        check_many(&random, (size_t)splitmix_below(&random, 70001),
                   1 + (size_t)splitmix_below(&random, 40));
}

static void many_at_the_edges(void **state)
{
    (void)state;
    static const size_t sizes[] = {1024, 1284, 4100, 65532, 65536, 131071, 131072, 131073, 140000};
    splitmix random = {5};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t count = 1; count <= 40; count += SUPPORT_SLOW_BUILD ? 5 : 1)
            check_many(&random, sizes[i], count);
}

static void many_of_none(void **state)
{
    (void)state;
    digest_of_many(NULL, 0, 1284, 0, NULL);
}

/* Parts in any order, after so many bytes and before others, are the same as all in one go. */
static void check_split(const uint8_t *input, size_t before, size_t size, size_t after)
{
    digest expected, found;
    digest_state state;
    static digest_split split;
    digest_of(input, before + size + after, &expected);
    digest_begin(&state);
    digest_update(&state, input, before);
    digest_split_begin(&split, &state, input + before, size);
    assert_true(split.count <= DIGEST_SPLIT_MOST);
    for (size_t i = split.count; i-- > 0;)
        digest_split_part(&split, i);
    digest_split_end(&split, &state);
    digest_update(&state, input + before + size, after);
    digest_end(&state, &found);
    assert_true(digest_equal(&found, &expected));
}

/* Chunk by chunk, the last one first. */
static void by_chunks(void **state)
{
    (void)state;
    enum { COUNT = 37, STRIDE = 70000, MOST = 69 };
    static const size_t sizes[] = {1025, 2048, 2049, 3072, 5000, 65532, 65536, 65539};
    static digest values[MOST * COUNT], found[COUNT], expected[COUNT];
    uint8_t *input = malloc((size_t)COUNT * STRIDE);
    assert_non_null(input);
    splitmix_fill(4, input, (size_t)COUNT * STRIDE);
    assert_false(digest_by_chunks(1024));
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes && digest_by_chunks(sizes[s]); s++) {
        for (size_t count = 1; count <= COUNT; count += 6) {
            size_t chunks = (size_t)digest_chunks(sizes[s]);
            for (size_t c = chunks; c-- > 0;) {
                size_t at = c * DIGEST_CHUNK, left = sizes[s] - at;
                digest_chunk_values(input + at, STRIDE, left < DIGEST_CHUNK ? left : DIGEST_CHUNK,
                                    count, c, values + c * COUNT);
            }
            digest_of_chunks(values, COUNT, chunks, count, found);
            digest_of_many(input, STRIDE, sizes[s], count, expected);
            assert_memory_equal(found, expected, count * sizeof *found);
        }
    }
    free(input);
}

static void split_among_threads(void **state)
{
    (void)state;
    enum { MIB = 1 << 20, SIZE = 160 * MIB };
    static const size_t befores[] = {0, 1, 1023, 1024, 1025, MIB / 2 - 1, MIB / 2, MIB + 65536};
    static const size_t sizes[] = {0,   1,           1024,    MIB / 2 - 1, MIB / 2, MIB / 2 + 1,
                                   MIB, 3 * MIB / 2, 2 * MIB, 2 * MIB + 1, 5 * MIB, 11 * MIB - 7};
    uint8_t *input = malloc(SIZE);
    assert_non_null(input);
    splitmix_fill(3, input, SIZE);
    for (size_t b = 0; b < sizeof befores / sizeof *befores; b++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            check_split(input, befores[b], sizes[s], 0);
            check_split(input, befores[b], sizes[s], 1);
            check_split(input, befores[b], sizes[s], MIB / 2);
        }
    }
    check_split(input, 0, 64 * MIB, 0);
    check_split(input, 12345, 150 * MIB, 77);
    free(input);
}

/* ---- pieces in any order ---- */

static int read_input(void *context, uint64_t at, uint8_t *buffer, size_t size)
{
    const uint8_t *input = context;
    assert_true(size <= DIGEST_GROUP);
    memcpy(buffer, input + at, size);
    return 0;
}

static int read_nothing(void *context, uint64_t at, uint8_t *buffer, size_t size)
{
    (void)context, (void)at, (void)buffer, (void)size;
    return 7;
}

/* Pieces of `piece` bytes, every third one left out, the last one first. */
static void check_scattered(uint8_t *input, size_t before, size_t size, size_t after, size_t piece)
{
    static uint8_t buffer[DIGEST_GROUP];
    digest expected, found;
    digest_state state;
    digest_scattered scattered;
    digest_of(input, before + size + after, &expected);
    digest_begin(&state);
    digest_update(&state, input, before);
    size_t chunks = digest_scattered_chunks(&state, size);
    if (chunks == 0)
        return;
    digest *values = malloc(chunks * sizeof *values);
    assert_non_null(values);
    memset(values, 0xa5, chunks * sizeof *values);
    digest_scattered_begin(&scattered, &state, size, values);
    for (size_t i = (size + piece - 1) / piece; i-- > 0;) {
        size_t at = i * piece, left = size - at;
        if (i % 3 != 1)
            digest_scattered_add(&scattered, at, input + before + at, left < piece ? left : piece);
    }
    for (size_t i = scattered.count; i-- > 0;)
        assert_int_equal(digest_scattered_close(&scattered, i, read_input, input + before, buffer),
                         0);
    assert_int_equal(digest_scattered_end(&scattered, &state, read_input, input + before, buffer),
                     0);
    digest_update(&state, input + before + size, after);
    digest_end(&state, &found);
    assert_true(digest_equal(&found, &expected));
    free(values);
}

static void pieces_in_any_order(void **state)
{
    (void)state;
    enum { GROUP = DIGEST_GROUP, SIZE = 12 * GROUP };
    static const size_t befores[] = {0, 1, 1024, GROUP - 1, GROUP, GROUP + 1, 3 * GROUP + 5000};
    static const size_t sizes[] = {GROUP,     GROUP + 1,     2 * GROUP - 1, 2 * GROUP, 3 * GROUP,
                                   4 * GROUP, 5 * GROUP + 7, 7 * GROUP - 1, 8 * GROUP};
    static const size_t pieces[] = {1000, 1024, 6552, 45864, GROUP, SIZE};
    uint8_t *input = malloc(SIZE);
    assert_non_null(input);
    splitmix_fill(7, input, SIZE);
    for (size_t b = 0; b < sizeof befores / sizeof *befores; b++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
                check_scattered(input, befores[b], sizes[s], 0, pieces[p]);
                check_scattered(input, befores[b], sizes[s], 1025, pieces[p]);
            }
    free(input);
}

static void pieces_that_cannot_be_read_again(void **state)
{
    (void)state;
    static uint8_t input[3 * DIGEST_GROUP], buffer[DIGEST_GROUP];
    static digest values[3 * DIGEST_GROUP / DIGEST_CHUNK];
    digest_state hash;
    digest_scattered scattered;
    digest_begin(&hash);
    digest_update(&hash, input, 1);
    if (digest_scattered_chunks(&hash, sizeof input) == 0)
        return; /* there is no such thing here */
    digest_scattered_begin(&scattered, &hash, sizeof input, values);
    assert_int_equal(digest_scattered_close(&scattered, 0, read_nothing, NULL, buffer), 7);
    assert_int_equal(digest_scattered_end(&scattered, &hash, read_nothing, NULL, buffer), 7);
}

/* ---- names ---- */

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* Schoolbook: digits of the number by repeated division, a 1 for each leading zero byte. */
static void name_by_division(const digest *value, char name[DIGEST_NAME_SIZE])
{
    uint8_t number[DIGEST_SIZE];
    char reversed[DIGEST_NAME_SIZE];
    size_t length = 0, zeros = 0;
    memcpy(number, value->bytes, sizeof number);
    while (zeros < DIGEST_SIZE && number[zeros] == 0)
        zeros++;
    for (size_t first = zeros; first < DIGEST_SIZE;) {
        unsigned rest = 0;
        for (size_t i = first; i < DIGEST_SIZE; i++) {
            rest = rest << 8 | number[i];
            number[i] = (uint8_t)(rest / 58);
            rest %= 58;
        }
        reversed[length++] = alphabet[rest];
        while (first < DIGEST_SIZE && number[first] == 0)
            first++;
    }
    while (zeros-- > 0)
        reversed[length++] = '1';
    for (size_t i = 0; i < length; i++)
        name[i] = reversed[length - 1 - i];
    name[length] = '\0';
}

static void check_name(const digest *value)
{
    char name[DIGEST_NAME_SIZE], expected[DIGEST_NAME_SIZE];
    digest back;
    memset(name, '#', sizeof name);
    digest_name(value, name);
    name_by_division(value, expected);
    assert_string_equal(name, expected);
    assert_true(digest_from_name(name, strlen(name), &back));
    assert_true(digest_equal(value, &back));
}

static void names_of_every_magnitude(void **state)
{
    (void)state;
    splitmix random = {6};
    for (size_t zeros = 0; zeros <= DIGEST_SIZE; zeros++)
        for (int round = 0; round < 300; round++) {
            digest value;
            splitmix_fill(splitmix_next(&random), value.bytes, DIGEST_SIZE);
            memset(value.bytes, 0, zeros);
            check_name(&value);
            memset(value.bytes + zeros, 0xff, DIGEST_SIZE - zeros);
            check_name(&value);
            memset(value.bytes + zeros, 0, DIGEST_SIZE - zeros);
            if (zeros < DIGEST_SIZE)
                value.bytes[zeros] = (uint8_t)(1 << round % 8);
            check_name(&value);
        }
}

static void known_names(void **state)
{
    (void)state;
    static const char ones[] = "11111111111111111111111111111111";
    digest value = {{0}};
    char name[DIGEST_NAME_SIZE];
    digest_name(&value, name);
    assert_string_equal(name, ones);
    memset(value.bytes, 0xff, DIGEST_SIZE);
    digest_name(&value, name);
    assert_string_equal(name, "JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG");
}

static void assert_no_name(const char *name, size_t length)
{
    /* Allocated to the byte, so that a read beyond the name is seen. */
    char *copy = malloc(length > 0 ? length : 1);
    digest value;
    assert_non_null(copy);
    memcpy(copy, name, length);
    if (digest_from_name(copy, length, &value))
        fail_msg("\"%.*s\" is taken for a name", (int)length, name);
    free(copy);
}

static void what_is_no_name(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        ".",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        "1111111111111111111111111111111",              /* 31 zero bytes */
        "111111111111111111111111111111111",            /* 33 */
        "11111111111111111111111111111111111111111111", /* 44 */
        "2222222222222222222222222222222",
        "22222222222222222222222222222222",
        "JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFH", /* 2^256 */
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "1EKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG",  /* a 1 too many */
        "DRp5zj5Ss8aGzaDCKQv63G5qDPXBkpfU229yB9AAp2hh1", /* 45 characters */
        "DRp5zj5Ss8aGzaDCKQv63G5qDPXBkpfU229yB9AAp2",    /* 42: only 31 bytes */
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_no_name(names[i], strlen(names[i]));
}

/* Every octet at every place of a good name: only those of the alphabet are digits. */
static void characters_of_names(void **state)
{
    (void)state;
    static const char good[] = "CRp5zj5Ss8aGzaDCKQv63G5qDPXBkpfU229yB9AAp2hh";
    for (size_t place = 0; place < sizeof good - 1; place++)
        for (int octet = 0; octet < 256; octet++) {
            char name[sizeof good];
            memcpy(name, good, sizeof name);
            name[place] = (char)octet;
            if (octet == 0 || !strchr(alphabet, octet)) {
                assert_no_name(name, sizeof name - 1);
                continue;
            }
            digest value;
            char again[DIGEST_NAME_SIZE];
            if (digest_from_name(name, sizeof name - 1, &value)) {
                digest_name(&value, again);
                assert_string_equal(again, name);
            }
        }
}

/* Whatever is taken for a name is what the digest is called: no two names for one digest. */
static void names_are_one_to_one(void **state)
{
    (void)state;
    splitmix random = {7};
    size_t taken = 0;
    for (int round = 0; round < 200000; round++) {
        char name[DIGEST_NAME_SIZE + 2], again[DIGEST_NAME_SIZE];
        const size_t length = 30 + (size_t)splitmix_below(&random, 16);
        const size_t ones =
            (size_t)splitmix_below(&random, 2) * (size_t)splitmix_below(&random, 33);
        for (size_t i = 0; i < length; i++)
            name[i] = i < ones ? '1' : alphabet[splitmix_below(&random, 58)];
        name[length] = '\0';
        digest value;
        if (!digest_from_name(name, length, &value))
            continue;
        digest_name(&value, again);
        assert_string_equal(again, name);
        taken++;
    }
    assert_true(taken > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(in_pieces),
        cmocka_unit_test(many_of_every_size),
        cmocka_unit_test(many_of_random_sizes),
        cmocka_unit_test(many_at_the_edges),
        cmocka_unit_test(many_of_none),
        cmocka_unit_test(names_of_every_magnitude),
        cmocka_unit_test(known_names),
        cmocka_unit_test(split_among_threads),
        cmocka_unit_test(pieces_in_any_order),
        cmocka_unit_test(pieces_that_cannot_be_read_again),
        cmocka_unit_test(by_chunks),
        cmocka_unit_test(what_is_no_name),
        cmocka_unit_test(characters_of_names),
        cmocka_unit_test(names_are_one_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
