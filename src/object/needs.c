#include "object/needs.h"

#include "digest/digest.h"
#include "error/error.h"
#include "object/block_list.h"
#include "object/check_block.h"
#include "object/decode_block.h"
#include "object/encode_block.h"
#include "object/settings.h"

enum {
    NAME_LENGTH = 60,           /* of a symbol in the layout's text */
    LAYOUT_MEMORY = 512 * 1024, /* to read a layout, whatever its length */
    MOST_BLOCKS = 1 << 28,
    /* Of the lease before the work is cut: the crew, the store, and what lists lose to whole pages.
     * A comfortable lease that lacks one octet would have every symbol read twice. */
    CALL_MEMORY = 32 * 1024,
};

int needs_block(const rq_options *settings, uint64_t size, rq_oti *oti, uint64_t *repairs,
                rq_error *error)
{
    *repairs = settings_repair_symbols(settings, size);
    if (rq_oti_choose(size, settings->symbol_size, oti) != RQ_OK)
        return error_set(error, RQ_ERROR_ENCODE,
                         "Encoding failed: a block of %llu bytes is too long for symbols of %u "
                         "bytes; use longer symbols or a smaller block size",
                         (unsigned long long)size, (unsigned)settings->symbol_size);
    rfc6330_partition blocks = rfc6330_source_blocks(oti);
    if (blocks.IL + *repairs > RQ_MAX_ESI + UINT64_C(1))
        return error_set(error, RQ_ERROR_ENCODE,
                         "Encoding failed: %llu repair symbols are more than RFC 6330 has "
                         "identifiers for; use less redundancy, longer symbols or smaller blocks",
                         (unsigned long long)*repairs);
    return RQ_OK;
}

/* So many that the arithmetic here could wrap is more than any folder holds. */
static int check_count(uint64_t blocks, rq_error *error)
{
    if (blocks <= MOST_BLOCKS)
        return RQ_OK;
    return error_set(error, RQ_ERROR_ENCODE,
                     "Encoding failed: %llu blocks are too many; use a larger block size",
                     (unsigned long long)blocks);
}

static void take_larger(needs *n, uint64_t smallest, uint64_t comfortable)
{
    n->smallest = smallest > n->smallest ? smallest : n->smallest;
    n->comfortable = comfortable > n->comfortable ? comfortable : n->comfortable;
}

static int add_blocks(const rq_options *settings, uint64_t size, uint64_t count, bool names_only,
                      needs *n, rq_error *error)
{
    rq_oti oti;
    uint64_t repairs;
    int status = needs_block(settings, size, &oti, &repairs, error);
    if (status != RQ_OK)
        return status;
    shape_work work = encode_block_work(&oti, repairs, names_only, settings->threads);
    take_larger(n, shape_encode_smallest(&work), shape_encode_comfortable(&work));
    n->units += count * encode_block_units(&oti, repairs);
    n->blocks += count;
    n->names += count * (rfc6330_Kt(&oti) + repairs * oti.Z);
    return RQ_OK;
}

int needs_encode(const rq_options *settings, uint64_t size, uint64_t block_size, bool names_only,
                 bool layout_in_memory, needs *n, rq_error *error)
{
    uint64_t whole = size / block_size, rest = size % block_size;
    *n = (needs){.size = size};
    int status = check_count(whole, error);
    if (status == RQ_OK && whole > 0)
        status = add_blocks(settings, block_size, whole, names_only, n, error);
    if (status == RQ_OK && rest > 0)
        status = add_blocks(settings, rest, 1, names_only, n, error);
    n->reserve = n->blocks * NEEDS_BLOCK_MEMORY;
    if (layout_in_memory) /* twice: as text, and within the result */
        n->reserve += n->names * NAME_LENGTH * 2;
    n->smallest += n->reserve + CALL_MEMORY;
    n->comfortable += n->reserve + CALL_MEMORY;
    return status;
}

static void add_decode_blocks(needs *n, const rq_oti *oti, uint64_t names, uint64_t count,
                              uint32_t threads, bool stream)
{
    shape_work work = decode_block_work(oti, threads);
    uint64_t states = names * sizeof(uint16_t);
    take_larger(n, shape_decode_smallest(&work) + states,
                shape_decode_comfortable(&work) + states + (stream ? 2 * oti->F : 0));
    n->units += count * decode_block_units(oti);
    n->size += count * oti->F;
    n->blocks += count;
    n->names += count * names;
}

