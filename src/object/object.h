/* Objects: files and streams into symbols and back. The door of this room for session/; rq.h's tier
 * 1 is the same with a budget of its own. */
#ifndef OBJECT_OBJECT_H
#define OBJECT_OBJECT_H

#include <stdbool.h>

#include "memory/budget.h"
#include "rq.h"

/* What a call that makes symbols or a layout is given. */
typedef struct object_encode_request {
    const rq_options *options;
    budget *budget;         /* shared by the calls of a session */
    const char *input_path; /* or reader */
    const rq_reader *reader;
    const char *symbols_dir; /* NULL: metadata */
    const char *layout_path; /* NULL: in the symbols' folder, or for metadata in the result only */
    /* Bytes for the result's JSON: what cannot fit is refused before any work, what does not before
     * the outputs appear. NULL: no limit. */
    const uint64_t *result_room;
} object_encode_request;

int object_encode(const object_encode_request *request, rq_result **result, rq_error *error);

/* What a decode is given. */
typedef struct object_decode_request {
    const rq_options *options;
    budget *budget;
    const char *symbols_dir;
    const char *output_path; /* or writer */
    const rq_writer *writer;
    const char *layout_path;   /* NULL: in the symbols' folder; not used with parameters */
    const uint8_t *parameters; /* NULL: by the layout */
    size_t parameters_size;
} object_decode_request;

int object_decode(const object_decode_request *request, rq_decode_report *report, rq_error *error);

/* What a verification or repair is given. */
typedef struct object_check_request {
    const rq_options *options;
    budget *budget;
    const char *symbols_dir;
    const char *layout_path; /* NULL: in the symbols' folder */
    bool repair;
} object_check_request;

int object_check(const object_check_request *request, rq_health *health, rq_error *error);

#endif
