#include "health.h"

#include <inttypes.h>
#include <stdio.h>

#include "report.h"

/* ---- a table ---- */

static void print_titles(const health_printer *printer)
{
    printf("%8s  %9s  %9s  %9s  %9s  %9s\n", "block", "needed", "good", "damaged", "missing",
           !printer->repair   ? "spare"
           : printer->dry_run ? "mendable"
                              : "mended");
}

static void print_row(const health_printer *printer, const char *block, const rq_health *h,
                      bool so_far)
{
    printf("%8s  %9" PRIu64 "  %9" PRIu64 "  %9" PRIu64 "  %9" PRIu64 "  %9" PRIu64 "  ", block,
           h->symbols_needed, h->symbols_good, h->symbols_damaged, h->symbols_missing,
           printer->repair ? h->symbols_mended : h->symbols_spare);
    if (so_far)
        puts("so far");
    else if (h->blocks_lost > 0)
        printf("lost: %" PRIu64 " more needed\n", h->symbols_lacking);
    else
        puts(h->symbols_damaged + h->symbols_missing > 0 ? "not lost" : "good");
}

static void print_block(health_printer *printer, const rq_health *h)
{
    char block[24];
    if (h->blocks_lost == 0 && h->symbols_damaged + h->symbols_missing + h->symbols_mended == 0)
        return;
    if (!printer->begun)
        print_titles(printer);
    printer->begun = true;
    snprintf(block, sizeof block, "%" PRIu64, h->block_id);
    print_row(printer, block, h, false);
}

/* ---- JSON ---- */

static void print_counts(const rq_health *h)
{
    printf("\"symbols_listed\":%" PRIu64 ",\"symbols_needed\":%" PRIu64 ",\"symbols_good\":%" PRIu64
           ",\"symbols_damaged\":%" PRIu64 ",\"symbols_missing\":%" PRIu64
           ",\"symbols_mended\":%" PRIu64 ",\"symbols_useless\":%" PRIu64
           ",\"symbols_spare\":%" PRIu64 ",\"symbols_lacking\":%" PRIu64 ",\"lost\":%s",
           h->symbols_listed, h->symbols_needed, h->symbols_good, h->symbols_damaged,
           h->symbols_missing, h->symbols_mended, h->symbols_useless, h->symbols_spare,
           h->symbols_lacking, h->blocks_lost > 0 ? "true" : "false");
}

/* Goes on to the list of names of that state; all up to it are printed, empty or not. */
static void open_list(health_printer *printer, int state)
{
    if (printer->list < RQ_SYMBOL_DAMAGED) {
        fputs(",\"damaged\":[", stdout);
        printer->list = RQ_SYMBOL_DAMAGED;
    }
    if (printer->list < RQ_SYMBOL_MISSING && state >= RQ_SYMBOL_MISSING) {
        fputs("],\"missing\":[", stdout);
        printer->list = RQ_SYMBOL_MISSING;
    }
    if (printer->list < RQ_SYMBOL_MENDED && state == RQ_SYMBOL_MENDED) {
        fputs("],\"mended\":[", stdout);
        printer->list = RQ_SYMBOL_MENDED;
    }
}

static void close_block(health_printer *printer)
{
    if (!printer->in_block)
        return;
    open_list(printer, printer->repair ? RQ_SYMBOL_MENDED : RQ_SYMBOL_MISSING);
    fputs("]}", stdout);
    printer->in_block = false;
}

static void print_json_block(health_printer *printer, const rq_health *h)
{
    close_block(printer);
    printf("%s{\"block_id\":%" PRIu64 ",", printer->begun ? "," : "{\"blocks\":[", h->block_id);
    print_counts(h);
    printer->begun = printer->in_block = true;
    printer->list = 0;
}

static void print_json_symbol(health_printer *printer, const char *name, int state)
{
    int before = printer->list;
    open_list(printer, state);
    printf("%s\"%s\"", before == state ? "," : "", name);
}

/* ---- either ---- */

static int take_block(void *context, const rq_health *health)
{
    health_printer *printer = context;
    if (printer->json)
        print_json_block(printer, health);
    else
        print_block(printer, health);
    return 0;
}

static int take_symbol(void *context, uint64_t block_id, const char *name, int state)
{
    health_printer *printer = context;
    (void)block_id;
    if (printer->json)
        print_json_symbol(printer, name, state);
    else if (state == RQ_SYMBOL_DAMAGED)
        printf("%8s  damaged: %s\n", "", name);
    return 0;
}

void health_begin(health_printer *printer, cli_settings *settings, bool repair)
{
    *printer = (health_printer){.json = settings->json,
                                .quiet = settings->quiet,
                                .repair = repair,
                                .dry_run = settings->library.dry_run};
    printer->observer = (rq_observer){.struct_size = sizeof printer->observer,
                                      .context = printer,
                                      .block = take_block,
                                      .symbol = take_symbol};
    if (printer->json || !printer->quiet)
        settings->library.observer = &printer->observer;
}

int health_end(health_printer *printer, const char *command, const rq_health *sum, bool complete)
{
    if (printer->json) {
        close_block(printer);
        printf("%s],\"complete\":%s,\"blocks_lost\":%" PRIu64 ",",
               printer->begun ? "" : "{\"blocks\":[", complete ? "true" : "false",
               sum->blocks_lost);
        print_counts(sum);
        puts("}");
    } else if (!printer->quiet) {
        if (!printer->begun)
            print_titles(printer);
        print_row(printer, "all", sum, !complete);
    }
    return finish_output(command);
}

const char *health_words(char *text, size_t size, const rq_health *health)
{
    uint64_t damaged = health->symbols_damaged, missing = health->symbols_missing;
    snprintf(text, size, "%" PRIu64 " symbol%s damaged and %" PRIu64 " %s missing", damaged,
             damaged == 1 ? " is" : "s are", missing, missing == 1 ? "is" : "are");
    return text;
}
