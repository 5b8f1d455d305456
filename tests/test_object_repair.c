/* rq_verify and rq_repair: random damage of every kind over several shapes, and what is said of
 * sets of symbols that just do or do not determine the object. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/digest.h"
#include "layout/layout.h"
#include "object/examine.h"
#include "plan/plan.h"
#include "rfc6330/object.h"
#include "support/files.h"
#include "support/oracle.h"
#include "support/sanitizer.h"
#include "support/splitmix.h"

#define MIB (UINT64_C(1) << 20)

typedef struct object {
    rq_options options;
    uint8_t *data;
    size_t size;
    char folder[FILES_PATH], input[FILES_PATH], output[FILES_PATH];
    char symbols[FILES_PATH], whole[FILES_PATH]; /* at work on, and as it was */
} object;

static void object_open(object *o, size_t size, uint16_t symbol_size, uint8_t redundancy,
                        uint64_t block_size)
{
    memset(o, 0, sizeof *o);
    o->size = size;
    o->data = malloc(size);
    assert_non_null(o->data);
    splitmix_fill(size, o->data, size);
    files_temporary(o->folder);
    files_join(o->input, o->folder, "input");
    files_join(o->output, o->folder, "output");
    files_join(o->symbols, o->folder, "symbols");
    files_join(o->whole, o->folder, "whole");
    files_write(o->input, o->data, size);
    rq_options_init(&o->options);
    o->options.memory_limit = 256 * MIB;
    o->options.symbol_size = symbol_size;
    o->options.redundancy = redundancy;
    o->options.block_size = block_size;
    o->options.threads = 3;
    o->options.scratch_dir = o->folder;
    assert_int_equal(rq_encode(&o->options, o->input, o->symbols, NULL, NULL), RQ_OK);
    files_copy(o->symbols, o->whole);
}

static void object_close(object *o)
{
    files_remove(o->folder);
    free(o->data);
}

/* ---- comparing folders ---- */

typedef struct comparison {
    const char *from, *to;
} comparison;

static void compare_folders(const char *from, const char *to);

static void compare_entry(void *context, const char *name)
{
    const comparison *c = context;
    char a[FILES_PATH], b[FILES_PATH];
    struct stat first, second;
    files_join(a, c->from, name);
    files_join(b, c->to, name);
    assert_int_equal(lstat(a, &first), 0);
    if (lstat(b, &second) != 0)
        fail_msg("%s is not there", b);
    assert_int_equal(first.st_mode & S_IFMT, second.st_mode & S_IFMT);
    if (S_ISDIR(first.st_mode)) {
        compare_folders(a, b);
        return;
    }
    size_t size;
    char *data = files_read(a, &size);
    assert_true(files_equal(b, data, size));
    free(data);
}

/* All that is in one folder is the same in the other, and nothing else is there. */
static void compare_folders(const char *from, const char *to)
{
    comparison c = {from, to};
    size_t entries = files_list(from, compare_entry, &c);
    assert_int_equal(files_list(to, NULL, NULL), entries);
}

/* ---- damage ---- */

typedef struct damage {
    splitmix random;
    uint64_t per_thousand;
    const char *folder;
    uint64_t damaged, missing;
} damage;

static void flip_a_bit(const char *path, splitmix *random)
{
    size_t size;
    char *data = files_read(path, &size);
    data[splitmix_below(random, size)] ^= (char)(1 << splitmix_below(random, 8));
    files_write(path, data, size);
    free(data);
}

static void cut_or_add(const char *path, splitmix *random, bool add)
{
    size_t size;
    char *data = files_read(path, &size);
    char *more = calloc(size + 100, 1);
    assert_non_null(more);
    memcpy(more, data, size);
    files_write(
        path, more,
        (size_t)(add ? size + 1 + splitmix_below(random, 99) : splitmix_below(random, size)));
    free(more);
    free(data);
}

static void damage_symbol(void *context, const char *name)
{
    damage *d = context;
    char path[FILES_PATH];
    if (splitmix_below(&d->random, 1000) >= d->per_thousand)
        return;
    files_join(path, d->folder, name);
    uint64_t kind = splitmix_below(&d->random, 9);
    if (kind > 3)
        assert_int_equal(unlink(path), 0);
    switch (kind) {
    case 0:
    case 1:
        flip_a_bit(path, &d->random);
        break;
    case 2:
    case 3:
        cut_or_add(path, &d->random, kind == 2);
        break;
    case 4:
        assert_int_equal(symlink("/dev/null", path), 0);
        break;
    case 5:
        assert_int_equal(mkfifo(path, 0600), 0);
        break;
    case 6:
        files_make_folder(path);
        break;
    default:
        d->missing++;
        return;
    }
    d->damaged++;
}

