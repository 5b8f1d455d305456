/* Layouts read: golden ones, ones from other writers, and whatever else a file may hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout/layout.h"
#include "support/counting.h"
#include "support/files.h"
#include "support/json.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

/* ---- a source in memory ---- */

typedef struct source {
    const char *text;
    size_t size, given;
    size_t step;    /* the most bytes at a time */
    size_t fail_at; /* fails instead of giving the byte at this place; 0: never */
} source;

static int give(void *context, void *buffer, size_t size, size_t *got)
{
    source *from = context;
    if (from->fail_at > 0 && from->given + 1 >= from->fail_at)
        return RQ_ERROR_IO;
    *got = from->size - from->given;
    *got = *got < size ? *got : size;
    *got = *got < from->step ? *got : from->step;
    memcpy(buffer, from->text + from->given, *got);
    from->given += *got;
    return 0;
}

static int read_steps(const char *text, size_t size, size_t step, const layout_visitor *visitor,
                      rq_error *error)
{
    source from = {.text = text, .size = size, .step = step};
    counting count = {0};
    const rq_allocator allocator = counting_allocator(&count);
    *error = (rq_error){0};
    const int code = layout_read(give, &from, visitor, &allocator, error);
    assert_int_equal(count.used, 0);
    assert_true(count.peak < 300 * 1024);
    return code;
}

static int read_text(const char *text, const layout_visitor *visitor, rq_error *error)
{
    return read_steps(text, strlen(text), SIZE_MAX, visitor, error);
}

/* ---- a visitor that writes again what was read ---- */

enum { MAX_SYMBOLS = 4000 };

typedef struct copy {
    layout_writer writer;
    char *text;
    size_t length, room;
    digest symbols[MAX_SYMBOLS];
    size_t symbols_count;
    uint64_t blocks;
} copy;

static int append(void *context, const void *data, size_t size)
{
    copy *to = context;
    assert_true(size <= to->room - to->length);
    memcpy(to->text + to->length, data, size);
    to->length += size;
    return 0;
}

static int copy_symbol(void *context, uint64_t position, const digest *symbol)
{
    copy *to = context;
    assert_int_equal(position, to->blocks);
    assert_true(to->symbols_count < MAX_SYMBOLS);
    to->symbols[to->symbols_count++] = *symbol;
    return 0;
}

static int copy_block(void *context, uint64_t position, const layout_block *block)
{
    copy *to = context;
    assert_int_equal(position, to->blocks);
    assert_int_equal(block->symbols_count, to->symbols_count);
    layout_write_block_begin(&to->writer, block);
    layout_write_symbols(&to->writer, to->symbols, to->symbols_count);
    to->blocks++;
    to->symbols_count = 0;
    return layout_write_block_end(&to->writer, block->has_hash ? &block->hash : NULL);
}

/* Reads text, writes it again and checks that this gives expected. */
static void check_copy(const char *text, const char *expected, size_t step)
{
    copy *to = calloc(1, sizeof *to);
    assert_non_null(to);
    to->room = strlen(expected) + 100;
    to->text = malloc(to->room);
    assert_non_null(to->text);
    layout_write_begin(&to->writer, append, to);
    const layout_visitor visitor = {to, copy_symbol, copy_block, false};
    rq_error error;
    if (read_steps(text, strlen(text), step, &visitor, &error) != RQ_OK)
        fail_msg("%s", error.message);
    assert_int_equal(layout_write_end(&to->writer), 0);
    assert_int_equal(to->length, strlen(expected));
    assert_memory_equal(to->text, expected, to->length);
    free(to->text);
    free(to);
}

static const layout_visitor nobody;

/* ---- good layouts ---- */

static void golden_layouts(void **state)
{
    (void)state;
    static const char *const names[] = {
        "vectors/rq-library/one_byte.layout.json",
        "vectors/rq-library/small_1280.layout.json",
        "vectors/rq-library/blocks_ragged.layout.json",
    };
    static const size_t steps[] = {1, 7, 4096, SIZE_MAX};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *text = files_read_test_data(names[i]);
        char *compact = json_compact(json_of(text));
        for (size_t j = 0; j < sizeof steps / sizeof *steps; j++) {
            check_copy(text, text, steps[j]);
            check_copy(compact, text, steps[j]);
        }
        free(compact);
        free(text);
    }
}