void needs_decode_block(needs *n, const rq_oti *oti, uint64_t names, uint32_t threads, bool stream)
{
    add_decode_blocks(n, oti, names, 1, threads, stream);
}

static void add_check_blocks(needs *n, const rq_oti *oti, uint64_t names, uint64_t count,
                             uint32_t threads, bool repair)
{
    uint64_t smallest, comfortable;
    check_block_memory(oti, names, threads, repair, &smallest, &comfortable);
    take_larger(n, smallest, comfortable);
    n->units += count * check_block_units(oti, names, repair);
    n->size += count * oti->F;
    n->blocks += count;
    n->names += count * names;
}

void needs_check_block(needs *n, const rq_oti *oti, uint64_t names, uint32_t threads, bool repair)
{
    add_check_blocks(n, oti, names, 1, threads, repair);
}

void needs_reading(needs *n)
{
    /* The list of blocks doubles as it grows, and is copied then. */
    uint64_t list = n->blocks * 3 * sizeof(listed_block) + LAYOUT_MEMORY;
    n->reserve = LAYOUT_MEMORY;
    n->smallest += list + CALL_MEMORY;
    n->comfortable += list + CALL_MEMORY + n->names * sizeof(digest);
}

void needs_apply(const needs *n, job *job, spool *names)
{
    uint64_t size = n->names * sizeof(digest);
    uint64_t lease = lease_size(job->lease), eighth = (lease - n->smallest) / 8;
    bool in_memory = lease >= n->comfortable || size <= eighth;
    job->reserve = n->reserve;
    job->object_size = n->size;
    job->units_total = n->units;
    spool_begin(names, (size_t)(in_memory ? size : 0), job->settings->scratch_dir, job->allocator);
}

/* ---- the public question ---- */

/* A decode, verification or repair of what an encode with these options makes. */
static int reading_needs(const rq_options *settings, int operation, uint64_t size,
                         uint64_t block_size, needs *n, rq_error *error)
{
    uint64_t sizes[2] = {block_size, size % block_size}, counts[2] = {size / block_size, 1};
    *n = (needs){0};
    if (check_count(counts[0], error) != RQ_OK)
        return RQ_ERROR_ENCODE;
    for (int i = 0; i < 2; i++) {
        rq_oti oti;
        uint64_t repairs;
        if (sizes[i] == 0 || counts[i] == 0)
            continue;
        int status = needs_block(settings, sizes[i], &oti, &repairs, error);
        if (status != RQ_OK)
            return status;
        uint64_t names = rfc6330_Kt(&oti) + repairs * oti.Z;
        if (operation == RQ_OPERATION_DECODE)
            add_decode_blocks(n, &oti, names, counts[i], settings->threads, false);
        else
            add_check_blocks(n, &oti, names, counts[i], settings->threads,
                             operation == RQ_OPERATION_REPAIR);
    }
    needs_reading(n);
    return RQ_OK;
}

int rq_memory_required(const rq_options *options, int operation, uint64_t object_size,
                       uint64_t *smallest, uint64_t *comfortable, rq_error *error)
{
    rq_options settings;
    needs n = {0};
    int status = settings_read(options, &settings, error);
    if (status == RQ_OK)
        status = settings_check_symbols(&settings, error);
    if (status != RQ_OK)
        return status;
    if (object_size == 0)
        return error_set(error, RQ_ERROR_PARAMETER, "object_size is 0");
    uint64_t block_size = settings_block_size(&settings, object_size);
    if (operation == RQ_OPERATION_DECODE || operation == RQ_OPERATION_VERIFY ||
        operation == RQ_OPERATION_REPAIR)
        status = reading_needs(&settings, operation, object_size, block_size, &n, error);
    else if (operation == RQ_OPERATION_ENCODE || operation == RQ_OPERATION_METADATA)
        status = needs_encode(&settings, object_size, block_size,
                              operation == RQ_OPERATION_METADATA, false, &n, error);
    else
        status = error_set(error, RQ_ERROR_PARAMETER, "operation %d is unknown", operation);
    if (status != RQ_OK)
        return status;
    if (smallest)
        *smallest = n.smallest;
    if (comfortable)
        *comfortable = n.comfortable;
    error_clear(error);
    return RQ_OK;
}
