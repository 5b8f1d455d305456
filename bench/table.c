#include "table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"

void table_begin(table *t, const char *name, const char *title, const table_column *columns,
                 size_t column_count)
{
    *t = (table){.name = name, .title = title, .columns = columns, .column_count = column_count};
}

void tables_free(table *tables, size_t count)
{
    for (size_t i = 0; i < count; i++)
        release_array(tables[i].cells, tables[i].capacity, sizeof *tables[i].cells);
}

static table_cell *next_cell(table *t)
{
    if (t->cell_count == t->capacity) {
        size_t capacity = 2 * t->capacity + 64;
        table_cell *cells = make_array(capacity, sizeof *cells);
        if (t->cells)
            memcpy(cells, t->cells, t->cell_count * sizeof *cells);
        tables_free(t, 1);
        t->cells = cells;
        t->capacity = capacity;
    }
    table_cell *cell = &t->cells[t->cell_count++];
    *cell = (table_cell){0};
    return cell;
}

void table_number(table *t, double number)
{
    next_cell(t)->number = number;
}

void table_text(table *t, const char *text)
{
    table_cell *cell = next_cell(t);
    snprintf(cell->text, sizeof cell->text, "%s", text[0] ? text : "-");
}

/* What a cell shows, for both kinds of output; returns text, or the number written into it. */
static const char *show(const table *t, size_t cell, char *buffer, size_t size)
{
    const table_cell *c = &t->cells[cell];
    if (c->text[0])
        return c->text;
    if (isnan(c->number))
        return NULL;
    snprintf(buffer, size, "%.*f", t->columns[cell % t->column_count].decimals, c->number);
    return buffer;
}

/* ---- text ---- */

/* Columns are as wide as what they hold; the first one is to the left, the others to the right. */
static void print_text(const table *t)
{
    char buffer[64];
    printf("\n%s\n\n", t->title);
    for (size_t line = 0; line <= t->cell_count / t->column_count; line++) {
        for (size_t i = 0; i < t->column_count; i++) {
            size_t width = strlen(t->columns[i].heading);
            for (size_t cell = i; cell < t->cell_count; cell += t->column_count) {
                const char *value = show(t, cell, buffer, sizeof buffer);
                width = value && strlen(value) > width ? strlen(value) : width;
            }
            const char *value = t->columns[i].heading;
            if (line > 0)
                value = show(t, (line - 1) * t->column_count + i, buffer, sizeof buffer);
            printf("%s%*s", i ? "   " : "", i ? (int)width : -(int)width, value ? value : "-");
        }
        putchar('\n');
    }
}

/* ---- JSON ---- */

static void print_string(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < ' ')
            printf("\\u%04x", (unsigned)(unsigned char)*text);
        else
            putchar(*text);
    }
    putchar('"');
}

static void print_columns(const table *t)
{
    for (size_t i = 0; i < t->column_count; i++) {
        printf("%s{\"key\": ", i ? ", " : "");
        print_string(t->columns[i].key);
        printf(", \"heading\": ");
        print_string(t->columns[i].heading);
        putchar('}');
    }
}

/* A row a line, so that line by line tools can take it apart. */
static void print_json(const table *t)
{
    char buffer[64];
    printf("    {\"name\": ");
    print_string(t->name);
    printf(", \"title\": ");
    print_string(t->title);
    printf(",\n     \"columns\": [");
    print_columns(t);
    printf("],\n     \"rows\": [");
    for (size_t cell = 0; cell < t->cell_count; cell++) {
        size_t i = cell % t->column_count;
        printf("%s", i > 0 ? ", " : cell > 0 ? "},\n      {" : "\n      {");
        print_string(t->columns[i].key);
        printf(": ");
        const char *value = show(t, cell, buffer, sizeof buffer);
        if (t->cells[cell].text[0])
            print_string(value);
        else
            printf("%s", value ? value : "null");
    }
    printf("%s]}", t->cell_count > 0 ? "}\n     " : "");
}

void tables_print(const table *tables, size_t count, bool json)
{
    if (json)
        printf("{\"tables\": [\n");
    for (size_t i = 0; i < count; i++) {
        if (!json) {
            print_text(&tables[i]);
            continue;
        }
        print_json(&tables[i]);
        printf("%s\n", i + 1 < count ? "," : "");
    }
    if (json)
        printf("]}\n");
    if (fflush(stdout) != 0 || ferror(stdout))
        fail("cannot write the results");
}
