#include "support/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_space(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

static const char *skip_string(const char *text)
{
    text++;
    while (*text != '"') {
        text += *text == '\\' ? 2 : 1;
    }
    return text + 1;
}

static const char *skip_value(const char *text)
{
    if (*text == '"') {
        return skip_string(text);
    }
    if (*text != '{' && *text != '[') {
        return text + strcspn(text, ",]} \t\r\n");
    }
    int depth = 0;
    do {
        if (*text == '"') {
            text = skip_string(text);
            continue;
        }
        depth += *text == '{' || *text == '[';
        depth -= *text == '}' || *text == ']';
        text++;
    } while (depth > 0);
    return text;
}

json json_of(const char *text)
{
    text = skip_space(text);
    return (json){text, (size_t)(skip_value(text) - text)};
}

/* The text of the next element or member after the one that ends at text, NULL at the end. */
static const char *next_item(const char *text)
{
    text = skip_space(text);
    return *text == ',' ? skip_space(text + 1) : NULL;
}

static const char *first_item(json value)
{
    const char *text = skip_space(value.text + 1);
    return *text == ']' || *text == '}' ? NULL : text;
}

json json_member(json object, const char *name)
{
    json none = {NULL, 0};
    const char *text = object.text == NULL ? NULL : first_item(object);
    while (text != NULL) {
        const char *end = skip_string(text);
        bool found =
            (size_t)(end - text) == strlen(name) + 2 && memcmp(text + 1, name, strlen(name)) == 0;
        json value = json_of(skip_space(end) + 1);
        if (found) {
            return value;
        }
        text = next_item(value.text + value.length);
    }
    return none;
}

json json_next(json array, json previous)
{
    json none = {NULL, 0};
    const char *text =
        previous.text == NULL ? first_item(array) : next_item(previous.text + previous.length);
    return text == NULL ? none : json_of(text);
}

json json_element(json array, size_t i)
{
    json value = json_next(array, (json){NULL, 0});
    while (value.text != NULL && i-- > 0) {
        value = json_next(array, value);
    }
    return value;
}

size_t json_count(json array)
{
    size_t count = 0;
    json value = {NULL, 0};
    while ((value = json_next(array, value)).text != NULL) {
        count++;
    }
    return count;
}

uint64_t json_number(json value)
{
    return value.text == NULL ? 0 : strtoull(value.text, NULL, 10);
}

int64_t json_integer(json value)
{
    return value.text == NULL ? 0 : strtoll(value.text, NULL, 10);
}

void json_string(json value, char *text, size_t size)
{
    snprintf(text, size, "%.*s", value.text == NULL ? 0 : (int)value.length - 2, value.text + 1);
}

static char *allocate(size_t size)
{
    char *memory = malloc(size);
    if (memory == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(2);
    }
    return memory;
}

char *json_compact(json value)
{
    char *compact = allocate(value.length + 1);
    size_t used = 0;
    const char *text = value.text;
    while (text < value.text + value.length) {
        const char *end = *text == '"' ? skip_string(text) : text + 1;
        if (strchr(" \t\r\n", *text) == NULL) {
            memcpy(compact + used, text, (size_t)(end - text));
            used += (size_t)(end - text);
        }
        text = end;
    }
    compact[used] = '\0';
    return compact;
}

char *json_replace(const char *text, json value, const char *replacement)
{
    size_t before = (size_t)(value.text - text);
    size_t size = strlen(text) - value.length + strlen(replacement) + 1;
    char *changed = allocate(size);
    snprintf(changed, size, "%.*s%s%s", (int)before, text, replacement, value.text + value.length);
    return changed;
}