#define NAME           "DRp5zj5Ss8aGzaDCKQv63G5qDPXBkpfU229yB9AAp2hh"
#define OTHER          "D49LLvUVBWnwFDM4GyNmSbWgsR7cKtYEBZr3S76r5MwY"
#define BLOCK_ID       "\"block_id\":0"
#define PARAMETERS     "\"encoder_parameters\":[0,0,0,0,1,0,255,248,1,0,1,8]"
#define OFFSET         "\"original_offset\":0"
#define SIZE           "\"size\":1"
#define SYMBOLS        "\"symbols\":[\"" NAME "\"]"
#define HASH           "\"hash\":\"" OTHER "\""
#define BLOCKS(blocks) "{\"blocks\":[" blocks "]}"
#define BLOCK          "{" BLOCK_ID "," PARAMETERS "," OFFSET "," SIZE "," SYMBOLS "," HASH "}"
/* One block; the other five fields are sound. */
#define WITH_BLOCK_ID(it)   BLOCKS("{" it "," PARAMETERS "," OFFSET "," SIZE "," SYMBOLS "," HASH "}")
#define WITH_PARAMETERS(it) BLOCKS("{" BLOCK_ID "," it "," OFFSET "," SIZE "," SYMBOLS "," HASH "}")
#define WITH_OFFSET(it)     BLOCKS("{" BLOCK_ID "," PARAMETERS "," it "," SIZE "," SYMBOLS "," HASH "}")
#define WITH_SIZE(it)       BLOCKS("{" BLOCK_ID "," PARAMETERS "," OFFSET "," it "," SYMBOLS "," HASH "}")
#define WITH_SYMBOLS(it)    BLOCKS("{" BLOCK_ID "," PARAMETERS "," OFFSET "," SIZE "," it "," HASH "}")
#define WITH_HASH(it)       BLOCKS("{" BLOCK_ID "," PARAMETERS "," OFFSET "," SIZE "," SYMBOLS "," it "}")

static char *written(void)
{
    copy *to = calloc(1, sizeof *to);
    rq_error error;
    assert_non_null(to);
    to->room = 4096;
    to->text = calloc(1, to->room);
    assert_non_null(to->text);
    layout_write_begin(&to->writer, append, to);
    const layout_visitor visitor = {to, copy_symbol, copy_block, false};
    assert_int_equal(read_text(BLOCKS(BLOCK), &visitor, &error), RQ_OK);
    layout_write_end(&to->writer);
    char *text = to->text;
    free(to);
    return text;
}

/* The fields of a block in all 720 orders. */
static void every_order_of_fields(void **state)
{
    (void)state;
    static const char *const fields[] = {BLOCK_ID, PARAMETERS, OFFSET, SIZE, SYMBOLS, HASH};
    enum { FIELDS = 6, ORDERS = 720 };
    char *expected = written();
    for (unsigned order = 0; order < ORDERS; order++) {
        const char *left[FIELDS];
        char text[1024] = "{\"blocks\":[{";
        memcpy(left, fields, sizeof left);
        for (unsigned count = FIELDS, rest = order; count > 0; rest /= count--) {
            const unsigned pick = rest % count;
            strcat(text, left[pick]);
            strcat(text, count > 1 ? "," : "}]}");
            memmove(&left[pick], &left[pick + 1], (count - 1 - pick) * sizeof *left);
        }
        check_copy(text, expected, SIZE_MAX);
    }
    free(expected);
}

static void other_writers(void **state)
{
    (void)state;
    static const char *const texts[] = {
        /* white space, a newline at the end, CRLF */
        " \t\r\n" BLOCKS("\n\t" BLOCK "\r\n") "\r\n \n",
        /* unknown fields of every shape, at every level */
        "{\"a\":null,\"b\":true,\"c\":false,\"d\":-1.5e-3,\"e\":\"\\u20ac\\n\",\"f\":{},\"g\":[],"
        "\"h\":{\"blocks\":[1,{\"size\":-1}],\"blocks\":2},\"blocks\":[" BLOCK "],"
        "\"hash\":[[[\"x\"]],{}],\"i\":0}",
        BLOCKS("{\"x\":{\"size\":2,\"size\":3,\"y\":[{\"hash\":7}]}," BLOCK_ID
               ",\"y\":[[],[{}]]," PARAMETERS "," OFFSET "," SIZE "," SYMBOLS ",\"z\":-0,\"z\":1e9,"
               "\"blocks\":[]," HASH ",\"\":null}"),
        /* escapes in names and values */
        BLOCKS("{" BLOCK_ID "," PARAMETERS "," OFFSET ",\"s\\u0069ze\":1,\"symbols\":["
               "\"\\u0044\\u0052p5zj5Ss8aGzaDCKQv63G5qDPXBkpfU229yB9AAp2hh\"]," HASH "}"),
        /* what UTF-8 may hold */
        "{\"\xc3\xa9\":\"\xe2\x82\xac \xf0\x9f\x98\x80 \\ud83d\\ude00 \xf4\x8f\xbf\xbf\xc2\x80\x7f"
        "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\",\"blocks\":[" BLOCK "]}",
    };
    char *expected = written();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t step = 1; step < 4; step++)
            check_copy(texts[i], expected, step);
    free(expected);
}

