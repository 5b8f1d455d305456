/* rq.h - RaptorQ (RFC 6330) for files, streams, packets and programs of your own.
 *
 * A RaptorQ encoder turns data into *symbols*: the data itself cut into K pieces of T bytes (source
 * symbols) and any number of further ones (repair symbols). Any K symbols, or one or two more, give
 * the data back, whichever they are.
 *
 * The library comes in three tiers. Take the first that does your job.
 *
 *   1. Objects.  A file or stream into a folder of symbols and back, inside a memory limit:
 *      rq_encode(), rq_metadata(), rq_decode(), rq_verify(), rq_repair(). Every symbol is a file
 *      named by its BLAKE3 hash; a JSON layout lists them.
 *   2. Packets.  For those who send packets themselves: rq_encoder makes the packet with any
 *      identifier from data in memory, rq_decoder takes packets in any order.
 *   3. Plans.    The code itself: rq_plan turns a set of symbol identifiers into a program, which
 *      then runs over any columns of any data of that shape.
 *
 * Errors. Functions return RQ_OK (0) or a negative RQ_ERROR_ code. Those with an rq_error argument
 * also say in a sentence what went wrong, where, and what helps; NULL is allowed there. What a
 * failed call was to make (*result, *encoder, *decoder, *plan) is NULL. Every _free takes NULL.
 *
 * Threads. Objects of this library may be used by one thread at a time unless their function says
 * otherwise. Different objects are independent: no lock is held while work is done, and there is no
 * global state but the choice of CPU kernels and a cache of what plans begin with (at most 8 MiB).
 *
 * Memory. The first tier allocates within rq_options.memory_limit. The other two allocate through
 * an rq_allocator, or malloc where that is NULL. No function prints, exits or touches signals.
 *
 * Versions. Structs that may grow begin with struct_size. Their _init function sets it; where there
 * is none (rq_observer, rq_reader, rq_writer) the caller sets it to the struct's sizeof. A newer
 * library accepts older, smaller structs; larger ones than its own are refused.
 */
#ifndef RQ_H
#define RQ_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

#define RQ_VERSION_MAJOR 1
#define RQ_VERSION_MINOR 0
#define RQ_VERSION_PATCH 0
#define RQ_VERSION       "1.0.0"

/* The version of the library that runs, as "1.0.0". */
const char *rq_version(void);

/* ---- errors --------------------------------------------------------------------------------- */

enum {
    RQ_OK = 0,
    RQ_ERROR_GENERIC = -1,    /* none of the others */
    RQ_ERROR_PARAMETER = -2,  /* an argument is NULL, out of range or contradicts another */
    RQ_ERROR_RESPONSE = -3,   /* a result could not be put into words (sessions only) */
    RQ_ERROR_BUFFER = -4,     /* the caller's buffer is too small (sessions only) */
    RQ_ERROR_SESSION = -5,    /* no such session (sessions only) */
    RQ_ERROR_IO = -11,        /* a file or folder could not be read or written */
    RQ_ERROR_NOT_FOUND = -12, /* the input or the layout cannot be opened, for whatever reason */
    RQ_ERROR_PATH = -13,      /* a folder that should be there is not */
    RQ_ERROR_ENCODE = -14, /* this input cannot be encoded: empty, or too long for its parameters */
    RQ_ERROR_DECODE = -15, /* too few good symbols, or a layout that cannot be true */
    RQ_ERROR_MEMORY = -16, /* the memory limit is below the smallest working set */
    RQ_ERROR_BUSY = -17,   /* more calls than the concurrency limit (sessions only) */
    RQ_ERROR_CANCELLED = -18, /* the progress callback said so */
};

typedef struct rq_error {
    int code;
    char message[1020]; /* UTF-8, one sentence, NUL-terminated; "" on success */
} rq_error;

/* A short English name of a code, such as "memory limit exceeded". Never NULL. */
const char *rq_error_name(int code);

