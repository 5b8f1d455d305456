/* rq_plan of any set of symbols: there is a plan exactly where the code's definition says that they
 * determine the source block (tests/support/oracle.h), and it makes of them every other symbol.
 *
 * The input: K, columns / 64, the data's seed, whether memory is refused now and then (1 byte
 * each); then 2 bytes for each ESI. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "require.h"
#include "rq.h"
#include "support/oracle.h"
#include "support/scarce.h"
#include "support/splitmix.h"

enum { HEADER = 4, MAX_K = 40, MAX_COUNT = 60, NEAR = 512, ALIGNMENT = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct set {
    uint32_t K, count, esis[MAX_COUNT];
    size_t width;
    uint8_t *object, *symbols, *packet, *workspace, *made;
    rq_encoder *encoder;
    scarce memory;
} set;

/* Mostly near each other, some beyond what there can be. */
static uint32_t esi_of(const uint8_t bytes[2])
{
    uint32_t number = bytes[0] | (uint32_t)bytes[1] << 8;
    return number < 0xc000 ? number % NEAR : number << (number & 15);
}

static void read_set(set *s, const uint8_t *data, size_t size)
{
    s->K = 1 + data[0] % MAX_K;
    s->width = ALIGNMENT * (size_t)(1 + data[1] % 4);
    for (size_t i = HEADER; i + 2 <= size && s->count < MAX_COUNT; i += 2)
        s->esis[s->count++] = esi_of(data + i);
}

/* What must come of it, if there is memory. */
static int expected_code(const set *s)
{
    if (s->count < s->K)
        return RQ_ERROR_DECODE;
    for (uint32_t i = 0; i < s->count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (s->esis[i] == s->esis[k])
                return RQ_ERROR_PARAMETER;
        }
        if (s->esis[i] > RQ_MAX_ESI)
            return RQ_ERROR_PARAMETER;
    }
    return oracle_rank(s->K, s->esis, s->count) == oracle_code_of(s->K).L ? RQ_OK : RQ_ERROR_DECODE;
}

static const uint8_t *true_symbol(const set *s, uint32_t esi)
{
    require(rq_encoder_packet(s->encoder, 0, esi, s->packet) == RQ_OK);
    return s->packet + RQ_PAYLOAD_ID_SIZE;
}

static void check_symbol(const set *s, const rq_plan *plan, uint32_t esi)
{
    require(rq_plan_symbol(plan, s->workspace, s->width, esi, s->made) == RQ_OK);
    require(memcmp(s->made, true_symbol(s, esi), s->width) == 0);
}

/* Solves for the symbols with these ESIs; NULL: 0, 1, ... */
static void run_plan(set *s, const rq_plan *plan, const uint32_t *esis, uint32_t count)
{
    const uint8_t *inputs[MAX_COUNT];
    size_t size = rq_plan_workspace_size(plan, s->width);
    require(size > 0 && rq_plan_workspace_size(plan, s->width + 1) == 0);
    s->workspace = aligned_alloc(ALIGNMENT, (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    require(s->workspace != NULL);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *symbol = s->symbols + i * s->width;
        memcpy(symbol, true_symbol(s, esis ? esis[i] : i), s->width);
        inputs[i] = symbol;
    }
    require(rq_plan_execute(plan, inputs, s->width, s->workspace) == RQ_OK);
    for (uint32_t esi = 0; esi < s->K + 3; esi++)
        check_symbol(s, plan, esi);
    check_symbol(s, plan, RQ_MAX_ESI);
    free(s->workspace);
}

static void check_plans(set *s)
{
    rq_plan *plan;
    const rq_allocator *a = &s->memory.allocator;
    int code = rq_plan_decode(s->K, s->esis, s->count, a, &plan);
    require(code == expected_code(s) || (code == RQ_ERROR_MEMORY && s->memory.refused > 0));
    require((code == RQ_OK) == (plan != NULL));
    if (plan)
        run_plan(s, plan, s->esis, s->count);
    rq_plan_free(plan);
    uint64_t refused = s->memory.refused;
    code = rq_plan_encode(s->K, a, &plan);
    require(code == RQ_OK || (code == RQ_ERROR_MEMORY && s->memory.refused > refused));
    require((code == RQ_OK) == (plan != NULL));
    if (plan)
        run_plan(s, plan, NULL, s->K);
    rq_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    set s = {0};
    if (size < HEADER)
        return 0;
    read_set(&s, data, size);
    const rq_oti oti = {(uint64_t)s.K * s.width, (uint16_t)s.width, 1, 1, 1};
    s.object = malloc((size_t)oti.F);
    s.symbols = malloc(MAX_COUNT * s.width);
    s.packet = malloc(RQ_PAYLOAD_ID_SIZE + s.width);
    s.made = malloc(s.width);
    require(s.object && s.symbols && s.packet && s.made);
    splitmix_fill(data[2], s.object, (size_t)oti.F);
    require(rq_encoder_create(&oti, s.object, NULL, &s.encoder) == RQ_OK);
    scarce_begin(&s.memory, data[2], data[3] & 1 ? 4 : 0);
    check_plans(&s);
    scarce_end(&s.memory);
    rq_encoder_free(s.encoder);
    free(s.made);
    free(s.packet);
    free(s.symbols);
    free(s.object);
    return 0;
}
