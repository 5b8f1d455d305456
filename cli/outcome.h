/* How encode and metadata end: the result as JSON, or a line that sums it up. */
#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include "options.h"

/* Bytes of the object. */
uint64_t outcome_bytes(const rq_result *result);

/* "VERB 104.9 MB AS 6424 symbols (1 block) in 0.31 s, 338 MB/s" on standard error unless --quiet.
 */
void outcome_summary(const cli_settings *settings, const char *verb, const char *as,
                     const rq_result *result, double seconds);
/* ", 338 MB/s", or nothing where the time was too short to tell. Into text; returns it. */
const char *outcome_rate(char *text, size_t size, uint64_t bytes, double seconds);

#endif