/* ---- memory --------------------------------------------------------------------------------- */

/* Where tiers 2 and 3 get memory. allocate returns size bytes at a multiple of alignment (a power
 * of two, at most 4096) or NULL; release gets the size that was asked for. Both must be safe for
 * threads if objects of the same allocator are used by several. */
typedef struct rq_allocator {
    void *context;
    void *(*allocate)(void *context, size_t size, size_t alignment);
    void (*release)(void *context, void *memory, size_t size);
} rq_allocator;

/* ---- tier 1: objects ------------------------------------------------------------------------ */

/* What is happening, for a progress display. bytes_total is 0 where it is not known: of a pipe, and
 * while a layout is read. */
typedef struct rq_progress {
    size_t struct_size;
    uint64_t bytes_done; /* of the object, monotonic within a call */
    uint64_t bytes_total;
} rq_progress;

/* Called now and then, from one thread at a time, not necessarily the caller's. A value other than
 * 0 cancels: the call undoes what it wrote and returns RQ_ERROR_CANCELLED. It must not call back
 * into the same session. */
typedef int (*rq_progress_function)(void *context, const rq_progress *progress);

/* A listed symbol that is not as it should be. */
enum {
    RQ_SYMBOL_DAMAGED = 1, /* something is there, but not what the name says */
    RQ_SYMBOL_MISSING = 2,
    RQ_SYMBOL_MENDED = 3, /* was one of these, and has been made anew, or could be (rq_repair) */
};

/* What is known of a block's symbols, or of all blocks' together. */
typedef struct rq_health {
    size_t struct_size;
    uint64_t block_id;        /* of a block */
    uint64_t blocks;          /* 1, or how many */
    uint64_t blocks_lost;     /* of these cannot be had back */
    uint64_t symbols_listed;  /* the sum of the next five */
    uint64_t symbols_good;    /* there, right, and of use */
    uint64_t symbols_damaged; /* after rq_repair: still so */
    uint64_t symbols_missing; /* likewise */
    uint64_t symbols_mended;  /* made anew by rq_repair, or with dry_run: could be */
    uint64_t symbols_useless; /* right, but of a source block there is not, or listed twice */
    uint64_t symbols_needed;  /* as many source symbols there are */
    uint64_t symbols_spare;   /* good ones beyond the needed, of source blocks that have enough */
    uint64_t symbols_lacking; /* so many more good ones are needed at the least; 0: not lost */
} rq_health;

/* Hears of symbols and blocks while a call works: from one thread at a time, not necessarily the
 * caller's. Either function may be NULL. A value other than 0 cancels the call as it does with
 * rq_progress_function, and the same rules hold. */
typedef struct rq_observer {
    size_t struct_size;
    void *context;
    /* A block that rq_verify or rq_repair is done with. */
    int (*block)(void *context, const rq_health *health);
    /* A symbol that is not good: state is RQ_SYMBOL_.. From rq_verify and rq_repair those of a
     * block come after the block, each once, first the damaged, then the missing, then the mended.
     * From a decode come those that it happens to look at, in no order. */
    int (*symbol)(void *context, uint64_t block_id, const char *name, int state);
} rq_observer;

typedef struct rq_options {
    size_t struct_size;
    uint64_t memory_limit; /* bytes this call may allocate; 0: a quarter of the machine's memory */
    uint32_t threads;      /* at most 1024 are used; 0: one for each CPU */
    uint16_t symbol_size;  /* P', the longest symbol in bytes: 1 to 65535; default 65535 */
    uint8_t redundancy;    /* the symbols' total length in multiples of the data's; default 4. Of 0
                              and 1 there are no repair symbols, but that data of a single symbol
                              gets as many as this says */
    uint8_t durable; /* 1: data and names are on the disk before success is returned; default 0 */
    uint64_t block_size; /* the input is cut at multiples of it; 0: by the memory limit, so that the
                            same file may be cut otherwise on another machine */
    const char *layout_path; /* NULL: _raptorq_layout.json in the folder of symbols */
    const char *scratch_dir; /* for temporary files without a name; NULL: the folder of symbols when
                                encoding and repairing, else $TMPDIR or /tmp */
    rq_progress_function progress; /* NULL: none */
    void *progress_context;
    const rq_observer *observer; /* NULL: none */
    uint8_t dry_run;             /* rq_repair: 1: change nothing */
} rq_options;