static int keep_block(void *context, uint64_t position, const layout_block *block)
{
    (void)position;
    *(layout_block *)context = *block;
    return 0;
}

static void values(void **state)
{
    (void)state;
    layout_block block;
    rq_error error;
    const layout_visitor visitor = {&block, NULL, keep_block, false};
    assert_int_equal(read_text(BLOCKS("{\"block_id\":9223372036854775807," PARAMETERS
                                      ",\"original_offset\":9223372036854775806,\"size\":0,"
                                      "\"symbols\":[\"" NAME "\",\"" NAME "\"],\"hash\":\"\"}"),
                               &visitor, &error),
                     RQ_OK);
    static const uint8_t parameters[] = {0, 0, 0, 0, 1, 0, 255, 248, 1, 0, 1, 8};
    assert_int_equal(block.block_id, INT64_MAX);
    assert_int_equal(block.original_offset, INT64_MAX - 1);
    assert_int_equal(block.size, 0);
    assert_int_equal(block.symbols_count, 2);
    assert_false(block.has_hash);
    assert_memory_equal(block.encoder_parameters, parameters, sizeof parameters);

    assert_int_equal(read_text(BLOCKS(BLOCK), &visitor, &error), RQ_OK);
    digest hash;
    assert_true(digest_from_name(OTHER, strlen(OTHER), &hash));
    assert_true(block.has_hash && digest_equal(&block.hash, &hash));
    assert_int_equal(block.symbols_count, 1);

    assert_int_equal(read_text(BLOCKS(BLOCK), &nobody, &error), RQ_OK);
}

/* ---- refusals ---- */

#define LINE1     "layout: line 1: "
#define IN_BLOCK0 "layout: line 1, block 0: "
#define NOT_JSON  LINE1 "is not JSON"

