/* Nodes of BLAKE3's tree; private to digest/, and only where its source is at hand.
 *
 * BLAKE3 is a tree over chunks of 1 KiB. A power of two of chunks that begins at a multiple of its
 * own size is a subtree, whose value depends on its bytes and place alone. So threads make the
 * values of subtrees, and the hasher takes those as if it had made them itself. It never joins the
 * last two subtrees before it knows whether more follows, for the last join is the root's: so it is
 * given the values of a subtree's two halves, not the subtree's own. */
#ifndef DIGEST_TREE_H
#define DIGEST_TREE_H

#include "digest/digest.h"

enum { TREE_LEAVES = 256 }; /* chunks at a time: enough to fill any vector */

/* Chunk values of count * 1 KiB, the first of them number `counter`; at most TREE_LEAVES. */
void tree_chunks(const uint8_t *data, size_t count, uint64_t counter, uint8_t *values);
/* The values of count parents, at most TREE_LEAVES / 2, of twice as many children. */
void tree_parents(const uint8_t *children, size_t count, uint8_t *out);
/* Joins count values, a power of two and at most TREE_LEAVES, until `left` are left. */
void tree_reduce(uint8_t *values, size_t count, size_t left);

/* What the hasher has had. */
uint64_t tree_length(const digest_state *state);
/* A chunk that is full waits to hear whether it is the last. An octet tells it that it is not, and
 * is taken back. */
void tree_close_chunk(digest_state *state);
/* A subtree of twice half_chunks follows: the values of its halves. */
void tree_push_halves(digest_state *state, const uint8_t *values, uint64_t half_chunks);

#endif