static void damage_block(void *context, const char *name)
{
    damage *d = context;
    const char *symbols = d->folder;
    char block[FILES_PATH];
    if (strncmp(name, "block_", 6) != 0)
        return;
    files_join(block, symbols, name);
    d->folder = block;
    files_list(block, damage_symbol, d);
    d->folder = symbols;
}

/* Each symbol with that probability. */
static damage damage_folder(const char *symbols, uint64_t seed, uint64_t per_thousand)
{
    damage d = {{seed}, per_thousand, symbols, 0, 0};
    files_list(symbols, damage_block, &d);
    return d;
}

/* ---- what is heard ---- */

typedef struct heard {
    rq_health sum;
    uint64_t states[RQ_SYMBOL_MENDED + 1];
    uint64_t block;
    int last_state;
} heard;

static int hear_block(void *context, const rq_health *h)
{
    heard *heard = context;
    assert_int_equal(h->struct_size, sizeof *h);
    assert_int_equal(h->blocks, 1);
    assert_int_equal(h->symbols_listed, h->symbols_good + h->symbols_damaged + h->symbols_missing +
                                            h->symbols_mended + h->symbols_useless);
    assert_int_equal(h->blocks_lost, h->symbols_lacking > 0);
    heard->block = h->block_id;
    heard->last_state = 0;
    heard->sum.blocks++;
    heard->sum.symbols_listed += h->symbols_listed;
    heard->sum.symbols_spare += h->symbols_spare;
    return 0;
}

static int hear_symbol(void *context, uint64_t block_id, const char *name, int state)
{
    heard *heard = context;
    digest ignored;
    assert_true(digest_from_name(name, strlen(name), &ignored));
    assert_int_equal(block_id, heard->block);
    assert_true(state >= heard->last_state && state <= RQ_SYMBOL_MENDED);
    heard->last_state = state;
    heard->states[state]++;
    return 0;
}

/* Calls verify or repair; what the observer hears must add up to the health. */
static int check(object *o, int (*call)(const rq_options *, const char *, rq_health *, rq_error *),
                 rq_health *health, rq_error *error)
{
    heard heard = {0};
    rq_observer observer = {sizeof observer, &heard, hear_block, hear_symbol};
    rq_health_init(health);
    o->options.observer = &observer;
    int status = call(&o->options, o->symbols, health, error);
    o->options.observer = NULL;
    assert_int_equal(heard.states[RQ_SYMBOL_DAMAGED], health->symbols_damaged);
    assert_int_equal(heard.states[RQ_SYMBOL_MISSING], health->symbols_missing);
    assert_int_equal(heard.states[RQ_SYMBOL_MENDED], health->symbols_mended);
    assert_int_equal(heard.sum.blocks, health->blocks);
    assert_int_equal(heard.sum.symbols_listed, health->symbols_listed);
    assert_int_equal(heard.sum.symbols_spare, health->symbols_spare);
    return status;
}

/* ---- random damage ---- */

/* Verify must say what decode does; repair must bring all back, or all but the lost blocks. */
static void check_damage(object *o, uint64_t seed, uint64_t per_thousand)
{
    rq_health health, before;
    rq_error error;
    damage d = damage_folder(o->symbols, seed, per_thousand);
    assert_int_equal(check(o, rq_verify, &before, &error), RQ_OK);
    assert_int_equal(before.symbols_damaged, d.damaged);
    assert_int_equal(before.symbols_missing, d.missing);
    int decoded = rq_decode(&o->options, o->symbols, o->output, NULL, NULL);
    assert_int_equal(decoded, before.blocks_lost == 0 ? RQ_OK : RQ_ERROR_DECODE);
    o->options.dry_run = 1;
    int dry = check(o, rq_repair, &health, &error);
    o->options.dry_run = 0;
    uint64_t would = health.symbols_mended;
    assert_int_equal(check(o, rq_verify, &health, &error), RQ_OK);
    assert_memory_equal(&health, &before, sizeof health);
    int status = check(o, rq_repair, &health, &error);
    assert_int_equal(status, dry);
    assert_int_equal(health.symbols_mended, would);
    assert_int_equal(status, before.blocks_lost == 0 ? RQ_OK : RQ_ERROR_DECODE);
    if (status == RQ_OK) {
        compare_folders(o->whole, o->symbols);
    } else {
        assert_non_null(strstr(error.message, "Too few good symbols for block"));
        files_remove(o->symbols);
        files_copy(o->whole, o->symbols);
    }
    assert_int_equal(check(o, rq_repair, &health, &error), RQ_OK);
    assert_int_equal(health.symbols_mended, 0);
}

