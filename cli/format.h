/* Sizes, rates and times as people read them, in ASCII. */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include <stdint.h>

#define FORMAT_LENGTH 48

/* Each writes into text and returns it. */
const char *format_bytes(char text[FORMAT_LENGTH], uint64_t bytes);       /* "104.9 MB" */
const char *format_rate(char text[FORMAT_LENGTH], double bytes_a_second); /* "910 MB/s" */
const char *format_time(char text[FORMAT_LENGTH], double seconds);        /* "0.31 s" */
const char *format_time_left(char text[FORMAT_LENGTH], double seconds);   /* "2 s left" */
const char *format_count(char text[FORMAT_LENGTH], uint64_t count, const char *noun);

#endif
