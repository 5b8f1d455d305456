/* A small file and its encoding, for tests of the session ABI. */
#ifndef SUPPORT_SAMPLE_H
#define SUPPORT_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "support/files.h"

struct sample {
    uint8_t *data;
    size_t size;
    uintptr_t session;
    char folder[FILES_PATH];  /* holds all that follows */
    char input[FILES_PATH];   /* the file */
    char symbols[FILES_PATH]; /* its symbols */
    char block[FILES_PATH];   /* symbols/block_0 */
    char layout[FILES_PATH];  /* symbols/_raptorq_layout.json */
    char output[FILES_PATH];  /* nothing yet */
};

/* Writes the file, size bytes, and encodes it in blocks of block_size bytes. */
void sample_open(struct sample *sample, size_t size, uint16_t symbol_size, uint8_t redundancy,
                 uintptr_t block_size);
void sample_close(struct sample *sample);

int32_t sample_decode(const struct sample *sample);
/* Decodes into output, compares it with the data and removes it. */
void sample_assert_decodes(const struct sample *sample);
/* Fails to decode, with that code and a last error with that text in it; nothing is written. */
void sample_assert_refused(const struct sample *sample, int32_t code, const char *text);

/* The paths of the first count symbols in block_0, in the order of the layout. */
void sample_symbol_path(const struct sample *sample, size_t i, char path[FILES_PATH]);
void sample_remove_symbols(const struct sample *sample, size_t first, size_t count);
/* Writes a layout in place of the sample's. */
void sample_write_layout(const struct sample *sample, const char *text);

/* That a call on session returned code, and that its last error has text in it. */
void assert_failure(uintptr_t session, int32_t returned, int32_t code, const char *text);

#endif