static void check_shape(size_t size, uint16_t symbol_size, uint8_t redundancy, uint64_t block_size)
{
    static const uint64_t damages[] = {0, 3, 100, 500, 650, 800};
    object o;
    object_open(&o, size, symbol_size, redundancy, block_size);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++)
        check_damage(&o, size + i, damages[i]);
    object_close(&o);
}

static void one_block(void **state)
{
    (void)state;
    check_shape(300001, 1280, 3, 0);
    check_shape(100, 1280, 3, 0); /* K = 1 */
    check_shape(4099, 16, 3, 0);  /* Al = 1 */
}

static void several_blocks(void **state)
{
    (void)state;
    check_shape(200003, 999, 3, 50000);
}

static void sub_blocks(void **state)
{
    (void)state;
    check_shape(11 * MIB + 13, 65535, 3, 0); /* N = 2 */
}

/* In as little memory as there may be: staged, window by window, names in a scratch file. */
static void in_little_memory(void **state)
{
    (void)state;
    object o;
    uint64_t smallest = 0;
    object_open(&o, 3 * MIB + 7, 2048, 3, 0);
    assert_int_equal(
        rq_memory_required(&o.options, RQ_OPERATION_REPAIR, o.size, &smallest, NULL, NULL), RQ_OK);
    o.options.memory_limit = smallest;
    check_damage(&o, 1, 600);
    object_close(&o);
    object_open(&o, 12 * MIB, 65535, 2, 0);
    assert_int_equal(
        rq_memory_required(&o.options, RQ_OPERATION_REPAIR, o.size, &smallest, NULL, NULL), RQ_OK);
    o.options.memory_limit = smallest;
    check_damage(&o, 2, 400);
    o.options.memory_limit = smallest / 2;
    rq_error error;
    assert_int_equal(rq_repair(&o.options, o.symbols, NULL, &error), RQ_ERROR_MEMORY);
    object_close(&o);
}

/* ---- sets of symbols that just do, or do not ---- */

enum { SET_K = 10, SET_T = 16, SET_Z = 3 };

/* A layout of these symbols, SBN << 24 | ESI, in this order, of an object of Z source blocks; and
 * the files of those with present[i]. lie: the first name is that of nothing. */
static void write_set(const object *o, uint8_t Z, uint32_t K, const uint32_t *ids,
                      const bool *present, size_t count, bool lie)
{
    char path[FILES_PATH], block[FILES_PATH];
    uint8_t packet[4 + SET_T];
    rq_oti oti = {(uint64_t)Z * K * SET_T, SET_T, Z, 1, 1};
    unsigned F = (unsigned)oti.F;
    rq_encoder *encoder = NULL;
    files_remove(o->symbols);
    files_make_folder(o->symbols);
    files_join(block, o->symbols, "block_7");
    files_make_folder(block);
    files_join(path, o->symbols, LAYOUT_FILE_NAME);
    FILE *layout = fopen(path, "w");
    assert_non_null(layout);
    fprintf(layout,
            "{\"blocks\":[{\"block_id\":7,\"original_offset\":0,\"size\":%u,\"hash\":\"\","
            "\"encoder_parameters\":[0,0,%u,%u,%u,0,0,%d,%u,0,1,1],\"symbols\":[",
            F, F / 65536, F / 256 % 256, F % 256, SET_T, (unsigned)Z);
    assert_int_equal(rq_encoder_create(&oti, o->data, NULL, &encoder), RQ_OK);
    for (size_t i = 0; i < count; i++) {
        char name[DIGEST_NAME_SIZE];
        digest hash;
        assert_int_equal(
            rq_encoder_packet(encoder, (uint8_t)(ids[i] >> 24), ids[i] & RQ_MAX_ESI, packet),
            RQ_OK);
        digest_of(packet, sizeof packet, &hash);
        hash.bytes[5] ^= lie && i == 0;
        digest_name(&hash, name);
        fprintf(layout, "%s\"%s\"", i > 0 ? "," : "", name);
        files_join(path, block, name);
        if (present[i])
            files_write(path, packet, sizeof packet);
    }
    fputs("]}]}", layout);
    assert_int_equal(fclose(layout), 0);
    rq_encoder_free(encoder);
}

