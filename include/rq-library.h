/* rq-library.h - sessions: files into RaptorQ symbols (RFC 6330) and back, by plain C calls.
 *
 * This interface is frozen: names, prototypes, codes and file formats stay as they are, so that a
 * program linked with an earlier rq-library needs nothing but a new link. rq.h has more to offer
 * to new programs.
 *
 * A program makes a session, which holds the settings, calls one function or several on it, asks
 * for the last error in words where one failed, and frees the session:
 *
 *     uintptr_t session = raptorq_init_session(65535, 6, 8192, 1);
 *     char result[16384];
 *     if (raptorq_encode_file(session, "photo.raw", "symbols", 0, result, sizeof result) != 0) {
 *         char why[1024];
 *         raptorq_get_last_error(session, why, sizeof why);
 *     }
 *     raptorq_free_session(session);
 *
 * Ownership. The library copies what it needs of every argument before it returns and keeps no
 * pointer. What it gives back it writes into the caller's buffers, with a NUL at the end.
 *
 * Text. Paths, results and messages are UTF-8.
 *
 * Threads. Every function may be called from any thread at any time, also for the same session;
 * up to concurrency_limit encodings, decodings and metadata runs of a session work at once.
 * Sessions do not wait for one another.
 *
 * Files. An encoding is a folder: symbols in block_0/, block_1/, ..., each file the 4-byte FEC
 * Payload ID and the encoding symbol, its name the base58 of the BLAKE3 of its bytes; and
 * _raptorq_layout.json, which lists the blocks and their symbols. Outputs appear under their names
 * when they are complete; a call that fails leaves what was there before.
 */
#ifndef RQ_LIBRARY_H
#define RQ_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* What the functions of type int32_t return. */
enum {
    RAPTORQ_OK = 0,
    RAPTORQ_ERROR_GENERIC = -1,
    RAPTORQ_ERROR_INVALID_PARAMETERS = -2, /* a null pointer, a path that is not UTF-8, a length */
    RAPTORQ_ERROR_INVALID_RESPONSE = -3,   /* a result could not be put into words */
    RAPTORQ_ERROR_BUFFER_TOO_SMALL = -4,   /* result_buffer; the last error says what is needed */
    RAPTORQ_ERROR_INVALID_SESSION = -5,    /* never made, or freed */
    RAPTORQ_ERROR_IO = -11,                /* a file or folder could not be read or written */
    RAPTORQ_ERROR_FILE_NOT_FOUND = -12,    /* the input or the layout cannot be opened */
    RAPTORQ_ERROR_INVALID_PATH = -13,      /* the symbols directory does not exist */
    RAPTORQ_ERROR_ENCODING_FAILED = -14,   /* the input cannot be encoded, an empty file say */
    RAPTORQ_ERROR_DECODING_FAILED = -15,   /* too few good symbols, or a layout that is not true */
    RAPTORQ_ERROR_MEMORY_LIMIT = -16,      /* the smallest working set is above max_memory_mb */
    RAPTORQ_ERROR_CONCURRENCY_LIMIT = -17  /* concurrency_limit calls are running already */
};

/* Makes a session.
 *
 *   symbol_size        the longest symbol in bytes, from 1; 65535 is usual. The length of the
 *                      symbols is this rounded down to a multiple of 8 (from 64 on)
 *   redundancy_factor  the length of all symbols together in multiples of the file's; 0 and 1 give
 *                      (but for files of at most one symbol) no repair symbols
 *   max_memory_mb      a ceiling in MiB on what the session allocates, all its calls together; it
 *                      also sets the automatic block size, and there only the number counts
 *   concurrency_limit  how many calls of the session may work at once
 *
 * Calls use one thread for each CPU, or as many as the environment variable RQ_THREADS says when
 * the session is made. Returns its id, 1 or more and never used again in this process, or 0 if it
 * cannot be made: symbol_size 0, or no memory. */
uintptr_t raptorq_init_session(uint16_t symbol_size, uint8_t redundancy_factor,
                               uint64_t max_memory_mb, uint64_t concurrency_limit);

/* Ends a session: new calls find none, those still running in other threads are waited for. True
 * if there was one; so a second call with the same id returns false. */