/* Fills in the defaults. Always call it before setting options of your own. Where a function takes
 * options, NULL means the defaults. */
void rq_options_init(rq_options *options);

/* What was made: counts, blocks and the layout. Freed with rq_result_free. */
typedef struct rq_result rq_result;

typedef struct rq_block_info {
    uint64_t block_id;
    uint8_t encoder_parameters[12]; /* the OTI, RFC 6330 3.3.2 and 3.3.3 */
    uint64_t original_offset;       /* of the block in the object, bytes */
    uint64_t size;                  /* bytes */
    uint64_t symbols_count;
    uint64_t source_symbols_count;
    char hash[48]; /* base58 of the block's BLAKE3; "" where a layout tells none */
} rq_block_info;

uint64_t rq_result_symbols(const rq_result *result); /* source and repair, all blocks */
uint64_t rq_result_repair_symbols(const rq_result *result);
size_t rq_result_block_count(const rq_result *result);
/* Block i, valid until the result is freed; NULL if there is none. */
const rq_block_info *rq_result_block(const rq_result *result, size_t i);
/* The result as compact JSON, valid until the result is freed. */
const char *rq_result_json(const rq_result *result);
void rq_result_free(rq_result *result);

/* An input that is no file. read gives up to size bytes in order: the number read, 0 at the end,
 * negative on failure. */
typedef struct rq_reader {
    size_t struct_size;
    void *context;
    int64_t (*read)(void *context, void *buffer, size_t size);
} rq_reader;

/* An output that is no file: takes all size bytes, in order; 0 or negative on failure. */
typedef struct rq_writer {
    size_t struct_size;
    void *context;
    int (*write)(void *context, const void *data, size_t size);
} rq_writer;

/* Encodes the file at input_path into symbols_dir, which is created where it is missing: symbols in
 * symbols_dir/block_N/, then the layout. What symbols_dir held of an earlier encoding is replaced
 * when the new one is complete, and untouched if the call fails.
 * result may be NULL. Errors: _PARAMETER, _IO, _NOT_FOUND, _ENCODE, _MEMORY, _CANCELLED. */
int rq_encode(const rq_options *options, const char *input_path, const char *symbols_dir,
              rq_result **result, rq_error *error);

/* The same from a stream of unknown length, block by block; options->block_size 0 means the block
 * size of a very long file. A block longer than a quarter of the memory limit goes through a
 * scratch file. _IO also where input->read fails. */
int rq_encode_stream(const rq_options *options, const rq_reader *input, const char *symbols_dir,
                     rq_result **result, rq_error *error);

/* Makes the layout that rq_encode would make, without writing any symbol. layout_path NULL or "":
 * the layout is only in the result's JSON, as layout_content. Its folder must exist.
 * options->layout_path is not used. Errors: as rq_encode. */
int rq_metadata(const rq_options *options, const char *input_path, const char *layout_path,
                rq_result **result, rq_error *error);

/* What a decode found; all zero where it did not get that far. */
typedef struct rq_decode_report {
    size_t struct_size;
    uint64_t bytes_written;
    uint64_t symbols_good;    /* read and found right */
    uint64_t symbols_damaged; /* there, but not what their name says */
    uint64_t symbols_missing; /* listed, looked for and not there */
} rq_decode_report;

void rq_decode_report_init(rq_decode_report *report);

