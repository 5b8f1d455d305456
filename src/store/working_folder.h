/* Where a new encoding grows.
 *
 *   ROOT/.rq-partial-<16 hex>/   one for each run that writes into ROOT, locked while that lives
 *       _raptorq_layout.json     the new layout; as long as it is here it is not published. Where
 *                                it goes to a place of the caller's: layout_elsewhere, empty
 *       block_N/                 the new blocks
 *       <symbol>                 one that is being mended, on its way to the block it belongs to
 *   ROOT/.rq-commit/             the same folder while its run exchanges the encodings
 *                                (exchange.h); the name can be had by one run at a time, as the
 *       .rq-new                  mark in it stays to the end: who is empty could be replaced
 *
 * A run that was killed leaves one of the two, unlocked. The next one removes the first, and undoes
 * or completes the second. */
#ifndef STORE_WORKING_FOLDER_H
#define STORE_WORKING_FOLDER_H

#include "platform/file.h"
#include "store/block_name.h"

typedef struct working_folder {
    platform_folder root; /* borrowed */
    platform_folder folder;
    char name[32];        /* in root; "": there is none */
    block_numbers blocks; /* of the exchange */
    bool apart;           /* in the exchange the encodings cannot be under one name */
    bool gathered;        /* to be undone: all new blocks had marks, so one without is an old one */
} working_folder;

/* All return 0, the system's error number, or -1 where there is no memory. */

#define WORKING_FOLDER_COMMIT ".rq-commit"

/* Clears away what killed runs left in root. undo_exchanges: also that of a run that was killed
 * while it exchanged blocks; not for who wants to keep the blocks there are. What cannot be cleared
 * away stays; but it is an error if WORKING_FOLDER_COMMIT does. */
int working_folder_clear(platform_folder root, bool undo_exchanges, const rq_allocator *allocator);
/* Makes the folder. */
int working_folder_begin(working_folder *working, platform_folder root,
                         const rq_allocator *allocator);
/* Takes the name that one run at a time has. *claimed is false, after a moment, where another run
 * has it, or has just left it: try again. */
int working_folder_claim(working_folder *working, bool *claimed);
/* Lets go of the folder without removing it: the next run takes care of it. */
void working_folder_leave(working_folder *working);
/* Removes the folder with the symbols in it. What is no symbol goes to the block of its number, and
 * what is in no block to root; where the system lets neither be done, it stays, under a name that
 * is in nobody's way. */
void working_folder_remove(working_folder *working);

#endif