static const struct refusal {
    const char *text, *message; /* the message's beginning */
} refusals[] = {
    {"", "layout: is empty"},
    {" \n ", "layout: line 2: is not JSON: parse error: premature EOF"},
    {"\xef\xbb\xbf" BLOCKS(BLOCK), NOT_JSON ": lexical error"},
    {"[]", LINE1 "is not an object"},
    {"\"x\"", LINE1 "is not an object"},
    {"12", LINE1 "is not an object"},
    {"null", LINE1 "is not an object"},
    {"{}", LINE1 "\"blocks\" is missing"},
    {"{\"Blocks\":[" BLOCK "]}", LINE1 "\"blocks\" is missing"},
    {"{\n\"blocks\"\n:\n7}", "layout: line 4: \"blocks\" is not an array"},
    {"{\"blocks\":{}}", LINE1 "\"blocks\" is not an array"},
    {"{\"blocks\":null}", LINE1 "\"blocks\" is not an array"},
    {BLOCKS(""), LINE1 "\"blocks\" is empty"},
    {BLOCKS("1"), LINE1 "\"blocks\" holds what is not an object"},
    {BLOCKS("[" BLOCK "]"), LINE1 "\"blocks\" holds what is not an object"},
    {"{\"blocks\":[" BLOCK "],\"blocks\":[" BLOCK "]}", LINE1 "\"blocks\" is there twice"},
    /* fields of a block */
    {BLOCKS("{}"), IN_BLOCK0 "\"block_id\" is missing"},
    {WITH_BLOCK_ID("\"a\":0"), IN_BLOCK0 "\"block_id\" is missing"},
    {WITH_PARAMETERS("\"a\":0"), IN_BLOCK0 "\"encoder_parameters\" is missing"},
    {WITH_OFFSET("\"a\":0"), IN_BLOCK0 "\"original_offset\" is missing"},
    {WITH_SIZE("\"a\":0"), IN_BLOCK0 "\"size\" is missing"},
    {WITH_SYMBOLS("\"a\":0"), IN_BLOCK0 "\"symbols\" is missing"},
    {WITH_HASH("\"a\":0"), IN_BLOCK0 "\"hash\" is missing"},
    {BLOCKS(BLOCK "," BLOCK ",\n{" BLOCK_ID "}"),
     "layout: line 2, block 2: \"encoder_parameters\" is missing"},
    {WITH_SIZE(SIZE "," SIZE), IN_BLOCK0 "\"size\" is there twice"},
    {WITH_SIZE(SIZE ",\"siz\\u0065\":1"), IN_BLOCK0 "\"size\" is there twice"},
    {WITH_HASH(HASH "," HASH), IN_BLOCK0 "\"hash\" is there twice"},
    {WITH_SYMBOLS(SYMBOLS "," SYMBOLS), IN_BLOCK0 "\"symbols\" is there twice"},
    /* numbers */
    {WITH_SIZE("\"size\":1.0"),
     IN_BLOCK0 "\"size\" is 1.0, which is no integer from 0 to 9223372036854775807"},
    {WITH_SIZE("\"size\":1e3"), IN_BLOCK0 "\"size\" is 1e3, which is no integer"},
    {WITH_SIZE("\"size\":-0"), IN_BLOCK0 "\"size\" is -0, which is no integer"},
    {WITH_SIZE("\"size\":-1"), IN_BLOCK0 "\"size\" is -1, which is no integer"},
    {WITH_SIZE("\"size\":9223372036854775808"),
     IN_BLOCK0 "\"size\" is 9223372036854775808, which is no integer"},
    {WITH_SIZE("\"size\":18446744073709551616"), IN_BLOCK0 "\"size\" is 18446744073709551616,"},
    {WITH_SIZE("\"size\":11111111111111111111111111111111111111111111111111111111111111111111"),
     IN_BLOCK0 "\"size\" is 111111111111111111111111111111111111111111111111111111111111..., "},
    {WITH_OFFSET("\"original_offset\":-1"), IN_BLOCK0 "\"original_offset\" is -1, which"},
    {WITH_BLOCK_ID("\"block_id\":0.5"), IN_BLOCK0 "\"block_id\" is 0.5, which"},
    {WITH_SIZE("\"size\":\"1\""), IN_BLOCK0 "\"size\" is not a number"},
    {WITH_SIZE("\"size\":null"), IN_BLOCK0 "\"size\" is not a number"},
    {WITH_SIZE("\"size\":[1]"), IN_BLOCK0 "\"size\" is not a number"},
    {WITH_SIZE("\"size\":{}"), IN_BLOCK0 "\"size\" is not a number"},
    {WITH_SIZE("\"size\":01"), NOT_JSON ": parse error"},
    {WITH_SIZE("\"size\":+1"), NOT_JSON ": lexical error"},
    {WITH_SIZE("\"size\":0x1"), NOT_JSON},
    {WITH_SIZE("\"size\":1."), NOT_JSON},
    {WITH_SIZE("\"size\":NaN"), NOT_JSON},
    /* parameters */
    {WITH_PARAMETERS("\"encoder_parameters\":{}"),
     IN_BLOCK0 "\"encoder_parameters\" is not an array"},
    {WITH_PARAMETERS("\"encoder_parameters\":\"AAAAAQD/+AEAAQg=\""),
     IN_BLOCK0 "\"encoder_parameters\" is not an array"},
    {WITH_PARAMETERS("\"encoder_parameters\":[]"),
     IN_BLOCK0 "\"encoder_parameters\" holds 0 octets, not 12"},
    {WITH_PARAMETERS("\"encoder_parameters\":[1,2,3,4,5,6,7,8,9,10,11]"),
     IN_BLOCK0 "\"encoder_parameters\" holds 11 octets, not 12"},
    {WITH_PARAMETERS("\"encoder_parameters\":[1,2,3,4,5,6,7,8,9,10,11,12,13]"),
     IN_BLOCK0 "\"encoder_parameters\" holds more than 12 octets"},
    {WITH_PARAMETERS("\"encoder_parameters\":[256]"),
     IN_BLOCK0 "\"encoder_parameters\" holds 256, which is no octet"},
    {WITH_PARAMETERS("\"encoder_parameters\":[-1]"),
     IN_BLOCK0 "\"encoder_parameters\" holds -1, which is no octet"},
    {WITH_PARAMETERS("\"encoder_parameters\":[1.0]"),
     IN_BLOCK0 "\"encoder_parameters\" holds 1.0, which is no octet"},
    {WITH_PARAMETERS("\"encoder_parameters\":[[1]]"),
     IN_BLOCK0 "\"encoder_parameters\" holds what is not a number"},
    {WITH_PARAMETERS("\"encoder_parameters\":[true]"),
     IN_BLOCK0 "\"encoder_parameters\" holds what is not a number"},
    /* symbols and hash */
    {WITH_SYMBOLS("\"symbols\":[]"), IN_BLOCK0 "\"symbols\" is empty"},
    {WITH_SYMBOLS("\"symbols\":\"x\""), IN_BLOCK0 "\"symbols\" is not an array"},
    {WITH_SYMBOLS("\"symbols\":[1]"), IN_BLOCK0 "\"symbols\" holds what is not a string"},
    {WITH_SYMBOLS("\"symbols\":[[\"" NAME "\"]]"),
     IN_BLOCK0 "\"symbols\" holds what is not a string"},
    {WITH_SYMBOLS("\"symbols\":[\"" NAME "\",\n\"..\"]"),
     "layout: line 2, block 0: \"symbols\" holds \"..\", which is no symbol name"},
    {WITH_SYMBOLS("\"symbols\":[\"\"]"), IN_BLOCK0 "\"symbols\" holds \"\", which"},
    {WITH_SYMBOLS("\"symbols\":[\"/etc/passwd\"]"), IN_BLOCK0 "\"symbols\" holds \"/etc/passwd\""},
    {WITH_SYMBOLS("\"symbols\":[\"\\u001b[31m\\u0000\xc3\xa9\"]"),
     IN_BLOCK0 "\"symbols\" holds \"?[31m???\", which"},
    {WITH_SYMBOLS("\"symbols\":[\"" NAME "\\u0000\"]"),
     IN_BLOCK0 "\"symbols\" holds \"" NAME "?\""},
    {WITH_SYMBOLS("\"symbols\":[\"" NAME NAME "\"]"),
     IN_BLOCK0 "\"symbols\" holds \"" NAME "DRp5zj5Ss8aGzaDC...\", which"},
    {WITH_HASH("\"hash\":null"), IN_BLOCK0 "\"hash\" is not a string"},
    {WITH_HASH("\"hash\":\"x\""), IN_BLOCK0 "\"hash\" is \"x\", which is no hash"},
    /* what is not JSON */
    {BLOCKS(BLOCK) "x", NOT_JSON},
    {BLOCKS(BLOCK) "{}", NOT_JSON ": parse error: trailing garbage"},
    {BLOCKS(BLOCK) "\n12", "layout: line 2: is not JSON: parse error: trailing garbage"},
    {BLOCKS(BLOCK) " \"open", LINE1 "ends inside a string"},
    {BLOCKS(BLOCK) "tru", NOT_JSON},
    {BLOCKS(BLOCK) "/**/", NOT_JSON},
    {"/**/" BLOCKS(BLOCK), NOT_JSON},
    {BLOCKS(BLOCK ","), NOT_JSON},
    {BLOCKS("," BLOCK), NOT_JSON},
    {"{\"blocks\":[" BLOCK "],}", NOT_JSON},
    {"{blocks:[" BLOCK "]}", NOT_JSON},
    {"{'blocks':[" BLOCK "]}", NOT_JSON},
    {"{\"a\" 1,\"blocks\":[" BLOCK "]}", NOT_JSON},
    {"{\"a\":tRue,\"blocks\":[" BLOCK "]}", NOT_JSON},
    {"{\"a\":]}", NOT_JSON},
    {"{\"a\":[}", NOT_JSON},
    {"{\"a\":\"\\x\"}", NOT_JSON},
    {"{\"a\":\"\\u12g4\"}", NOT_JSON},
    {"{\"a\":\"\t\"}", NOT_JSON},
    {"{\"a\":\"\n\"}", "layout: line 1: is not JSON"},
    {"{\v\"blocks\":[" BLOCK "]}", LINE1 "holds a control character"},
    {"{\f\"blocks\":[" BLOCK "]}", LINE1 "holds a control character"},
    {"{\xc2\xa0\"blocks\":[" BLOCK "]}", NOT_JSON},
    {"{\"a\":\"\\ud800\"}", LINE1 "holds half a surrogate pair"},
    {"{\"a\":\"\\ud800x\"}", LINE1 "holds half a surrogate pair"},
    {"{\"a\":\"\\ud800\\\\x\"}", LINE1 "holds half a surrogate pair"},
    {"{\"a\":\"\\ud800\\ud800\\udc00\"}", LINE1 "holds half a surrogate pair"},
    {"{\"a\":\"\\ud800\\u0041\"}", LINE1 "holds half a surrogate pair"},
    {"{\"a\":\"\\udc00\"}", LINE1 "holds half a surrogate pair"},
    /* what is not UTF-8 */
    {"{\"a\":\"\x80\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xc0\x80\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xc1\xbf\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xe0\x9f\xbf\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xed\xa0\x80\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xf0\x8f\xbf\xbf\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xf4\x90\x80\x80\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xf5\x80\x80\x80\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xff\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xc3\"}", LINE1 "is not UTF-8"},
    {"{\"a\":\"\xe2\x82", LINE1 "is not UTF-8"},
    /* the first error counts, whichever part finds it */
    {"{\"a\":1,}\n\xff", NOT_JSON},
    {"{\"blocks\":7}\n\xff", LINE1 "\"blocks\" is not an array"},
    {"\n\xff{\"blocks\":7}", "layout: line 2: is not UTF-8"},
};

