/* The functions of rq-library.h: arguments checked, a session entered, the work done by object/. */
#include "rq-library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error/utf8.h"
#include "object/object.h"
#include "object/settings.h"
#include "session/session.h"

static const char version[] = "RaptorQ Library v" RQ_VERSION;

/* One thread for each CPU, or as many as RQ_THREADS says, if that is a number. */
static uint32_t thread_count(void)
{
    const char *text = getenv("RQ_THREADS");
    bool number = text && text[0] >= '0' && text[0] <= '9';
    unsigned long threads = number ? strtoul(text, NULL, 10) : 0;
    return threads <= 1024 ? (uint32_t)threads : 1024;
}

uintptr_t raptorq_init_session(uint16_t symbol_size, uint8_t redundancy_factor,
                               uint64_t max_memory_mb, uint64_t concurrency_limit)
{
    const uint64_t most = UINT64_MAX >> 20;
    rq_options options;
    if (symbol_size == 0)
        return 0;
    rq_options_init(&options);
    options.symbol_size = symbol_size;
    options.redundancy = redundancy_factor;
    options.memory_limit = (max_memory_mb < most ? max_memory_mb : most) << 20;
    if (max_memory_mb == 0)
        options.memory_limit = 1; /* a limit like any other, though nothing fits it */
    options.threads = thread_count();
    return session_create(&options, concurrency_limit);
}

bool raptorq_free_session(uintptr_t session_id)
{
    return session_end(session_id);
}

/* ---- arguments ---- */

typedef struct argument {
    const char *name;
    const void *value;
    bool is_path;
} argument;

/* RQ_OK, or RQ_ERROR_PARAMETER with words for the session, if there is one. */
static int check_arguments(session *s, const argument *arguments, int count)
{
    char message[128];
    for (int i = 0; i < count; i++) {
        const char *wrong = NULL;
        if (!arguments[i].value)
            wrong = "is NULL";
        else if (arguments[i].is_path && !utf8_valid(arguments[i].value))
            wrong = "is not UTF-8";
        if (!wrong)
            continue;
        snprintf(message, sizeof message, "Invalid parameter: %s %s", arguments[i].name, wrong);
        if (s)
            session_set_error(s, message);
        return RQ_ERROR_PARAMETER;
    }
    return RQ_OK;
}

/* Checks arguments, enters the session and takes a place in it: *out is inside if RQ_OK. */
static int begin(uintptr_t id, const argument *arguments, int count, session **out)
{
    session *s = session_enter(id);
    int status = check_arguments(s, arguments, count);
    if (status == RQ_OK && !s)
        return RQ_ERROR_SESSION;
    if (status == RQ_OK && !session_begin_call(s)) {
        char message[128];
        snprintf(message, sizeof message,
                 "Concurrency limit reached: %llu calls are running already",
                 (unsigned long long)s->concurrency_limit);
        session_set_error(s, message);
        status = RQ_ERROR_BUSY;
    }
    if (status != RQ_OK && s)
        session_leave(s);
    *out = s;
    return status;
}

static int end(session *s, int status, const rq_error *error)
{
    if (status != RQ_OK)
        session_set_error(s, error->message);
    session_end_call(s);
    session_leave(s);
    return status;
}

/* ---- encode and metadata ---- */

static int encode(session *s, object_encode_request request, uintptr_t block_size, char *buffer,
                  uintptr_t buffer_len)
{
    rq_options options = s->options;
    rq_result *result = NULL;
    rq_error error;
    uint64_t room = buffer_len;
    options.block_size = block_size;
    request.options = &options;
    request.budget = s->budget;
    request.result_room = &room;
    int status = object_encode(&request, &result, &error);
    if (status == RQ_OK) {
        const char *json = rq_result_json(result);
        memcpy(buffer, json, strlen(json) + 1);
    }
    rq_result_free(result);
    return end(s, status, &error);
}

