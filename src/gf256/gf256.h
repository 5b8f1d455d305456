/* Arithmetic of GF(256) on strips: rows of `width` octets, of which a solve has thousands.
 *
 * The field is octets modulo x^8 + x^4 + x^3 + x^2 + 1 (RFC 6330 5.7): adding is XOR. There is one
 * table of kernels an instruction set, all made from strip.inc.h but the scalar one, which is plain
 * C and the oracle for the others. */
#ifndef GF256_H
#define GF256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GF256_UNIT = 64 }; /* widths are multiples of it */

/* One row as the sum of others. It has `all` operands, one after the other in the list's operands,
 * of which the first `near` can be had before the rest. */
typedef struct gf256_gather {
    uint32_t input;       /* also added: an index of inputs, or one of the two below */
    uint32_t destination; /* row number */
    uint16_t near, all;
} gf256_gather;

#define GF256_NO_INPUT   UINT32_MAX       /* nothing */
#define GF256_ACCUMULATE (UINT32_MAX - 1) /* the destination as it was */

typedef enum gf256_part { GF256_NEAR, GF256_ALL } gf256_part;

/* Rows in memory that are worked on next, from octet `offset` of each on: fetched meanwhile, one
 * after the other. NULL rows are passed over. */
typedef struct gf256_coming {
    const uint8_t *const *rows;
    size_t count; /* 0: nothing is to be fetched */
    size_t offset;
} gf256_coming;

/* Where the rows of a list of gathers lie. Nothing needs to be aligned; aligned rows are faster. */
typedef struct gf256_rows {
    size_t width; /* multiple of GF256_UNIT; also the stride of operands */
    const uint8_t *operands;
    const uint8_t *const *inputs; /* inputs[i] + input_offset is row i; NULL: a row of zeros */
    size_t input_offset;
    size_t input_width; /* octets of an input that there are; zeros follow. At most width */
    uint8_t *destinations;
    size_t destination_stride;
    size_t destination_width; /* octets that are written. At most width */
    bool streaming; /* destinations are aligned to GF256_UNIT and not read soon: pass by the caches
                     */
    gf256_coming coming; /* while streaming */
} gf256_rows;

typedef struct gf256_kernels {
    const char *name;

    /* Makes each gather's destination, in order; later ones may use earlier ones. */
    void (*gather)(const gf256_gather *list, size_t count, const uint16_t *operands,
                   gf256_part part, const gf256_rows *rows);

    /* sums[slots[j]] += acc_j for j < count, where acc_j = 2 acc_(j-1) + columns[j]; then for the
     * last column, j = count, powers[h] = 2^h acc_count for h < H. Rows are `width` apart. With a
     * slot for each pair of rows that a column of MT may have ones in, this is MT x GAMMA x
     * columns, RFC 6330 5.3.3.3, but for adding each sum to its two rows. */
    void (*horner)(const uint8_t *columns, const uint8_t *slots, size_t count, uint8_t *sums,
                   uint8_t *powers, uint32_t H, size_t width);

    /* Row targets[t] of destinations += the sum over i < count of coefficients[t * count + i] times
     * row rows[i] of base, for t < target_count. Rows are `width` apart; no target is a row. */
    void (*combine)(uint8_t *destinations, const uint16_t *targets, size_t target_count,
                    const uint8_t *base, const uint16_t *rows, size_t count,
                    const uint8_t *coefficients, size_t width);

    /* destination[i] += coefficient * source[i]; the two may be the same. Any width, any alignment.
     */
    void (*multiply_add)(uint8_t *destination, const uint8_t *source, uint8_t coefficient,
                         size_t width);
} gf256_kernels;

/* The kernels in use: the CPU's best, or the ones named by RQ_KERNEL or gf256_select. */
const gf256_kernels *gf256(void);

/* Makes gf256() the kernels of that name; NULL: the best. False if unknown or not for this CPU. */
bool gf256_select(const char *name);

/* All that this build and CPU have, best first, scalar last; NULL past the end. For tests. */
const gf256_kernels *gf256_available(size_t i);

/* Single octets. */
uint8_t gf256_multiply(uint8_t a, uint8_t b);
uint8_t gf256_inverse(uint8_t a); /* of 0: 0 */

#endif