/* A random choice of different ESIs. */
static void random_esis(splitmix *random, uint32_t *esis, size_t count, uint32_t below)
{
    for (size_t i = 0; i < count; i++) {
        bool twice = true;
        while (twice) {
            esis[i] = (uint32_t)splitmix_below(random, below);
            twice = false;
            for (size_t k = 0; k < i; k++)
                twice |= esis[k] == esis[i];
        }
    }
}

/* At K - 1, K and K + 1 symbols; among so many sets of K some are singular. */
static void the_verdict_is_exact(void **state)
{
    (void)state;
    object o;
    splitmix random = {8};
    unsigned singular = 0;
    object_open(&o, SET_K * SET_T, SET_T, 1, 0);
    for (unsigned i = 0; i < 1500; i++) {
        uint32_t esis[SET_K + 4];
        bool present[SET_K + 4] = {false};
        size_t count = SET_K - 1 + i % 3;
        rq_health health;
        rq_error error;
        /* Low ESIs for layouts in disorder; repair symbols alone are singular more often. */
        random_esis(&random, esis, SET_K + 4, i % 2 ? 20 : 1 << 24);
        for (size_t k = 0; k < count; k++)
            present[k] = true;
        write_set(&o, 1, SET_K, esis, present, SET_K + 4, false);
        assert_int_equal(check(&o, rq_verify, &health, &error), RQ_OK);
        bool full =
            count >= SET_K && oracle_rank(SET_K, esis, (uint32_t)count) == oracle_code_of(SET_K).L;
        singular += count >= SET_K && !full;
        assert_int_equal(health.blocks_lost, !full);
        assert_int_equal(health.symbols_good, count);
        assert_int_equal(rq_decode(&o.options, o.symbols, o.output, NULL, NULL),
                         full ? RQ_OK : RQ_ERROR_DECODE);
    }
    assert_true(singular > 0);
    object_close(&o);
}

/* A layout of another writer: any order, and ESIs far from each other. */
static void layouts_in_any_order_are_mended(void **state)
{
    (void)state;
    object o;
    splitmix random = {9};
    object_open(&o, SET_K * SET_T, SET_T, 1, 0);
    for (unsigned i = 0; i < 150; i++) {
        uint32_t esis[3 * SET_K];
        bool present[3 * SET_K], all[3 * SET_K];
        rq_health health;
        rq_error error;
        random_esis(&random, esis, 3 * SET_K, 40);
        uint32_t last = 0;
        for (size_t k = 0; k < 3 * SET_K; k++)
            last = esis[k] > last ? esis[k] : last;
        for (size_t k = 0; k < 3 * SET_K; k++) {
            all[k] = true;
            present[k] = esis[k] == last || splitmix_below(&random, 3) > 0;
        }
        write_set(&o, 1, SET_K, esis, all, 3 * SET_K, false);
        files_remove(o.whole);
        files_copy(o.symbols, o.whole);
        write_set(&o, 1, SET_K, esis, present, 3 * SET_K, false);
        assert_int_equal(check(&o, rq_verify, &health, &error), RQ_OK);
        bool lost = health.blocks_lost > 0;
        assert_int_equal(check(&o, rq_repair, &health, &error), lost ? RQ_ERROR_DECODE : RQ_OK);
        if (!lost)
            compare_folders(o.whole, o.symbols);
    }
    object_close(&o);
}

/* Each source block for itself, in our order or in none: a lost one does not keep the others from
 * being mended. */
