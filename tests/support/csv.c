#include "support/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t split(char *line, char **fields)
{
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    while (line != NULL && count < CSV_MAX_FIELDS) {
        fields[count++] = line;
        line = strchr(line, ',');
        if (line != NULL) {
            *line++ = '\0';
        }
    }
    return count;
}

size_t csv_read(const char *name, csv_visit visit, void *context)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", RQ_TEST_DATA, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    char line[CSV_MAX_LINE];
    size_t lines = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char *fields[CSV_MAX_FIELDS];
        size_t count = split(line, fields);
        if (lines++ > 0) {
            visit(context, fields, count);
        }
    }
    fclose(file);
    return lines - 1;
}

uint64_t csv_number(const char *field)
{
    return strtoull(field, NULL, 10);
}
