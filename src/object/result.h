/* rq_result: filled by the pipelines, read by callers. */
#ifndef OBJECT_RESULT_H
#define OBJECT_RESULT_H

#include "digest/digest.h"
#include "layout/result.h"
#include "rq.h"

/* An empty result; NULL if there is no memory. */
rq_result *result_create(void);
/* Adds a block; RQ_OK or RQ_ERROR_MEMORY. hash NULL: "". */
int result_add_block(rq_result *result, const rq_block_info *block, const digest *hash);
/* Completes the JSON. layout_content may be NULL. */
int result_finish(rq_result *result, const char *symbols_directory, const char *layout_path,
                  const char *layout_content, size_t layout_content_length);

/* The least length of the JSON of an encode, hashes unknown, worked out from two blocks: count of
 * them are like *block, the first, whose hash is ""; a shorter *last follows unless it is NULL. */
uint64_t result_least_length(const rq_block_info *block, uint64_t count, const rq_block_info *last,
                             const char *symbols_directory, const char *layout_path);

#endif