static void source_blocks_are_mended(void **state)
{
    enum { LISTED = SET_Z * (SET_K + 5) };
    (void)state;
    object o;
    splitmix random = {10};
    unsigned lost = 0;
    object_open(&o, SET_Z * SET_K * SET_T, SET_T, 1, 0);
    for (unsigned i = 0; i < 150; i++) {
        uint32_t ids[LISTED];
        bool present[LISTED], all[LISTED];
        rq_health health, after;
        rq_error error;
        for (uint32_t k = 0; k < LISTED; k++)
            ids[k] = k / (SET_K + 5) << 24 | k % (SET_K + 5);
        for (size_t k = LISTED - 1; i % 2 && k > 0; k--) {
            size_t other = (size_t)splitmix_below(&random, k + 1);
            uint32_t id = ids[k];
            ids[k] = ids[other];
            ids[other] = id;
        }
        for (size_t k = 0; k < LISTED; k++) {
            all[k] = true;
            present[k] = splitmix_below(&random, 4) > 0;
        }
        write_set(&o, SET_Z, SET_K, ids, all, LISTED, false);
        files_remove(o.whole);
        files_copy(o.symbols, o.whole);
        write_set(&o, SET_Z, SET_K, ids, present, LISTED, false);
        assert_int_equal(check(&o, rq_verify, &health, &error), RQ_OK);
        int status = check(&o, rq_repair, &after, &error);
        assert_int_equal(status, health.blocks_lost ? RQ_ERROR_DECODE : RQ_OK);
        if (status == RQ_OK)
            compare_folders(o.whole, o.symbols);
        else
            lost += after.symbols_mended > 0;
    }
    assert_true(lost > 0);
    object_close(&o);
}

/* Repair symbols in which one source symbol of an object has no part, as if it had been put
 * together for that: all of them together do not give that symbol back. */
static void silent_esis(const object *o, uint32_t *esis, size_t count)
{
    const rq_oti oti = {SET_K * SET_T, SET_T, 1, 1, 1};
    const uint8_t silence[SET_T] = {0};
    uint8_t packet[4 + SET_T];
    rq_encoder *encoder = NULL;
    memset(o->data, 0, SET_K * SET_T);
    o->data[0] = 1;
    assert_int_equal(rq_encoder_create(&oti, o->data, NULL, &encoder), RQ_OK);
    for (uint32_t esi = SET_K, found = 0; found < count; esi++) {
        assert_int_equal(rq_encoder_packet(encoder, 0, esi, packet), RQ_OK);
        if (memcmp(packet + 4, silence, SET_T) == 0)
            esis[found++] = esi;
    }
    rq_encoder_free(encoder);
}

/* Nor do they take longer the more there are: a decode does not plan anew with each. */
static void symbols_chosen_in_malice_are_told_soon(void **state)
{
    enum { SILENT = 1500, ALL = SET_K - 1 + SILENT + 1 };
    (void)state;
    object o;
    uint32_t esis[ALL];
    bool present[ALL];
    rq_health health;
    rq_error error;
    object_open(&o, SET_K * SET_T, SET_T, 1, 0);
    for (uint32_t i = 0; i < ALL; i++) {
        esis[i] = i + 1; /* all source symbols but the first */
        present[i] = true;
    }
    silent_esis(&o, esis + SET_K - 1, SILENT);
    esis[ALL - 1] = SET_K; /* and then, perhaps, one that helps */
    for (int helps = 0; helps < 2; helps++) {
        present[ALL - 1] = helps;
        write_set(&o, 1, SET_K, esis, present, ALL, false);
        clock_t start = clock();
        assert_int_equal(check(&o, rq_verify, &health, &error), RQ_OK);
        assert_int_equal(health.blocks_lost, !helps);
        clock_t verified = clock();
        assert_int_equal(rq_decode(&o.options, o.symbols, o.output, NULL, &error),
                         helps ? RQ_OK : RQ_ERROR_DECODE);
        assert_true(clock() - verified < 10 * (verified - start) + CLOCKS_PER_SEC / 10);
    }
    assert_true(files_equal(o.output, o.data, SET_K * SET_T));
    object_close(&o);
}

/* Symbols of so many columns each: planning for them takes many times what it takes for ordinary
 * losses. */
static void write_hard_set(const object *o, uint32_t K, uint32_t columns_each)
{
    uint32_t count = K + 20, *esis = calloc(count, sizeof *esis);
    bool *present = calloc(count, sizeof *present);
    rfc6330_code code;
    assert_true(esis && present && rfc6330_code_for(K, &code));
    for (uint32_t esi = K, found = 0; found < count; esi++) {
        uint16_t columns[RFC6330_MAX_COLUMNS];
        uint32_t degree;
        rfc6330_lt_row(&code, plan_isi(&code, K, esi), columns, &degree);
        if (degree < columns_each)
            continue;
        present[found] = true;
        esis[found++] = esi;
    }
    write_set(o, 1, K, esis, present, count, false);
    free(present);
    free(esis);
}

