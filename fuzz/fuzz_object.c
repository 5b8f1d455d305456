/* An object of any shape, as symbols and a layout that this program makes itself: several blocks,
 * source blocks, sub-blocks; symbols lost, damaged, in disorder, listed twice, with identifiers far
 * from the others; symbols that are what their names say and yet no symbols of the object; layouts
 * that are sound JSON and untrue. Decode (into a file, into a stream, by parameters), verify and
 * repair must do what the good symbols allow, no more and no less, with any memory that is said to
 * suffice. (fuzz_folder is about what may lie in a folder.)
 *
 * The input: HEADER bytes, which are named below, then commands of 4 bytes: what to do and in which
 * block, to which listed symbol, two numbers. */
#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layout/layout.h"
#include "object/needs.h"
#include "require.h"
#include "support/files.h"
#include "support/splitmix.h"

enum {
    ALIGNMENT,
    UNITS, /* T / Al, two bytes */
    SUB_BLOCKS = UNITS + 2,
    SOURCE_BLOCKS,
    SYMBOLS, /* of all source blocks of a block */
    LACK,    /* of the last one, in bytes */
    REPAIRS, /* of a source block */
    BLOCKS,
    WAY,           /* WAY_.. below */
    DECODE_MEMORY, /* from what is the smallest to what is comfortable */
    CHECK_MEMORY,
    STOP, /* so many calls of the observer, or of the writer, until one fails; 0: none does */
    HEADER
};

enum {
    WAY_THREADS = 1,
    WAY_STREAM = 2,
    WAY_PARAMETERS = 4,
    WAY_DRY = 8,
    WAY_ELSEWHERE = 16,
    WAY_DISTURB = 32, /* the call that is to fail damages what was read instead */
    WAY_REPAIR = 64,  /* and is one of the repair's */
};

