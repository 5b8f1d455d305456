/* The caller's options, checked and completed; and the rules that turn them into blocks. */
#ifndef OBJECT_SETTINGS_H
#define OBJECT_SETTINGS_H

#include "rq.h"

/* Nanoseconds between calls of the progress callback. */
#define SETTINGS_PROGRESS_EVERY UINT64_C(40000000)

/* Reads the caller's struct, of this or an older version, into *settings with every default filled
 * in: no field is 0 or NULL afterwards that has a default but block_size and layout_path. */
int settings_read(const rq_options *options, rq_options *settings, rq_error *error);

/* What only those need who make symbols: that they can have some length. */
int settings_check_symbols(const rq_options *settings, rq_error *error);

/* The automatic block size for a file of that size: 0 where it stays whole. Part of the file format
 * (clients compare layouts), so it depends on the limit and on nothing measured. */
uint64_t settings_recommended_block_size(uint64_t memory_limit, uint16_t symbol_size,
                                         uint64_t file_size);

/* The block size in effect for a file of that size, at least 1. */
uint64_t settings_block_size(const rq_options *settings, uint64_t file_size);

/* Repair symbols of each source block of a block of that size. */
uint64_t settings_repair_symbols(const rq_options *settings, uint64_t block_size);

#endif