/* Decodes the symbols in symbols_dir with the layout (options->layout_path) into output_path, which
 * appears whole or not at all. Every symbol is checked against its name before it is used; damaged
 * and foreign ones count as missing. options->symbol_size, redundancy and block_size are not used.
 * report may be NULL. Errors: _PARAMETER, _IO, _NOT_FOUND (layout), _PATH (symbols_dir), _DECODE,
 * _MEMORY, _CANCELLED. */
int rq_decode(const rq_options *options, const char *symbols_dir, const char *output_path,
              rq_decode_report *report, rq_error *error);

/* The same into a stream: each block is written when it is complete and its hash right, so bytes
 * already written are right even where the call fails later. _IO also where output->write fails. */
int rq_decode_stream(const rq_options *options, const char *symbols_dir, const rq_writer *output,
                     rq_decode_report *report, rq_error *error);

/* Decodes without a layout: encoder_parameters holds 12 bytes for one block whose symbols lie in
 * symbols_dir or its only block_N folder, or 12 n bytes for its n block_N folders in the order of
 * N. options->layout_path is not used. Errors: as rq_decode; _PARAMETER also where parameters and
 * folders do not match, _DECODE where parameters cannot be. */
int rq_decode_parameters(const rq_options *options, const char *symbols_dir,
                         const char *output_path, const uint8_t *encoder_parameters,
                         size_t encoder_parameters_size, rq_decode_report *report, rq_error *error);

void rq_health_init(rq_health *health);

/* Looks at every symbol that the layout lists, once, and says whether the object can be had back:
 * that is so if and only if the good symbols of each source block determine it, which is worked
 * out, not guessed from their number. (It trusts the layout: one that lists another object's
 * symbols is found out by a decode, when the block's hash is wrong.) Uses memory_limit, threads,
 * layout_path, scratch_dir and the callbacks of options. RQ_OK says that all was looked at; what
 * was found is in *health, which may be NULL. Errors: _PARAMETER, _IO, _NOT_FOUND (layout), _PATH
 * (symbols_dir), _DECODE (a layout that cannot be true), _MEMORY, _CANCELLED. */
int rq_verify(const rq_options *options, const char *symbols_dir, rq_health *health,
              rq_error *error);

/* Makes every listed symbol that is damaged or missing anew from those that are good and puts it in
 * its place, whole and at once; the object itself is not written anywhere. A symbol is put back
 * only where its hash is the listed name, so what was done is right by itself, whatever happens
 * later: a run that ended early needs but a second one. With options->dry_run everything is done
 * but that. RQ_OK: every listed symbol is there and right now, and they give the object back.
 * Where some cannot be made, all others are first: _DECODE: too few good symbols (also where none
 * that is listed is missing), or listed names that are of no symbol of this object; _IO: also, a
 * folder with something in it is in a symbol's place. Else as rq_verify, and with
 * options->durable. */
int rq_repair(const rq_options *options, const char *symbols_dir, rq_health *health,
              rq_error *error);

/* Reads a layout and gives its blocks and counts as a result, looking at no symbol. Uses
 * memory_limit and progress of options. Errors: _PARAMETER, _IO, _NOT_FOUND, _DECODE (a layout that
 * cannot be true), _MEMORY, _CANCELLED. */
int rq_read_layout(const rq_options *options, const char *layout_path, rq_result **result,
                   rq_error *error);

enum {
    RQ_OPERATION_ENCODE = 1,
    RQ_OPERATION_METADATA = 2,
    RQ_OPERATION_DECODE = 3,
    RQ_OPERATION_VERIFY = 4,
    RQ_OPERATION_REPAIR = 5,
};

/* How much memory an operation on an object of object_size bytes needs with these options, and with
 * how much it stops getting faster. Bytes, for rq_options.memory_limit. Errors: _PARAMETER, _ENCODE
 * (an object that cannot be encoded so: empty, or too long for its symbols). */
int rq_memory_required(const rq_options *options, int operation, uint64_t object_size,
                       uint64_t *smallest, uint64_t *comfortable, rq_error *error);

/* ---- tier 2: packets ------------------------------------------------------------------------ */

