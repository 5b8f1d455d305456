/* The commands, one a file. Each returns an exit status. */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include "options.h"

int command_roofline(const bench_options *options);
int command_codec(const bench_options *options);
int command_file(const bench_options *options);

#endif