bool raptorq_free_session(uintptr_t session_id);

/* Computes the layout that raptorq_encode_file would write for the file at input_path, without
 * writing a symbol.
 *
 *   layout_file    where the layout goes, in a folder that exists; "": nowhere, then the result
 *                  carries it as layout_content
 *   block_size     the file is cut into blocks of so many bytes; 0: automatic, see
 *                  raptorq_get_recommended_block_size
 *   result_buffer  gets the result as compact JSON: total_symbols_count, total_repair_symbols,
 *                  symbols_directory (""), blocks, layout_file_path, layout_content
 *
 * Returns 0, -2, -4, -5, -11, -12, -14, -16 or -17. */
int32_t raptorq_create_metadata(uintptr_t session_id, const char *input_path,
                                const char *layout_file, uintptr_t block_size, char *result_buffer,
                                uintptr_t result_buffer_len);

/* Encodes the file at input_path into output_dir, which is made where it is missing. What an
 * earlier encoding left there is replaced when this one is complete.
 *
 *   block_size     as above
 *   result_buffer  gets the result as compact JSON: total_symbols_count, total_repair_symbols,
 *                  symbols_directory, blocks [block_id, encoder_parameters (12 integers),
 *                  original_offset, size, symbols_count, source_symbols_count, hash],
 *                  layout_file_path. A few hundred bytes a block
 *
 * Returns 0, -2, -4 (before any work where no result could fit), -5, -11, -12, -14, -16 or -17. */
int32_t raptorq_encode_file(uintptr_t session_id, const char *input_path, const char *output_dir,
                            uintptr_t block_size, char *result_buffer, uintptr_t result_buffer_len);

/* Writes the session's last error into error_buffer, cut to its length; "" if no call failed yet.
 * Where several threads use the session it is the error of whichever call failed last.
 *
 * Returns 0; -1 if the buffer is null, its length 0, or there is no such session. */
int32_t raptorq_get_last_error(uintptr_t session_id, char *error_buffer,
                               uintptr_t error_buffer_len);

/* Decodes the symbols in symbols_dir (in its block_N folders or, where such a folder is missing,
 * in itself) into the file output_path, as the layout at layout_path says. Not all symbols need be
 * there: any set as long as a block, now and then one or two more. Each is checked against its
 * name before it is used; damaged and foreign ones count as missing, and the finished blocks are
 * checked against their hashes. Links and special files are not followed.
 *
 * Returns 0, -2, -5, -11 (the output), -12 (the layout), -13 (the symbols directory), -15, -16 or
 * -17. */
int32_t raptorq_decode_symbols(uintptr_t session_id, const char *symbols_dir,
                               const char *output_path, const char *layout_path);

/* The block size that block_size 0 stands for, given a file of file_size bytes: 0, which means one
 * block, where the file is shorter than two thirds of max_memory_mb; else a sixth of it, in whole
 * symbols. 0 also if there is no such session. */
uintptr_t raptorq_get_recommended_block_size(uintptr_t session_id, uint64_t file_size);

/* Writes the library's name and version, "RaptorQ Library v1.0.0". Returns 0; -1 if the buffer is
 * null or too short for the version and its NUL. */
int32_t raptorq_version(char *version_buffer, uintptr_t version_buffer_len);

/* ---- the names of the first version -------------------------------------------------------- */

/* raptorq_get_recommended_block_size under its first name. */
uintptr_t raptorq_get_recommended_chunk_size(uintptr_t session_id, uint64_t file_size);

/* Decodes without a layout. encoder_params holds the encoder parameters of the blocks, 12 bytes
 * each: of one block whose symbols lie in symbols_dir itself or its only block_N or chunk_N
 * folder, or of the n such folders in the order of N. Every regular file whose name is the
 * base58 of the BLAKE3 of its bytes is a symbol.
 *
 * Returns as raptorq_decode_symbols, and -2 where encoder_params_len is neither 12 nor 12 n. */
int32_t raptorq_decode_params(uintptr_t session_id, const char *symbols_dir,
                              const char *output_path, const uint8_t *encoder_params,
                              uintptr_t encoder_params_len);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#endif