/* RFC 6330 3.3: what sender and receiver must agree on. */
typedef struct rq_oti {
    uint64_t F; /* transfer length in bytes, at most RQ_MAX_TRANSFER_LENGTH */
    uint16_t T; /* symbol size in bytes, a multiple of Al */
    uint8_t Z;  /* source blocks */
    uint16_t N; /* sub-blocks */
    uint8_t Al; /* symbol alignment in bytes */
} rq_oti;

#define RQ_MAX_TRANSFER_LENGTH UINT64_C(942574504275) /* RFC 6330 4.4.1.2, erratum 5548 */
#define RQ_MAX_K               56403                  /* source symbols in a source block */
#define RQ_MAX_ESI             16777215               /* encoding symbol identifiers are 24 bits */
#define RQ_PAYLOAD_ID_SIZE     4                      /* SBN and ESI, before each symbol */

/* Chooses T, Z and N for F bytes in symbols of at most symbol_size (RFC 6330 4.3, with the
 * library's 10 MiB of working memory for a decoder that works by sub-blocks). _PARAMETER if F or
 * symbol_size is 0, or F too long for symbols of that size. */
int rq_oti_choose(uint64_t F, uint16_t symbol_size, rq_oti *oti);
/* The 12 bytes of RFC 6330 3.3.2 and 3.3.3, and back; parse refuses what cannot be. */
void rq_oti_serialize(const rq_oti *oti, uint8_t bytes[12]);
int rq_oti_parse(const uint8_t bytes[12], rq_oti *oti);
/* The number K of source symbols of source block sbn, 0 if sbn is not below Z. */
uint32_t rq_oti_source_symbols(const rq_oti *oti, uint8_t sbn);
/* The object's length rounded up to whole symbols: the size of a decoder's buffer. */
uint64_t rq_oti_padded_size(const rq_oti *oti);

/* Makes packets of an object in memory. */
typedef struct rq_encoder rq_encoder;

/* data: oti->F bytes, kept by the caller unchanged until the encoder is freed; anywhere, though it
 * is read faster from a multiple of 64. allocator NULL: malloc. Errors: _PARAMETER (also an OTI
 * that cannot be), _MEMORY. */
int rq_encoder_create(const rq_oti *oti, const void *data, const rq_allocator *allocator,
                      rq_encoder **encoder);
/* Writes the packet (4 bytes of payload id and T of symbol) with this SBN and ESI. A repair packet
 * takes solving its source block. Where the solution is large, a MiB or more, the first time
 * nothing is kept of it but this packet and some that follow, K / 32 of them in all (4 to 64): one
 * or a few cost no memory to speak of. Who then asks for another has it solved once more, and all
 * of the solution kept, some more bytes than the source block has, for any number of packets, until
 * another source block is solved: take packets of one source block after the other. (Up to 16
 * source symbols nothing needs solving.) _PARAMETER: there is no such SBN or ESI, nothing is
 * written. _MEMORY: the call may be made again. */
int rq_encoder_packet(rq_encoder *encoder, uint8_t sbn, uint32_t esi, void *packet);
/* Writes the packets of this SBN with ESIs first_esi to first_esi + count - 1, one after the other,
 * 4 + T bytes each; count may be 0, packets may not be NULL. Unless rq_encoder_packet keeps the
 * solution of this source block, it is solved strip by strip, in the memory of one strip and some
 * 32 bytes a packet and a source symbol, and nothing is kept: faster than packet by packet, but
 * each call solves anew. So take at once what you want of a source block. _PARAMETER: there is no
 * such SBN, or not all of the ESIs; nothing is written. _MEMORY: the packets are not all written;
 * the call may be made again. */
int rq_encoder_packets(rq_encoder *encoder, uint8_t sbn, uint32_t first_esi, uint32_t count,
                       void *packets);
void rq_encoder_free(rq_encoder *encoder);

