/* Comma-separated test data below tests/: unquoted fields, one line of titles first. */
#ifndef SUPPORT_CSV_H
#define SUPPORT_CSV_H

#include <stddef.h>
#include <stdint.h>

enum { CSV_MAX_FIELDS = 8, CSV_MAX_LINE = 512 };

/* Called for every line after the titles; fields are valid during the call. */
typedef void (*csv_visit)(void *context, char *const *fields, size_t count);

/* name is relative to tests/, "vectors/codec/repair_symbols.csv". Returns the number of lines; ends
 * the program if the file cannot be read, since no test can go on without its data. */
size_t csv_read(const char *name, csv_visit visit, void *context);
uint64_t csv_number(const char *field);

#endif