/* It must not get less memory than the limit allows. */
static void symbols_that_are_hard_to_plan_are_enough(void **state)
{
    enum { HARD_K = 2000 };
    (void)state;
    object o;
    rq_health health;
    rq_error error;
    object_open(&o, HARD_K * SET_T, HARD_K, 1, 0);
    write_hard_set(&o, HARD_K, 12);
    assert_int_equal(check(&o, rq_verify, &health, &error), RQ_OK);
    assert_int_equal(health.blocks_lost, 0);
    assert_int_equal(rq_decode(&o.options, o.symbols, o.output, NULL, &error), RQ_OK);
    assert_true(files_equal(o.output, o.data, HARD_K * SET_T));
    object_close(&o);
}

/* Cancels when, with the symbols read, nothing has gone on from one call to the next for some
 * calls: while a plan is made. */
typedef struct impatience {
    uint64_t shown;
    int calls;
} impatience;

static int wait_no_longer(void *context, const rq_progress *progress)
{
    impatience *i = context;
    bool stands = progress->bytes_done == i->shown;
    i->calls = stands && progress->bytes_done > progress->bytes_total / 4 ? i->calls + 1 : 0;
    i->shown = progress->bytes_done;
    return i->calls == 3;
}

static void planning_is_cancelled(void **state)
{
    enum { HARD_K = 10000 };
    (void)state;
    object o;
    rq_health health;
    rq_error error;
    impatience patience = {0};
    object_open(&o, HARD_K * SET_T, HARD_K, 1, 0);
    write_hard_set(&o, HARD_K, 28);
    o.options.progress = wait_no_longer;
    o.options.progress_context = &patience;
    assert_int_equal(check(&o, rq_verify, &health, &error), RQ_ERROR_CANCELLED);
    assert_int_equal(error.code, RQ_ERROR_CANCELLED);
    patience = (impatience){0};
    assert_int_equal(rq_decode(&o.options, o.symbols, o.output, NULL, &error), RQ_ERROR_CANCELLED);
    assert_int_equal(error.code, RQ_ERROR_CANCELLED);
    object_close(&o);
}

/* All others are mended first. */
static void a_name_that_nothing_has_is_reported(void **state)
{
    (void)state;
    object o;
    uint32_t esis[SET_K + 6];
    bool present[SET_K + 6] = {false};
    rq_health health;
    rq_error error;
    object_open(&o, SET_K * SET_T, SET_T, 1, 0);
    for (uint32_t i = 0; i < SET_K + 6; i++) {
        esis[i] = i;
        present[i] = i >= 3;
    }
    write_set(&o, 1, SET_K, esis, present, SET_K + 6, true);
    assert_int_equal(check(&o, rq_repair, &health, &error), RQ_ERROR_DECODE);
    assert_int_equal(health.symbols_mended, 2);
    assert_int_equal(health.symbols_missing, 1);
    assert_non_null(strstr(error.message, "block 7: 1 listed"));
    object_close(&o);
}

/* Of the first source block too few are listed, and all of those are there; of the second one is
 * missing, and is mended even so. */
static void too_few_listed_are_too_few(void **state)
{
    enum { FIRST = SET_K - 1, LISTED = FIRST + SET_K + 2 };
    (void)state;
    object o;
    uint32_t ids[LISTED];
    bool present[LISTED];
    rq_health health;
    rq_error error;
    object_open(&o, 2 * SET_K * SET_T, SET_T, 1, 0);
    for (uint32_t i = 0; i < LISTED; i++) {
        ids[i] = i < FIRST ? i : 1u << 24 | (i - FIRST);
        present[i] = i != FIRST;
    }
    write_set(&o, 2, SET_K, ids, present, LISTED, false);
    for (uint64_t missing = 2; missing-- > 0;) {
        assert_int_equal(check(&o, rq_verify, &health, &error), RQ_OK);
        assert_int_equal(health.symbols_missing, missing);
        assert_int_equal(health.blocks_lost, 1);
        assert_int_equal(check(&o, rq_repair, &health, &error), RQ_ERROR_DECODE);
        assert_int_equal(health.symbols_mended, missing);
        assert_non_null(strstr(error.message, "block 7 (source block 0)"));
    }
    write_set(&o, 1, SET_K, ids, present, FIRST, false);
    for (o.options.dry_run = 0; o.options.dry_run <= 1; o.options.dry_run++)
        assert_int_equal(check(&o, rq_repair, &health, &error), RQ_ERROR_DECODE);
    object_close(&o);
}