static void check_refusal(const struct refusal *refusal, size_t step)
{
    rq_error error;
    const int code = read_steps(refusal->text, strlen(refusal->text), step, &nobody, &error);
    if (code != RQ_ERROR_DECODE || error.code != code)
        fail_msg("%d instead of a refusal of %s", code, refusal->text);
    if (strncmp(error.message, refusal->message, strlen(refusal->message)) != 0)
        fail_msg("\"%s\" instead of \"%s\" for %s", error.message, refusal->message, refusal->text);
}

static void everything_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        check_refusal(&refusals[i], SIZE_MAX);
        check_refusal(&refusals[i], 1);
    }
}

static void a_nul_anywhere(void **state)
{
    (void)state;
    const char *text = BLOCKS(BLOCK);
    const size_t size = strlen(text);
    for (size_t i = 0; i <= size; i++) {
        char *with = malloc(size + 1);
        rq_error error;
        assert_non_null(with);
        memcpy(with, text, i);
        with[i] = '\0';
        memcpy(with + i + 1, text + i, size - i);
        assert_int_equal(read_steps(with, size + 1, SIZE_MAX, &nobody, &error), RQ_ERROR_DECODE);
        free(with);
    }
}

/* Every beginning of a layout but the whole is refused, in pieces of any size. */
static void truncated_anywhere(void **state)
{
    (void)state;
    char *text = files_read_test_data("vectors/rq-library/one_byte.layout.json");
    const size_t size = strlen(text);
    for (size_t length = 0; length < size; length++) {
        char *cut = malloc(length + 1);
        rq_error error;
        assert_non_null(cut);
        memcpy(cut, text, length);
        for (size_t step = 1; step < 1000; step += 333)
            assert_int_equal(read_steps(cut, length, step, &nobody, &error), RQ_ERROR_DECODE);
        free(cut);
    }
    free(text);
}

