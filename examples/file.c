/* A file into symbols and back, inside a memory limit, with progress.
 *
 *     example_file INPUT SYMBOLS_DIR OUTPUT
 *
 * Between the two calls any symbols may be lost or damaged, as long as enough good ones are left.
 */
#include <inttypes.h>
#include <rq.h>
#include <stdio.h>

/* May be called from another thread; a value other than 0 would cancel the call. */
static int show_progress(void *context, const rq_progress *progress)
{
    const char *what = context;
    fprintf(stderr, "%s %" PRIu64 " of %" PRIu64 " bytes\n", what, progress->bytes_done,
            progress->bytes_total);
    return 0;
}

static int fail(const rq_error *error)
{
    fprintf(stderr, "%s: %s\n", rq_error_name(error->code), error->message);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s INPUT SYMBOLS_DIR OUTPUT\n", argv[0]);
        return 2;
    }
    rq_options options;
    rq_options_init(&options);
    options.memory_limit = UINT64_C(64) << 20; /* also with files much longer than that */
    options.redundancy = 3;                    /* all symbols: three times the file's length */
    options.progress = show_progress;

    rq_error error;
    rq_result *result;
    options.progress_context = "encoded";
    if (rq_encode(&options, argv[1], argv[2], &result, &error) != RQ_OK)
        return fail(&error);
    printf("%" PRIu64 " symbols, of them %" PRIu64 " repair symbols, in %zu block(s)\n",
           rq_result_symbols(result), rq_result_repair_symbols(result),
           rq_result_block_count(result));
    rq_result_free(result);

    rq_decode_report report;
    rq_decode_report_init(&report);
    options.progress_context = "decoded";
    if (rq_decode(&options, argv[2], argv[3], &report, &error) != RQ_OK)
        return fail(&error);
    printf("%" PRIu64 " bytes from %" PRIu64 " good symbols; %" PRIu64 " were damaged\n",
           report.bytes_written, report.symbols_good, report.symbols_damaged);
    return 0;
}