/* ---- what is in the way ---- */

static void block_folder(const object *o, char path[FILES_PATH])
{
    files_join(path, o->symbols, "block_0");
}

typedef struct first_name {
    char name[64];
} first_name;

static void keep_name(void *context, const char *name)
{
    first_name *first = context;
    if (!first->name[0])
        snprintf(first->name, sizeof first->name, "%s", name);
}

static void a_folder_with_something_in_it_stays(void **state)
{
    (void)state;
    object o;
    char block[FILES_PATH], path[FILES_PATH], inside[FILES_PATH];
    first_name first = {""};
    rq_health health;
    rq_error error;
    object_open(&o, 50000, 1000, 2, 0);
    damage_folder(o.symbols, 3, 200);
    block_folder(&o, block);
    files_list(block, keep_name, &first);
    files_join(path, block, first.name);
    files_remove(path);
    files_make_folder(path);
    files_join(inside, path, "precious");
    files_write(inside, "x", 1);
    for (o.options.dry_run = 1;; o.options.dry_run = 0) {
        assert_int_equal(check(&o, rq_repair, &health, &error), RQ_ERROR_IO);
        assert_int_equal(health.symbols_damaged, 1);
        assert_non_null(strstr(error.message, first.name));
        assert_true(files_equal(inside, "x", 1));
        if (!o.options.dry_run)
            break;
    }
    files_remove(path);
    assert_int_equal(check(&o, rq_repair, &health, &error), RQ_OK);
    assert_int_equal(health.symbols_mended, 1);
    compare_folders(o.whole, o.symbols);
    object_close(&o);
}

/* What a link points to is not touched. */
static void links_are_not_followed(void **state)
{
    (void)state;
    object o;
    char block[FILES_PATH], path[FILES_PATH], target[FILES_PATH];
    first_name first = {""};
    rq_health health;
    rq_error error;
    object_open(&o, 50000, 1000, 2, 0);
    block_folder(&o, block);
    files_list(block, keep_name, &first);
    files_join(path, block, first.name);
    files_join(target, o.folder, "target");
    size_t size;
    char *data = files_read(path, &size);
    files_write(target, data, size); /* even a link to the right bytes is no symbol */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(target, path), 0);
    assert_int_equal(check(&o, rq_verify, &health, &error), RQ_OK);
    assert_int_equal(health.symbols_damaged, 1);
    assert_int_equal(check(&o, rq_repair, &health, &error), RQ_OK);
    assert_true(files_equal(target, data, size));
    compare_folders(o.whole, o.symbols);
    free(data);
    object_close(&o);
}

/* ---- arguments and callbacks ---- */

static int refuse_block(void *context, const rq_health *health)
{
    (void)context, (void)health;
    return 1;
}

static int refuse_progress(void *context, const rq_progress *progress)
{
    (void)context, (void)progress;
    return 1;
}

static void calls_are_refused_and_cancelled(void **state)
{
    (void)state;
    object o;
    rq_health health;
    rq_error error;
    object_open(&o, 50000, 1000, 2, 0);
    rq_observer observer = {sizeof observer, NULL, refuse_block, NULL};
    assert_int_equal(rq_verify(&o.options, NULL, NULL, NULL), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_repair(&o.options, NULL, NULL, &error), RQ_ERROR_PARAMETER);
    assert_int_equal(rq_verify(&o.options, "nowhere", NULL, &error), RQ_ERROR_NOT_FOUND);
    memset(&health, 0, sizeof health);
    assert_int_equal(rq_verify(&o.options, o.symbols, &health, &error), RQ_ERROR_PARAMETER);
    health.struct_size = offsetof(rq_health, symbols_listed); /* an older one */
    assert_int_equal(rq_verify(&o.options, o.symbols, &health, &error), RQ_OK);
    assert_int_equal(health.blocks, 1);
    assert_int_equal(health.symbols_listed, 0);
    assert_int_equal(rq_verify(NULL, o.symbols, NULL, NULL), RQ_OK);
    o.options.observer = &observer;
    assert_int_equal(rq_verify(&o.options, o.symbols, NULL, &error), RQ_ERROR_CANCELLED);
    observer.struct_size = 8;
    assert_int_equal(rq_verify(&o.options, o.symbols, NULL, &error), RQ_ERROR_PARAMETER);
    o.options.observer = NULL;
    o.options.progress = refuse_progress;
    assert_int_equal(rq_repair(&o.options, o.symbols, NULL, &error), RQ_ERROR_CANCELLED);
    /* A layout is small; a hostile one need not be. */
    rq_result *result;
    char layout[FILES_PATH];
    files_join(layout, o.symbols, LAYOUT_FILE_NAME);
    assert_int_equal(rq_read_layout(&o.options, layout, &result, &error), RQ_ERROR_CANCELLED);
    assert_null(result);
    compare_folders(o.whole, o.symbols);
    object_close(&o);
}