/* Random damage: refused, or read as blocks that can be. */
static void mutated(void **state)
{
    (void)state;
    static const char likely[] = "{}[]\",:0123456789-+.eE\\u \n\t/tfn\x80\xc3\xed\xff";
    char *text = files_read_test_data("vectors/rq-library/one_byte.layout.json");
    const size_t size = strlen(text);
    splitmix random = {1};
    size_t refused = 0;
    const int rounds = SUPPORT_SLOW_BUILD ? 5000 : 50000;
    for (int round = 0; round < rounds; round++) {
        char *mutant = malloc(size);
        rq_error error;
        assert_non_null(mutant);
        memcpy(mutant, text, size);
        for (uint64_t edits = 1 + splitmix_below(&random, 3); edits > 0; edits--) {
            const size_t place = (size_t)splitmix_below(&random, size);
            mutant[place] = splitmix_below(&random, 2) == 0
                                ? (char)splitmix_next(&random)
                                : likely[splitmix_below(&random, sizeof likely - 1)];
        }
        const size_t step = 1 + (size_t)splitmix_below(&random, 700);
        const int code = read_steps(mutant, size, step, &nobody, &error);
        assert_true(code == RQ_OK || code == RQ_ERROR_DECODE);
        assert_int_equal(error.code, code);
        assert_true((error.message[0] == '\0') == (code == RQ_OK));
        refused += code != RQ_OK;
        free(mutant);
    }
    assert_true(refused > (size_t)rounds / 2);
    free(text);
}