enum {
    FEW_BLOCKS = 3,
    MANY_BLOCKS = 20,        /* more than a store keeps open */
    MAX_OBJECT = 720 * 1024, /* bytes of a block: more than decode_direct.c asks for */
    MAX_COMMANDS = 40,
    MAX_SYMBOLS = 256, /* of a block, those that commands add included */
    MAX_LISTED = 512,
    MOST_MEMORY = 32 << 20, /* where a layout asks for much */
    SPARE = 4,              /* so many symbols more than K always suffice */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is in a symbol's place. */
typedef enum symbol_state { WHOLE, MISSING, FLIPPED, CUT, LONGER, LINK, FOLDER, FULL_FOLDER } state;

typedef struct symbol {
    uint32_t id; /* SBN << 24 | ESI */
    bool lie;    /* not the bytes that the object has for this id */
    bool listed; /* in the layout; known when all commands are done */
    state state;
    digest name;
    uint8_t *packet;
} symbol;

typedef struct block {
    rq_oti oti;
    layout_block told; /* by the layout */
    rq_encoder *encoder;
    symbol symbols[MAX_SYMBOLS];
    size_t count;
    uint16_t listed[MAX_LISTED]; /* which symbols, in order */
    size_t listed_count;
} block;

typedef enum call { DECODE, VERIFY, REPAIR } call;

typedef struct run {
    const uint8_t *header;
    call what; /* is at work */
    block blocks[MANY_BLOCKS];
    size_t block_count;
    uint8_t *contents;
    size_t size;
    const char *prefix; /* of the blocks' folders; NULL: symbols lie in the folder itself */
    bool untrue;        /* the layout is */
    bool unhashed;      /* it has no hash of some block */
    bool disturbed;     /* symbols were changed in the midst of it */
    char folder[FILES_PATH], symbols[FILES_PATH], layout[FILES_PATH], output[FILES_PATH];
    unsigned calls; /* of what may fail */
    uint8_t *streamed;
    size_t streamed_size;
} run;

/* ---- the object ---- */

static void choose_oti(const uint8_t *header, rq_oti *oti)
{
    uint32_t units = 1 + (header[UNITS] | (header[UNITS + 1] & 15u) << 8);
    oti->Al = 1 + header[ALIGNMENT] % 8;
    oti->T = (uint16_t)(oti->Al * units);
    oti->N = (uint16_t)(1 + header[SUB_BLOCKS] % (units < 8 ? units : 8));
    uint32_t symbols = 1 + header[SYMBOLS] % 80;
    if (symbols * oti->T > MAX_OBJECT)
        symbols = MAX_OBJECT / oti->T;
    oti->Z = (uint8_t)(1 + header[SOURCE_BLOCKS] % (symbols < 6 ? symbols : 6));
    oti->F = (uint64_t)symbols * oti->T - header[LACK] % oti->T;
}

static size_t packet_size(const block *b)
{
    return RQ_PAYLOAD_ID_SIZE + (size_t)b->oti.T;
}

/* The symbol with that packet: the same one if it is there already. */
static size_t add_symbol(block *b, const uint8_t *packet)
{
    symbol made = {0};
    digest_of(packet, packet_size(b), &made.name);
    for (size_t i = 0; i < b->count; i++) {
        if (digest_equal(&b->symbols[i].name, &made.name))
            return i;
    }
    made.packet = malloc(packet_size(b));
    require(made.packet != NULL);
    memcpy(made.packet, packet, packet_size(b));
    uint32_t sbn = packet[0];
    uint32_t esi = (uint32_t)packet[1] << 16 | (uint32_t)packet[2] << 8 | packet[3];
    uint8_t *right = malloc(packet_size(b));
    require(right && b->count < MAX_SYMBOLS);
    made.id = sbn << 24 | esi;
    made.lie = sbn >= b->oti.Z;
    if (!made.lie) {
        require(rq_encoder_packet(b->encoder, (uint8_t)sbn, esi, right) == RQ_OK);
        made.lie = memcmp(right, packet, packet_size(b)) != 0;
    }
    free(right);
    b->symbols[b->count] = made;
    return b->count++;
}

static size_t add_true_symbol(block *b, uint32_t sbn, uint32_t esi)
{
    uint8_t *packet = malloc(packet_size(b));
    require(packet && rq_encoder_packet(b->encoder, (uint8_t)sbn, esi, packet) == RQ_OK);
    size_t at = add_symbol(b, packet);
    free(packet);
    return at;
}

static void list_symbol(block *b, size_t which)
{
    if (b->listed_count < MAX_LISTED)
        b->listed[b->listed_count++] = (uint16_t)which;
}

static void make_block(run *r, size_t id)
{
    block *b = &r->blocks[id];
    const uint8_t *data = r->contents + r->size;
    choose_oti(r->header, &b->oti);
    require(rq_encoder_create(&b->oti, data, NULL, &b->encoder) == RQ_OK);
    for (uint32_t sbn = 0; sbn < b->oti.Z; sbn++) {
        uint32_t end = rq_oti_source_symbols(&b->oti, (uint8_t)sbn) + r->header[REPAIRS] % 12;
        for (uint32_t esi = 0; esi < end; esi++)
            list_symbol(b, add_true_symbol(b, sbn, esi));
    }
    b->told = (layout_block){
        .block_id = id, .original_offset = r->size, .size = b->oti.F, .has_hash = true};
    rq_oti_serialize(&b->oti, b->told.encoder_parameters);
    digest_of(data, (size_t)b->oti.F, &b->told.hash);
    r->size += (size_t)b->oti.F;
}

static void make_object(run *r)
{
    rq_oti oti;
    choose_oti(r->header, &oti);
    r->block_count = oti.F > MAX_OBJECT / 4 ? 1 : 1 + r->header[BLOCKS] % FEW_BLOCKS;
    if (oti.F < 500 && r->header[BLOCKS] > 250)
        r->block_count = MANY_BLOCKS;
    r->contents = malloc(r->block_count * (size_t)oti.F);
    require(r->contents != NULL);
    splitmix_fill(r->header[LACK], r->contents, r->block_count * (size_t)oti.F);
    for (size_t id = 0; id < r->block_count; id++)
        make_block(r, id);
}

static void free_object(run *r)
{
    for (size_t id = 0; id < r->block_count; id++) {
        block *b = &r->blocks[id];
        for (size_t i = 0; i < b->count; i++)
            free(b->symbols[i].packet);
        rq_encoder_free(b->encoder);
    }
    free(r->contents);
    free(r->streamed);
}

/* ---- commands ---- */

/* An ESI near the others or far from them. */
static uint32_t esi_of(uint8_t number)
{
    return number < 192 ? number : (UINT32_C(1) << number % 25) - 1;
}

static void lose(block *b, size_t at, uint8_t how_many, uint8_t how)
{
    for (size_t i = 0; i <= how_many % 32 && at + i < b->listed_count; i++)
        b->symbols[b->listed[at + i]].state = how % (FULL_FOLDER + 1);
}

/* Right by its name, and not what the object has. */
static size_t forge(block *b, uint8_t sbn, uint8_t esi)
{
    uint8_t *packet = malloc(packet_size(b));
    require(packet != NULL);
    memset(packet, sbn ^ esi, packet_size(b));
    packet[0] = (uint8_t)(sbn == 255 ? 255 : sbn % (b->oti.Z + 1));
    packet[1] = (uint8_t)(esi_of(esi) >> 16);
    packet[2] = (uint8_t)(esi_of(esi) >> 8);
    packet[3] = (uint8_t)esi_of(esi);
    size_t at = add_symbol(b, packet);
    free(packet);
    return at;
}

static void change_number(run *r, block *b, uint8_t which, uint8_t bit)
{
    uint64_t *const numbers[] = {&b->told.block_id, &b->told.original_offset, &b->told.size};
    *numbers[which % 3] ^= UINT64_C(1) << bit % 63;
    r->untrue = true;
}

/* Parameters that may be impossible; with the size that they say, or not. */
static void change_parameters(run *r, block *b, uint8_t which, uint8_t octet)
{
    rq_oti oti;
    b->told.encoder_parameters[which % 12] = octet;
    if (which < 128 && rq_oti_parse(b->told.encoder_parameters, &oti) == RQ_OK)
        b->told.size = oti.F;
    r->untrue = true;
}

static void change_hash(run *r, block *b, uint8_t bit)
{
    if (bit < 128) {
        b->told.has_hash = false;
        r->unhashed = true;
        return;
    }
    b->told.hash.bytes[bit % DIGEST_SIZE] ^= 1;
    r->untrue = true;
}

static void obey(run *r, const uint8_t *command)
{
    block *b = &r->blocks[(command[0] >> 4) % r->block_count];
    size_t at = command[1] % b->listed_count;
    uint8_t x = command[2], y = command[3];
    uint16_t here = b->listed[at];
    if (b->count == MAX_SYMBOLS)
        return;
    switch (command[0] % 16) {
    case 0:
        list_symbol(b, forge(b, x, y));
        break;
    case 1:
        b->listed[at] = (uint16_t)forge(b, x, y);
        break;
    case 2:
        list_symbol(b, add_true_symbol(b, x % b->oti.Z, esi_of(y)));
        break;
    case 3:
        b->listed[at] = b->listed[x % b->listed_count];
        b->listed[x % b->listed_count] = here;
        break;
    case 4:
        list_symbol(b, here);
        break;
    case 5: /* one less in the layout */
        if (b->listed_count > 1)
            b->listed[at] = b->listed[--b->listed_count];
        break;
    case 6:
        change_parameters(r, b, x, y);
        break;
    case 7:
        change_number(r, b, x, y);
        break;
    case 8:
        change_hash(r, b, y);
        break;
    case 9:
        r->prefix = x & 1 && r->block_count == 1 ? NULL : "chunk_";
        break;
    default:
        lose(b, at, x, y);
    }
}

/* ---- into the folder ---- */

static void put_symbol(const block *b, const symbol *s, const char *folder)
{
    char place[FILES_PATH], inner[FILES_PATH], name[DIGEST_NAME_SIZE];
    size_t size = packet_size(b);
    uint8_t *bytes = malloc(size + 1);
    require(bytes != NULL);
    memcpy(bytes, s->packet, size);
    bytes[size] = 0;
    bytes[s->state == FLIPPED ? s->id % size : size] ^= 1;
    size += s->state == LONGER;
    size -= s->state == CUT;
    digest_name(&s->name, name);
    files_join(place, folder, name);
    if (s->state == LINK)
        require(symlink("/dev/zero", place) == 0);
    else if (s->state == FOLDER || s->state == FULL_FOLDER)
        files_make_folder(place);
    else if (s->state != MISSING)
        files_write(place, bytes, size);
    files_join(inner, place, "file");
    if (s->state == FULL_FOLDER)
        files_write(inner, "", 0);
    free(bytes);
}

static void block_folder(const run *r, size_t id, char folder[FILES_PATH])
{
    char name[16];
    snprintf(name, sizeof name, "%s%u", r->prefix ? r->prefix : "", (unsigned)id);
    files_join(folder, r->symbols, r->prefix ? name : ".");
}

static void put_block(const run *r, block *b, size_t id)
{
    char folder[FILES_PATH];
    block_folder(r, id, folder);
    if (r->prefix)
        files_make_folder(folder);
    for (size_t i = 0; i < b->listed_count; i++)
        b->symbols[b->listed[i]].listed = true;
    for (size_t i = 0; i < b->count; i++)
        put_symbol(b, &b->symbols[i], folder);
}

static int write_text(void *context, const void *data, size_t size)
{
    return fwrite(data, 1, size, context) == size ? 0 : -1;
}

static void put_layout(const run *r)
{
    layout_writer writer;
    FILE *file = fopen(r->layout, "wb");
    require(file != NULL);
    layout_write_begin(&writer, write_text, file);
    for (size_t id = 0; id < r->block_count; id++) {
        const block *b = &r->blocks[id];
        layout_write_block_begin(&writer, &b->told);
        for (size_t i = 0; i < b->listed_count; i++)
            layout_write_symbols(&writer, &b->symbols[b->listed[i]].name, 1);
        layout_write_block_end(&writer, b->told.has_hash ? &b->told.hash : NULL);
    }
    require(layout_write_end(&writer) == 0 && fclose(file) == 0);
}

static void lay_out(run *r)
{
    files_temporary(r->folder);
    files_join(r->symbols, r->folder, "symbols");
    files_join(r->output, r->folder, "output");
    files_make_folder(r->symbols);
    files_write(r->output, "previous", 8);
    files_join(r->layout, r->header[WAY] & WAY_ELSEWHERE ? r->folder : r->symbols,
               LAYOUT_FILE_NAME);
    for (size_t id = 0; id < r->block_count; id++)
        put_block(r, &r->blocks[id], id);
    put_layout(r);
}

/* ---- what there is ---- */

/* Different symbols of a source block that are right by their names. */
static uint32_t count_there(const block *b, uint32_t sbn, bool unlisted_too, bool *lies)
{
    uint32_t ids[MAX_SYMBOLS], count = 0;
    for (size_t i = 0; i < b->count; i++) {
        const symbol *s = &b->symbols[i];
        if (s->state != WHOLE || s->id >> 24 != sbn || !(s->listed || unlisted_too))
            continue;
        uint32_t k = 0;
        while (k < count && ids[k] != s->id)
            k++;
        ids[k] = s->id;
        count += k == count;
        *lies |= s->lie;
    }
    return count;
}

typedef struct prospects {
    bool sure;       /* nothing can keep the object from being had back */
    bool impossible; /* nothing can bring it back */
    bool lies;       /* some symbol is not what the object has */
} prospects;

static prospects look(const run *r, bool unlisted_too)
{
    prospects p = {.sure = !r->untrue && !r->disturbed};
    for (size_t id = 0; id < r->block_count; id++) {
        const block *b = &r->blocks[id];
        for (uint32_t sbn = 0; sbn < b->oti.Z; sbn++) {
            uint32_t K = rq_oti_source_symbols(&b->oti, (uint8_t)sbn);
            uint32_t there = count_there(b, sbn, unlisted_too, &p.lies);
            p.sure &= there >= K + SPARE;
            p.impossible |= there < K && !r->untrue;
        }
    }
    p.sure &= !p.lies;
    return p;
}

/* What verify must say, of what the layout lists. */
static void count_health(const run *r, rq_health *h)
{
    rq_health_init(h);
    h->blocks = r->block_count;
    for (size_t id = 0; id < r->block_count; id++) {
        const block *b = &r->blocks[id];
        bool lies = false;
        uint64_t right = 0, distinct = 0;
        for (size_t i = 0; i < b->listed_count; i++) {
            state state = b->symbols[b->listed[i]].state;
            right += state == WHOLE;
            h->symbols_missing += state == MISSING;
            h->symbols_damaged += state != WHOLE && state != MISSING;
        }
        for (uint32_t sbn = 0; sbn < b->oti.Z; sbn++)
            distinct += count_there(b, sbn, false, &lies);
        h->symbols_listed += b->listed_count;
        h->symbols_good += distinct;
        h->symbols_useless += right - distinct;
    }
}

/* ESIs of a source block below this one are near: the layout has room for them. */
static uint32_t near_end(const block *b, const symbol *s)
{
    uint32_t K = rq_oti_source_symbols(&b->oti, (uint8_t)(s->id >> 24)), Kt = 0;
    const uint32_t Z = b->oti.Z;
    require(Z > 0);
    for (uint32_t sbn = 0; sbn < Z; sbn++)
        Kt += rq_oti_source_symbols(&b->oti, (uint8_t)sbn);
    return K + (b->listed_count > Kt ? (uint32_t)(b->listed_count - Kt) / Z : 0);
}

/* Whether repair must make everything whole: all that is lost is the object's, near the others, of
 * blocks that can be had back, and not kept from its place. */
static bool can_be_mended(const run *r, const prospects *p)
{
    for (size_t id = 0; id < r->block_count; id++) {
        const block *b = &r->blocks[id];
        for (size_t i = 0; i < b->count; i++) {
            const symbol *s = &b->symbols[i];
            if (!s->listed || s->state == WHOLE)
                continue;
            if (s->lie || s->state == FULL_FOLDER || (s->id & RQ_MAX_ESI) >= near_end(b, s))
                return false;
        }
    }
    return p->sure;
}

/* ---- the calls ---- */

/* Cuts what was, and perhaps is still being, used. */
static void disturb(run *r)
{
    for (size_t id = 0; id < r->block_count; id++) {
        block *b = &r->blocks[id];
        char folder[FILES_PATH], path[FILES_PATH], name[DIGEST_NAME_SIZE];
        block_folder(r, id, folder);
        for (size_t i = 0; i < b->count; i += 3) {
            digest_name(&b->symbols[i].name, name);
            files_join(path, folder, name);
            if (b->symbols[i].state == WHOLE)
                require(truncate(path, 3) == 0);
        }
    }
    r->disturbed = true;
}

/* The n-th call of what may fail does. */
static int fails(run *r)
{
    if (r->header[WAY] & WAY_REPAIR && r->what != REPAIR)
        return 0;
    bool now = ++r->calls == r->header[STOP];
    if (now && r->header[WAY] & WAY_DISTURB && !r->disturbed)
        disturb(r);
    return now && !(r->header[WAY] & WAY_DISTURB);
}

static int hear_block(void *context, const rq_health *health)
{
    require(health->blocks == 1 && health->blocks_lost <= 1);
    return fails(context);
}

static int hear_symbol(void *context, uint64_t block_id, const char *name, int state)
{
    digest symbol;
    (void)block_id;
    require(digest_from_name(name, strlen(name), &symbol));
    require(state >= RQ_SYMBOL_DAMAGED && state <= RQ_SYMBOL_MENDED);
    return fails(context);
}

static int hear_progress(void *context, const rq_progress *progress)
{
    require(progress->bytes_done <= progress->bytes_total);
    return fails(context);
}

static int take_stream(void *context, const void *data, size_t size)
{
    run *r = context;
    uint8_t *more = realloc(r->streamed, r->streamed_size + size);
    require(more && size > 0);
    memcpy(more + r->streamed_size, data, size);
    r->streamed = more;
    r->streamed_size += size;
    return fails(r);
}

/* Between what is said to be the smallest and what is comfortable, rather little. */
static uint64_t choose_memory(const needs *n, uint8_t share)
{
    uint64_t least = n->smallest < MOST_MEMORY ? n->smallest : MOST_MEMORY;
    uint64_t most = n->comfortable < MOST_MEMORY ? n->comfortable : MOST_MEMORY;
    return least + (most - least) * share * share / (255 * 255);
}

static void set_memory(const run *r, rq_options *options)
{
    needs n = {0};
    bool stream = (r->header[WAY] & WAY_STREAM) != 0;
    for (size_t id = 0; id < r->block_count; id++) {
        const block *b = &r->blocks[id];
        rq_oti oti;
        size_t names = b->listed_count > b->count ? b->listed_count : b->count;
        if (rq_oti_parse(b->told.encoder_parameters, &oti) != RQ_OK)
            continue;
        if (r->what == DECODE)
            needs_decode_block(&n, &oti, names, options->threads, stream);
        else
            needs_check_block(&n, &oti, names, options->threads, r->what == REPAIR);
    }
    needs_reading(&n);
    uint8_t share = r->header[r->what == DECODE ? DECODE_MEMORY : CHECK_MEMORY];
    options->memory_limit = choose_memory(&n, share);
}

static void set_options(run *r, call what, rq_options *options, rq_observer *observer)
{
    r->what = what;
    r->calls = 0;
    *observer = (rq_observer){sizeof *observer, r, hear_block, hear_symbol};
    rq_options_init(options);
    options->threads = r->header[WAY] & WAY_THREADS ? 2 : 1;
    options->dry_run = (r->header[WAY] & WAY_DRY) != 0;
    options->layout_path = r->header[WAY] & WAY_ELSEWHERE ? r->layout : NULL;
    options->scratch_dir = r->folder;
    options->observer = observer;
    options->progress = hear_progress;
    options->progress_context = r;
    set_memory(r, options);
}

/* Failures have words, and only they; some can only be where there is reason for them. */
static void check_code(const run *r, const prospects *p, int code, const rq_error *error)
{
    bool stopped = r->header[STOP] > 0 && r->calls >= r->header[STOP];
    require(code == RQ_OK || (code <= RQ_ERROR_IO && code >= RQ_ERROR_CANCELLED));
    require(code == error->code && (code == RQ_OK) == (error->message[0] == '\0'));
    require(code != RQ_ERROR_CANCELLED || stopped);
    require(code != RQ_ERROR_MEMORY || r->untrue || p->lies);
}

static int decode(run *r, const rq_options *options, rq_decode_report *report, rq_error *error)
{
    const rq_writer writer = {sizeof writer, r, take_stream};
    uint8_t parameters[MANY_BLOCKS * 12];
    for (size_t id = 0; id < r->block_count; id++)
        memcpy(parameters + 12 * id, r->blocks[id].told.encoder_parameters, 12);
    rq_decode_report_init(report);
    if (r->header[WAY] & WAY_STREAM)
        return rq_decode_stream(options, r->symbols, &writer, report, error);
    if (r->header[WAY] & WAY_PARAMETERS)
        return rq_decode_parameters(options, r->symbols, r->output, parameters, 12 * r->block_count,
                                    report, error);
    return rq_decode(options, r->symbols, r->output, report, error);
}

static void check_decode(run *r)
{
    bool stream = (r->header[WAY] & WAY_STREAM) != 0;
    bool by_parameters = !stream && r->header[WAY] & WAY_PARAMETERS;
    prospects p = look(r, by_parameters);
    rq_options options;
    rq_observer observer;
    rq_decode_report report;
    rq_error error;
    set_options(r, DECODE, &options, &observer);
    int code = decode(r, &options, &report, &error);
    bool stopped = r->header[STOP] > 0 && r->calls >= r->header[STOP];
    check_code(r, &p, code, &error);
    require(code == RQ_OK || !p.sure || stopped);
    require(code != RQ_OK || !p.impossible);
    bool right = !r->untrue && !(p.lies && (r->unhashed || by_parameters));
    if (stream) {
        require(!right || r->streamed_size == 0 ||
                (r->streamed_size <= r->size &&
                 memcmp(r->streamed, r->contents, r->streamed_size) == 0));
        require(code != RQ_OK || r->streamed_size == report.bytes_written);
    } else if (code == RQ_OK) {
        require(!right || files_equal(r->output, r->contents, r->size));
        require(files_size(r->output) == report.bytes_written);
    }
    require((code == RQ_OK && !stream) || files_equal(r->output, "previous", 8));
}

static int check_verify(run *r, const prospects *p, rq_health *health)
{
    rq_options options;
    rq_observer observer;
    rq_error error;
    set_options(r, VERIFY, &options, &observer);
    rq_health_init(health);
    int code = rq_verify(&options, r->symbols, health, &error);
    check_code(r, p, code, &error);
    return code;
}

static int check_repair(run *r, const prospects *p)
{
    rq_options options;
    rq_observer observer;
    rq_health health;
    rq_error error;
    set_options(r, REPAIR, &options, &observer);
    rq_health_init(&health);
    int code = rq_repair(&options, r->symbols, &health, &error);
    bool stopped = r->header[STOP] > 0 && r->calls >= r->header[STOP];
    check_code(r, p, code, &error);
    require(code == RQ_OK || stopped || !can_be_mended(r, p));
    require(code != RQ_OK || health.symbols_damaged + health.symbols_missing == 0);
    return code;
}

static bool same_health(const rq_health *a, const rq_health *b)
{
    return a->blocks == b->blocks && a->symbols_listed == b->symbols_listed &&
           a->symbols_good == b->symbols_good && a->symbols_useless == b->symbols_useless &&
           a->symbols_damaged == b->symbols_damaged && a->symbols_missing == b->symbols_missing;
}

/* Verify says what is so; a repair loses nothing, and a dry one changes nothing. */
static void check_health(run *r)
{
    rq_health expected, before, after;
    prospects p = look(r, false);
    size_t entries = files_list(r->symbols, NULL, NULL);
    count_health(r, &expected);
    int code = check_verify(r, &p, &before);
    require(code != RQ_OK || r->untrue || r->disturbed || same_health(&before, &expected));
    require(code != RQ_OK || r->disturbed || !p.sure || before.blocks_lost == 0);
    require(code != RQ_OK || !p.impossible || before.blocks_lost > 0);
    int repaired = check_repair(r, &p);
    require(!r->prefix || files_list(r->symbols, NULL, NULL) == entries);
    if (r->disturbed || code != RQ_OK || check_verify(r, &p, &after) != RQ_OK || r->disturbed)
        return;
    require(after.symbols_good >= before.symbols_good);
    if (r->header[WAY] & WAY_DRY)
        require(same_health(&before, &after));
    else if (repaired == RQ_OK)
        require(after.symbols_damaged + after.symbols_missing == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static run r;
    if (size < HEADER)
        return 0;
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    memset(&r, 0, sizeof r);
    r.header = data;
    r.prefix = "block_";
    make_object(&r);
    for (size_t i = 0; i < MAX_COMMANDS && HEADER + (i + 1) * 4 <= size; i++)
        obey(&r, data + HEADER + i * 4);
    lay_out(&r);
    check_decode(&r);
    check_health(&r);
    files_remove(r.folder);
    free_object(&r);
    return 0;
}