static int refuse_fifth(void *context, const rq_progress *progress)
{
    (void)progress;
    return ++*(int *)context == 5;
}

/* While nobody opens a FIFO to read, the caller is still asked whether to go on. */
static void waiting_for_a_reader_is_cancelled(void **state)
{
    (void)state;
    object o;
    rq_error error;
    int calls = 0;
    char fifo[FILES_PATH], elsewhere[FILES_PATH];
    object_open(&o, 50000, 1000, 2, 0);
    files_join(fifo, o.folder, "fifo");
    files_join(elsewhere, o.folder, "elsewhere");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    o.options.progress = refuse_fifth;
    o.options.progress_context = &calls;
    assert_int_equal(rq_decode(&o.options, o.symbols, fifo, NULL, &error), RQ_ERROR_CANCELLED);
    calls = 0;
    assert_int_equal(rq_metadata(&o.options, o.input, fifo, NULL, &error), RQ_ERROR_CANCELLED);
    calls = 0;
    o.options.layout_path = fifo;
    assert_int_equal(rq_encode(&o.options, o.input, elsewhere, NULL, &error), RQ_ERROR_CANCELLED);
    assert_int_equal(access(elsewhere, F_OK), -1);
    object_close(&o);
}

/* Nor is another run's exchange waited for in vain. */
static void waiting_for_another_run_is_cancelled(void **state)
{
    (void)state;
    object o;
    rq_error error;
    int calls = 0;
    char commit[FILES_PATH], mark[FILES_PATH];
    object_open(&o, 50000, 1000, 2, 0);
    files_join(commit, o.symbols, ".rq-commit");
    files_join(mark, commit, ".rq-new");
    assert_int_equal(mkdir(commit, 0777), 0);
    FILE *file = fopen(mark, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    int held = open(commit, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(held, LOCK_EX), 0);
    o.options.progress = refuse_fifth;
    o.options.progress_context = &calls;
    o.options.redundancy = 3;
    assert_int_equal(rq_encode(&o.options, o.input, o.symbols, NULL, &error), RQ_ERROR_CANCELLED);
    close(held);
    assert_int_equal(unlink(mark), 0);
    assert_int_equal(rmdir(commit), 0);
    compare_folders(o.whole, o.symbols);
    object_close(&o);
}

static void findings_are_sorted(void **state)
{
    (void)state;
    splitmix random = {5};
    uint64_t items[200];
    for (size_t count = 0; count < 200; count++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += items[i] = splitmix_next(&random) >> splitmix_below(&random, 64);
        examine_sort(items, count);
        for (size_t i = 0; i < count; i++) {
            sum -= items[i];
            assert_true(i == 0 || items[i - 1] <= items[i]);
        }
        assert_int_equal(sum, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_block),
        cmocka_unit_test(several_blocks),
        cmocka_unit_test(sub_blocks),
        cmocka_unit_test(source_blocks_are_mended),
        cmocka_unit_test(in_little_memory),
        cmocka_unit_test(the_verdict_is_exact),
        cmocka_unit_test(layouts_in_any_order_are_mended),
        cmocka_unit_test(symbols_chosen_in_malice_are_told_soon),
        cmocka_unit_test(symbols_that_are_hard_to_plan_are_enough),
        cmocka_unit_test(planning_is_cancelled),
        cmocka_unit_test(a_name_that_nothing_has_is_reported),
        cmocka_unit_test(too_few_listed_are_too_few),
        cmocka_unit_test(a_folder_with_something_in_it_stays),
        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(calls_are_refused_and_cancelled),
        cmocka_unit_test(waiting_for_a_reader_is_cancelled),
        cmocka_unit_test(waiting_for_another_run_is_cancelled),
        cmocka_unit_test(findings_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
