#include "progress.h"

#include <stdio.h>
#include <string.h>

#include "format.h"
#include "system.h"

#define PROGRESS_WIDTH 160
#define REDRAW_SECONDS 0.1
#define RATE_SECONDS   0.3 /* before that, a rate says nothing */
#define BAR_SMALLEST   8
#define BAR_LARGEST    40
#define TEXT_COLUMNS   67 /* all but the bar, at their longest; so the bar keeps its length */

/* Adds part after two spaces if it fits. The parts come in the order of their weight, so nothing
 * is added after one that does not fit. */
static bool append(char *line, unsigned width, const char *part)
{
    size_t length = strlen(line);
    if (length + 2 + strlen(part) > width)
        return false;
    snprintf(line + length, PROGRESS_WIDTH - length, "  %s", part);
    return true;
}

/* Adds what stands behind the bar. */
static void describe(char *line, unsigned width, uint64_t done, uint64_t total, double seconds)
{
    char part[3 * FORMAT_LENGTH], text[FORMAT_LENGTH], text2[FORMAT_LENGTH];
    double rate = seconds >= RATE_SECONDS ? (double)done / seconds : 0;
    bool fits = true;
    if (total > 0) {
        snprintf(part, sizeof part, "%2d%%", (int)((double)done / (double)total * 100));
        fits = append(line, width, part);
        snprintf(part, sizeof part, "%s of %s", format_bytes(text, done),
                 format_bytes(text2, total));
        fits = fits && append(line, width, part);
    } else {
        fits = append(line, width, format_bytes(text, done));
    }
    if (rate > 0) {
        fits = fits && append(line, width, format_rate(text, rate));
        if (fits && total > 0)
            append(line, width, format_time_left(text, (double)(total - done) / rate));
    }
}

/* Makes the line, at most width columns of ASCII; total 0: unknown. seconds since the start. */
static void make_line(char line[PROGRESS_WIDTH], unsigned width, const char *name,
                      uint64_t bytes_done, uint64_t bytes_total, double seconds)
{
    if (bytes_total > 0 && bytes_done > bytes_total)
        bytes_done = bytes_total;
    char bar[BAR_LARGEST + 1] = "";
    if (bytes_total > 0 && width >= TEXT_COLUMNS + BAR_SMALLEST) {
        unsigned size = width - TEXT_COLUMNS < BAR_LARGEST ? width - TEXT_COLUMNS : BAR_LARGEST;
        unsigned filled = (unsigned)((double)bytes_done / (double)bytes_total * size);
        memset(bar, ' ', size);
        memset(bar, '=', filled);
        if (filled < size)
            bar[filled] = '>';
        bar[size] = 0;
    }
    snprintf(line, PROGRESS_WIDTH, "%s%s%s%s", name, *bar ? "  [" : "", bar, *bar ? "]" : "");
    describe(line, width, bytes_done, bytes_total, seconds);
}

static int update(void *context, const rq_progress *state)
{
    progress_state *progress = context;
    double now = system_seconds();
    bool begun = state->bytes_done > 0 || state->bytes_total > 0; /* not reading a layout */
    if (progress->show && begun && now - progress->drawn >= REDRAW_SECONDS) {
        char line[PROGRESS_WIDTH];
        unsigned width = system_terminal_width() - 1; /* the last column may wrap */
        progress->drawn = now;
        if (width >= 20) {
            make_line(line, width < PROGRESS_WIDTH ? width : PROGRESS_WIDTH - 1, progress->name,
                      state->bytes_done, state->bytes_total, now - progress->start);
            fprintf(stderr, "\r%s\033[K", line);
            progress->visible = true;
        }
    }
    return system_interrupted() != 0;
}

void progress_begin(progress_state *progress, const char *name, cli_settings *settings, bool output)
{
    *progress = (progress_state){.name = name, .start = system_seconds()};
    progress->show =
        !settings->quiet && system_can_redraw() && !(output && system_output_is_terminal());
    settings->library.progress = update;
    settings->library.progress_context = progress;
}

double progress_end(progress_state *progress)
{
    if (progress->visible)
        fputs("\r\033[K", stderr);
    progress->visible = false;
    return system_seconds() - progress->start;
}
