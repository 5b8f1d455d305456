/* rq_memory_required: the pipelines' own arithmetic, asked beforehand. */
#include "error/error.h"
#include "object/decode_block.h"
#include "object/encode_block.h"
#include "object/settings.h"

int rq_memory_required(const rq_options *options, int operation, uint64_t object_size,
                       uint64_t *smallest, uint64_t *comfortable, rq_error *error)
{
    (void)options; (void)operation; (void)object_size; (void)smallest; (void)comfortable;
    return error_set(error, RQ_ERROR_GENERIC, "pending");
}