/* ---- limits ---- */

static char *repeated(const char *before, const char *what, size_t times, const char *after)
{
    const size_t size = strlen(what);
    char *text = malloc(strlen(before) + times * size + strlen(after) + 1);
    assert_non_null(text);
    char *end = text + strlen(strcpy(text, before));
    for (; times > 0; times--, end += size)
        memcpy(end, what, size);
    strcpy(end, after);
    return text;
}

static int read_and_free(char *text, rq_error *error)
{
    const int code = read_text(text, &nobody, error);
    free(text);
    return code;
}

static void depth(void **state)
{
    (void)state;
    rq_error error;
    char *closed = repeated("", "]", 31, ",\"blocks\":[" BLOCK "]}");
    assert_int_equal(read_and_free(repeated("{\"a\":", "[", 31, closed), &error), RQ_OK);
    free(closed);
    closed = repeated("", "]", 32, ",\"blocks\":[" BLOCK "]}");
    assert_int_equal(read_and_free(repeated("{\"a\":", "[", 32, closed), &error), RQ_ERROR_DECODE);
    assert_string_equal(error.message, "layout: line 1: nests deeper than 32");
    free(closed);
    assert_int_equal(read_and_free(repeated("", "{\"a\":", 1000000, ""), &error), RQ_ERROR_DECODE);
    assert_string_equal(error.message, "layout: line 1: nests deeper than 32");
    /* Depth counts what is open, not what there was. */
    assert_int_equal(
        read_and_free(repeated("{\"a\":[", "[{}],", 1000, "0],\"blocks\":[" BLOCK "]}"), &error),
        RQ_OK);
}

/* The most that YAJL can be made to hold: a string, a key and a number of 64 KiB each, split
 * between chunks, with and without escapes, at the greatest depth. One octet more is refused. */
static void longest_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *before, *what;
        size_t times; /* that make a token of 65535 octets */
        const char *after;
    } tokens[] = {
        {"{\"a\":\"", "x", 65533, "\""},     {"{\"a\":\"\\n", "x", 65531, "\""},
        {"{\"a\":\"x", "\\n", 32766, "\""},  {"{\"a\":\"x", "\xc3\xa9", 32766, "\""},
        {"{\"", "x", 65533, "\":1"},         {"{\"\\n", "x", 65531, "\":1"},
        {"{\"a\":\"\\\"", "\\u00", 0, "\""}, {"{\"a\":", "1", 65535, ""},
        {"{\"a\":1.", "1", 65533, ""},       {"{\"a\":-", "1", 65534, ""},
    };
    rq_error error;
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        char *rest = repeated(tokens[i].after, ",\"blocks\":[" BLOCK "]}", 1, "");
        char *good = repeated(tokens[i].before, tokens[i].what, tokens[i].times, rest);
        for (size_t blanks = 0; blanks < 20; blanks++) {
            char *shifted = repeated("", " ", blanks * 4093, good);
            assert_int_equal(read_and_free(shifted, &error), RQ_OK);
        }
        free(good);
        if (tokens[i].times > 0) {
            char *bad = repeated(tokens[i].before, tokens[i].what, tokens[i].times + 1, rest);
            assert_int_equal(read_and_free(bad, &error), RQ_ERROR_DECODE);
            assert_string_equal(error.message,
                                "layout: line 1: holds a string or number longer than 64 KiB");
        }
        free(rest);
    }
}

/* All buffers of YAJL at their largest at the same time, again and again. */
static void largest_appetite(void **state)
{
    (void)state;
    char *plain = repeated("\"", "x", 65533, "\"");
    char *escaped = repeated("\"", "\\nxxxxxxxx", 6553, "\"");
    char *text = calloc(1, 40 * 65600 + 1000);
    rq_error error;
    assert_non_null(text);
    char *end = text + strlen(strcpy(text, "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["));
    for (int i = 0; i < 20; i++) {
        end += strlen(strcpy(end, i % 2 == 0 ? plain : escaped));
        end += strlen(strcpy(end, ",\n"));
        end += strlen(strcpy(end, i % 3 == 0 ? plain : escaped));
        end += strlen(strcpy(end, ", "));
    }
    strcpy(end, "0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],\"blocks\":[" BLOCK "]}");
    free(plain);
    free(escaped);
    if (read_text(text, &nobody, &error) != RQ_OK)
        fail_msg("%s", error.message);
    end[0] = '"'; /* and an error message on top of it */
    end[1] = '\\';
    end[2] = 'q';
    assert_int_equal(read_and_free(text, &error), RQ_ERROR_DECODE);
    assert_non_null(strstr(error.message, "layout: line 21: is not JSON: lexical error"));
}

