/* Every call of rq that is not standard C: the one file to write again for another system. */
#ifndef CLI_SYSTEM_H
#define CLI_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Call it first. Closed standard descriptors are filled, so that no file of ours is taken for one;
 * a closed pipe becomes an error instead of a signal; SIGINT, SIGTERM and SIGHUP only set a flag.
 */
void system_prepare(void);
/* The signal that asked rq to stop, 0 if none did. */
int system_interrupted(void);

bool system_output_is_terminal(void);
/* Whether standard error is a terminal whose line can be drawn over. */
bool system_can_redraw(void);
/* Columns of the terminal at standard error, 80 if unknown. */
unsigned system_terminal_width(void);

double system_seconds(void); /* monotonic, from any start */

bool system_is_folder(const char *path);
/* The length of a regular file: 0, or the errno that says why not (EINVAL: not a regular file). */
int system_file_size(const char *path, uint64_t *size);
bool system_not_found(int errno_value); /* it says that there is no such file */

/* rq_reader.read on standard input and rq_writer.write on standard output; they fail when rq is
 * asked to stop. context: an int that gets the errno of a true failure. */
int64_t system_read_input(void *context, void *buffer, size_t size);
int system_write_output(void *context, const void *data, size_t size);

#endif
