/* How a new encoding takes the place of an old one in such a way that every layout that can be
 * read at any moment has its symbols.
 *
 *   gather   marks in old blocks are forgotten; the working folder gets a mark, which keeps its
 * name from others; every new block gets one, and links to the symbols of the old block swap the
 * blocks change places: ROOT's now hold the symbols of both encodings the caller puts the new
 * layout over the old one: the step that counts settle   the links to the old symbols go, and then
 * the mark
 *
 * What is left in the working folder is the old encoding. Where that folder has its mark, a block
 * in ROOT that bears one is a new one that has not settled; all else about a run that was killed
 * follows from that.
 *
 * Where the file system has no links, the old layout leaves first (`apart`): better none than one
 * without symbols. All return 0, the system's error number, or -1 where there is no memory. */
#ifndef STORE_EXCHANGE_H
#define STORE_EXCHANGE_H

#include "store/working_folder.h"

#define EXCHANGE_MARK       ".rq-new"
#define EXCHANGE_OLD_PREFIX "old_"             /* a block on its way, where two cannot be swapped */
#define EXCHANGE_OLD_LAYOUT "old_layout"       /* ROOT's, to be had back */
#define EXCHANGE_ELSEWHERE  "layout_elsewhere" /* the layout is not in this folder */

int exchange_gather(working_folder *working);
int exchange_swap(working_folder *working);
int exchange_undo(working_folder *working); /* also of a swap that failed half way */
int exchange_settle(working_folder *working);
/* Does for a run that was killed in between what it would have done, or undoes it. */
int exchange_recover(working_folder *other);

#endif