static void long_layout(void **state)
{
    (void)state;
    rq_error error;
    char *more = repeated("{\"blocks\":[{" BLOCK_ID "," PARAMETERS "," OFFSET "," SIZE "," HASH
                          ",\"symbols\":[",
                          "\"" NAME "\",\n", 200000, "\"" NAME "\"]}]}");
    assert_int_equal(read_and_free(more, &error), RQ_OK);
}

/* ---- codes of others ---- */

static int stop_at(void *context, uint64_t position, const digest *symbol)
{
    (void)position;
    (void)symbol;
    int *left = context;
    return --*left == 0 ? -77 : 0;
}

static int stop_at_block(void *context, uint64_t position, const layout_block *block)
{
    (void)block;
    return position == *(uint64_t *)context ? 5 : 0;
}

static void a_visitor_that_stops(void **state)
{
    (void)state;
    rq_error error;
    int left = 2;
    const layout_visitor at_symbol = {&left, stop_at, NULL, false};
    assert_int_equal(read_text(BLOCKS(BLOCK "," BLOCK "," BLOCK), &at_symbol, &error), -77);
    assert_int_equal(left, 0);
    assert_string_equal(error.message, "");
    uint64_t position = 1;
    const layout_visitor at_block = {&position, NULL, stop_at_block, false};
    assert_int_equal(read_text(BLOCKS(BLOCK "," BLOCK "," BLOCK), &at_block, &error), 5);
    assert_string_equal(error.message, "");
}

static void a_source_that_fails(void **state)
{
    (void)state;
    char *text = files_read_test_data("vectors/rq-library/blocks_ragged.layout.json");
    for (size_t fail_at = 1; fail_at < strlen(text); fail_at += 1 + fail_at / 3) {
        source from = {.text = text, .size = strlen(text), .step = 100, .fail_at = fail_at};
        rq_error error = {0};
        assert_int_equal(layout_read(give, &from, &nobody, NULL, &error), RQ_ERROR_IO);
        assert_string_equal(error.message, "");
    }
    free(text);
}

static void no_memory(void **state)
{
    (void)state;
    char *text = files_read_test_data("vectors/rq-library/small_1280.layout.json");
    for (uint64_t fail_at = 1;; fail_at++) {
        counting count = {.fail_at = fail_at};
        const rq_allocator allocator = counting_allocator(&count);
        source from = {.text = text, .size = strlen(text), .step = SIZE_MAX};
        rq_error error = {0};
        const int code = layout_read(give, &from, &nobody, &allocator, &error);
        assert_int_equal(count.used, 0);
        if (code == RQ_OK) {
            assert_int_equal(count.calls, fail_at - 1);
            assert_true(fail_at > 1);
            break;
        }
        assert_int_equal(code, RQ_ERROR_MEMORY);
        assert_int_equal(error.code, RQ_ERROR_MEMORY);
        assert_non_null(strstr(error.message, "layout: reading it takes"));
    }
    free(text);
}

static void nobody_to_tell(void **state)
{
    (void)state;
    source from = {.text = "[]", .size = 2, .step = 1};
    assert_int_equal(layout_read(give, &from, &nobody, NULL, NULL), RQ_ERROR_DECODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_layouts),
        cmocka_unit_test(every_order_of_fields),
        cmocka_unit_test(other_writers),
        cmocka_unit_test(values),
        cmocka_unit_test(everything_refused),
        cmocka_unit_test(a_nul_anywhere),
        cmocka_unit_test(truncated_anywhere),
        cmocka_unit_test(mutated),
        cmocka_unit_test(depth),
        cmocka_unit_test(longest_tokens),
        cmocka_unit_test(largest_appetite),
        cmocka_unit_test(long_layout),
        cmocka_unit_test(a_visitor_that_stops),
        cmocka_unit_test(a_source_that_fails),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(nobody_to_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
