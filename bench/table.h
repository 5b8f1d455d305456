/* Results: tables that are filled cell by cell and printed as text or as JSON. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct table_column {
    const char *key;     /* in JSON */
    const char *heading; /* in text, and for those who make documents of the JSON */
    int decimals;        /* of a number */
} table_column;

typedef struct table_cell {
    double number; /* NaN: there is none */
    char text[64]; /* "": it is a number */
} table_cell;

typedef struct table {
    const char *name, *title;
    const table_column *columns;
    size_t column_count;
    table_cell *cells; /* row by row */
    size_t cell_count, capacity;
} table;

/* name, title and columns are the caller's and stay. */
void table_begin(table *t, const char *name, const char *title, const table_column *columns,
                 size_t column_count);
/* The next cell, from left to right and row after row. */
void table_number(table *t, double number);
void table_text(table *t, const char *text); /* cut to fit */

void tables_print(const table *tables, size_t count, bool json);
void tables_free(table *tables, size_t count);

#endif