/* Puts an object in memory together from packets. */
typedef struct rq_decoder rq_decoder;

/* buffer: rq_oti_padded_size(oti) bytes, the caller's, used as working memory until all source
 * blocks are complete; its first F bytes are then the object. Packets of either kind are kept
 * there: what is allocated besides are 4 to 20 bytes a symbol, the symbols of a source block beyond
 * its K, and for a while what a plan and a strip take. allocator NULL: malloc. Errors: _PARAMETER
 * (also an OTI that cannot be), _MEMORY. */
int rq_decoder_create(const rq_oti *oti, void *buffer, const rq_allocator *allocator,
                      rq_decoder **decoder);
/* Takes a packet of 4 + T bytes. Packets may come in any order and more than once. The library
 * cannot know a forged packet from a good one: check packets before you push them.
 * A packet of a symbol that is there already changes nothing, nor does an impossible one (size,
 * SBN): _PARAMETER. _MEMORY: what was at hand is kept; push the same packet again. */
int rq_decoder_push(rq_decoder *decoder, const void *packet, size_t size);
/* How many more packets source block sbn waits for; 0 when it is complete. One more may be needed
 * whenever the packets at hand happen to depend on each other. Where many do, which is no chance,
 * it waits for an eighth as many. */
uint32_t rq_decoder_needed(const rq_decoder *decoder, uint8_t sbn);
/* 1 when the whole object lies in the buffer, else 0. */
int rq_decoder_complete(const rq_decoder *decoder);
void rq_decoder_free(rq_decoder *decoder);

/* ---- tier 3: plans -------------------------------------------------------------------------- */

/* A program that turns a set of encoding symbols into intermediate symbols. Immutable once made:
 * any number of threads may execute it at the same time, on different columns or data. */
typedef struct rq_plan rq_plan;

/* The plan of an encoder: all K source symbols, 1 to RQ_MAX_K, in order. Errors: _PARAMETER,
 * _MEMORY. */
int rq_plan_encode(uint32_t K, const rq_allocator *allocator, rq_plan **plan);
/* The plan of a decoder that has the count symbols with these ESIs, all different, in this order.
 * _DECODE if they do not determine the block, as fewer than K never do: get more. _PARAMETER: K, or
 * an ESI that cannot be or comes twice. _MEMORY. */
int rq_plan_decode(uint32_t K, const uint32_t *esis, uint32_t count, const rq_allocator *allocator,
                   rq_plan **plan);
/* Bytes of workspace for width columns (width a multiple of 64), 0 where width is not one. */
size_t rq_plan_workspace_size(const rq_plan *plan, size_t width);
/* Solves width columns: symbols[i] points to the first of width bytes of the plan's i-th symbol, of
 * which it has K or count, at any alignment; NULL to a symbol of zeros. workspace:
 * rq_plan_workspace_size bytes, aligned to 64; it holds the intermediate symbols after.
 * _PARAMETER: a NULL, a width that is no multiple of 64, an unaligned workspace. */
int rq_plan_execute(const rq_plan *plan, const uint8_t *const *symbols, size_t width,
                    void *workspace);
/* Makes the columns of the symbol with that ESI, width bytes at any alignment, from a workspace
 * that rq_plan_execute filled. Errors: _PARAMETER. */
int rq_plan_symbol(const rq_plan *plan, const void *workspace, size_t width, uint32_t esi,
                   void *symbol);
void rq_plan_free(rq_plan *plan);

/* ---- CPU kernels ---------------------------------------------------------------------------- */

/* The name of the kernels in use: "avx512", "avx2-gfni", "avx2", "neon", "wasm" or "scalar". */
const char *rq_kernel_name(void);
/* Uses the kernels of that name from now on; NULL: the CPU's best. The environment variable
 * RQ_KERNEL does the same for the first use, but that a name it does not know changes nothing.
 * _PARAMETER if unknown or not for this CPU. Not while other threads compute. */
int rq_kernel_select(const char *name);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#endif