int32_t raptorq_create_metadata(uintptr_t session_id, const char *input_path,
                                const char *layout_file, uintptr_t block_size, char *result_buffer,
                                uintptr_t result_buffer_len)
{
    const argument arguments[] = {{"input_path", input_path, true},
                                  {"layout_file", layout_file, true},
                                  {"result_buffer", result_buffer, false}};
    session *s;
    int status = begin(session_id, arguments, 3, &s);
    if (status != RQ_OK)
        return status;
    object_encode_request request = {.input_path = input_path,
                                     .layout_path = *layout_file ? layout_file : NULL};
    return encode(s, request, block_size, result_buffer, result_buffer_len);
}

int32_t raptorq_encode_file(uintptr_t session_id, const char *input_path, const char *output_dir,
                            uintptr_t block_size, char *result_buffer, uintptr_t result_buffer_len)
{
    const argument arguments[] = {{"input_path", input_path, true},
                                  {"output_dir", output_dir, true},
                                  {"result_buffer", result_buffer, false}};
    session *s;
    int status = begin(session_id, arguments, 3, &s);
    if (status != RQ_OK)
        return status;
    object_encode_request request = {.input_path = input_path, .symbols_dir = output_dir};
    return encode(s, request, block_size, result_buffer, result_buffer_len);
}

/* ---- decode ---- */

static int decode(session *s, object_decode_request request)
{
    rq_error error;
    request.options = &s->options;
    request.budget = s->budget;
    int status = object_decode(&request, NULL, &error);
    return end(s, status, &error);
}

int32_t raptorq_decode_symbols(uintptr_t session_id, const char *symbols_dir,
                               const char *output_path, const char *layout_path)
{
    const argument arguments[] = {{"symbols_dir", symbols_dir, true},
                                  {"output_path", output_path, true},
                                  {"layout_path", layout_path, true}};
    session *s;
    int status = begin(session_id, arguments, 3, &s);
    if (status != RQ_OK)
        return status;
    object_decode_request request = {
        .symbols_dir = symbols_dir, .output_path = output_path, .layout_path = layout_path};
    return decode(s, request);
}

int32_t raptorq_decode_params(uintptr_t session_id, const char *symbols_dir,
                              const char *output_path, const uint8_t *encoder_params,
                              uintptr_t encoder_params_len)
{
    const argument arguments[] = {{"symbols_dir", symbols_dir, true},
                                  {"output_path", output_path, true},
                                  {"encoder_params", encoder_params, false}};
    session *s;
    int status = begin(session_id, arguments, 3, &s);
    if (status != RQ_OK)
        return status;
    object_decode_request request = {.symbols_dir = symbols_dir,
                                     .output_path = output_path,
                                     .parameters = encoder_params,
                                     .parameters_size = encoder_params_len};
    return decode(s, request);
}

/* ---- questions ---- */

int32_t raptorq_get_last_error(uintptr_t session_id, char *error_buffer, uintptr_t error_buffer_len)
{
    session *s = error_buffer && error_buffer_len > 0 ? session_enter(session_id) : NULL;
    if (!s)
        return RQ_ERROR_GENERIC;
    session_get_error(s, error_buffer, error_buffer_len);
    session_leave(s);
    return RQ_OK;
}

uintptr_t raptorq_get_recommended_block_size(uintptr_t session_id, uint64_t file_size)
{
    session *s = session_enter(session_id);
    if (!s)
        return 0;
    uint64_t size =
        settings_recommended_block_size(s->options.memory_limit, s->options.symbol_size, file_size);
    session_leave(s);
    return size <= UINTPTR_MAX ? (uintptr_t)size : 0;
}

uintptr_t raptorq_get_recommended_chunk_size(uintptr_t session_id, uint64_t file_size)
{
    return raptorq_get_recommended_block_size(session_id, file_size);
}

int32_t raptorq_version(char *version_buffer, uintptr_t version_buffer_len)
{
    if (!version_buffer || version_buffer_len < sizeof version)
        return RQ_ERROR_GENERIC;
    memcpy(version_buffer, version, sizeof version);
    return RQ_OK;
}
