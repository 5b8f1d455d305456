#include "format.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

/* Divides until the value, rounded, has at most three digits before the point. */
static const char *scale(double *value, double largest)
{
    unsigned unit = 0;
    for (; *value >= largest && unit < sizeof units / sizeof *units - 1; unit++)
        *value /= 1000;
    return units[unit];
}

const char *format_bytes(char text[FORMAT_LENGTH], uint64_t bytes)
{
    if (bytes < 1000) {
        snprintf(text, FORMAT_LENGTH, "%u B", (unsigned)bytes);
        return text;
    }
    double value = (double)bytes;
    const char *unit = scale(&value, 999.95);
    snprintf(text, FORMAT_LENGTH, "%.1f %s", value, unit);
    return text;
}

const char *format_rate(char text[FORMAT_LENGTH], double bytes_a_second)
{
    const char *unit = scale(&bytes_a_second, 999.5);
    snprintf(text, FORMAT_LENGTH, "%.*f %s/s", bytes_a_second < 9.95, bytes_a_second, unit);
    return text;
}

/* Whole minutes or hours, and the next smaller unit. */
static const char *format_long_time(char text[FORMAT_LENGTH], double seconds, const char *end)
{
    uint64_t whole = seconds < 1e15 ? (uint64_t)(seconds + 0.5) : 0;
    if (whole < 60)
        snprintf(text, FORMAT_LENGTH, "%u s%s", (unsigned)whole, end);
    else if (whole < 3600)
        snprintf(text, FORMAT_LENGTH, "%u min %u s%s", (unsigned)whole / 60, (unsigned)whole % 60,
                 end);
    else
        snprintf(text, FORMAT_LENGTH, "%" PRIu64 " h %u min%s", whole / 3600,
                 (unsigned)(whole / 60 % 60), end);
    return text;
}

const char *format_time(char text[FORMAT_LENGTH], double seconds)
{
    if (seconds >= 59.95)
        return format_long_time(text, seconds, "");
    snprintf(text, FORMAT_LENGTH, "%.*f s", seconds < 9.995 ? 2 : 1, seconds);
    return text;
}

const char *format_time_left(char text[FORMAT_LENGTH], double seconds)
{
    return format_long_time(text, seconds, " left");
}

const char *format_count(char text[FORMAT_LENGTH], uint64_t count, const char *noun)
{
    snprintf(text, FORMAT_LENGTH, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
    return text;
}
