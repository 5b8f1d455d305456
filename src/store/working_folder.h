/* Where a new encoding grows, and how it takes the place of an old one.
 *
 *   ROOT/.rq-partial-<16 hex>/   one for each run that writes into ROOT, locked while that lives
 *       _raptorq_layout.json     the new layout; as long as it is here nothing is published
 *       block_N/                 the new blocks
 *   ROOT/.rq-commit/             the same folder while its run exchanges the blocks: the name can
 * be old_N/, old_layout       had by one run at a time
 *
 * A run that was killed leaves one of the two, unlocked. The next one removes the first, and undoes
 * the second unless its layout had been published. */
#ifndef STORE_WORKING_FOLDER_H
#define STORE_WORKING_FOLDER_H

#include "platform/file.h"
#include "store/block_name.h"

typedef struct working_folder {
    platform_folder root; /* borrowed */
    platform_folder folder;
    char name[32];           /* in root; "": there is none */
    block_numbers made, old; /* blocks of the exchange */
} working_folder;

/* All return 0, the system's error number, or -1 where there is no memory. */

/* Clears away what killed runs left in root and makes the folder. */
int working_folder_begin(working_folder *working, platform_folder root,
                         const rq_allocator *allocator);
/* Waits until no other run is exchanging blocks in root. */
int working_folder_claim(working_folder *working);
/* Moves the layout and blocks in root out of the way and the new blocks in; blocks without a
 * successor just go. working_folder_undo takes it all back, also where this failed half way. */
int working_folder_exchange(working_folder *working);
int working_folder_undo(working_folder *working);
/* Lets go of the folder without removing it: the next run takes care of it. */
void working_folder_leave(working_folder *working);
/* Removes the folder with the symbols in it. What is no symbol goes to the block of its number. */
void working_folder_remove(working_folder *working);

#endif
