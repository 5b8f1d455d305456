#include "support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rq-library.h"
#include "support/json.h"
#include "support/splitmix.h"

void sample_open(struct sample *sample, size_t size, uint16_t symbol_size, uint8_t redundancy,
                 uintptr_t block_size)
{
    char result[65536];
    files_temporary(sample->folder);
    files_join(sample->input, sample->folder, "input");
    files_join(sample->symbols, sample->folder, "symbols");
    files_join(sample->block, sample->symbols, "block_0");
    files_join(sample->layout, sample->symbols, "_raptorq_layout.json");
    files_join(sample->output, sample->folder, "output");
    sample->size = size;
    sample->data = malloc(size);
    assert_non_null(sample->data);
    splitmix_fill(size, sample->data, size);
    files_write(sample->input, sample->data, size);
    sample->session = raptorq_init_session(symbol_size, redundancy, 256, 4);
    assert_int_not_equal(sample->session, 0);
    assert_int_equal(raptorq_encode_file(sample->session, sample->input, sample->symbols,
                                         block_size, result, sizeof result),
                     RAPTORQ_OK);
}

void sample_close(struct sample *sample)
{
    assert_true(raptorq_free_session(sample->session));
    files_remove(sample->folder);
    free(sample->data);
}

int32_t sample_decode(const struct sample *sample)
{
    return raptorq_decode_symbols(sample->session, sample->symbols, sample->output, sample->layout);
}

void sample_assert_decodes(const struct sample *sample)
{
    int32_t code = sample_decode(sample);
    if (code != RAPTORQ_OK) {
        char error[1024] = "";
        raptorq_get_last_error(sample->session, error, sizeof error);
        fail_msg("decoding returned %d: %s", (int)code, error);
    }
    assert_true(files_equal(sample->output, sample->data, sample->size));
    files_remove(sample->output);
}

void sample_assert_refused(const struct sample *sample, int32_t code, const char *text)
{
    size_t entries = files_list(sample->folder, NULL, NULL);
    assert_failure(sample->session, sample_decode(sample), code, text);
    assert_false(files_exists(sample->output));
    assert_int_equal(files_list(sample->folder, NULL, NULL), entries);
}

void sample_symbol_path(const struct sample *sample, size_t i, char path[FILES_PATH])
{
    char *layout = files_read(sample->layout, NULL);
    char name[64];
    json block = json_element(json_member(json_of(layout), "blocks"), 0);
    json_string(json_element(json_member(block, "symbols"), i), name, sizeof name);
    files_join(path, sample->block, name);
    free(layout);
}

void sample_remove_symbols(const struct sample *sample, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        char path[FILES_PATH];
        sample_symbol_path(sample, i, path);
        files_remove(path);
    }
}

void sample_write_layout(const struct sample *sample, const char *text)
{
    files_write(sample->layout, text, strlen(text));
}

void assert_failure(uintptr_t session, int32_t returned, int32_t code, const char *text)
{
    char error[2048] = "";
    raptorq_get_last_error(session, error, sizeof error);
    if (returned != code || strstr(error, text) == NULL) {
        fail_msg("returned %d (%s), expected %d (%s)", (int)returned, error, (int)code, text);
    }
}
