/* rq-bench: how fast the library is, and how fast the machine would let it be. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "fail.h"

typedef struct bench_command {
    const char *name;
    unsigned bit;
    int (*run)(const bench_options *options);
    const char *text;
} bench_command;

static const bench_command commands[] = {
    {"roofline", FOR_ROOFLINE, command_roofline, "what the machine can do: XOR, memcpy, BLAKE3"},
    {"codec", FOR_CODEC, command_codec, "encoding and decoding in memory, a row for each K"},
    {"file", FOR_FILE, command_file, "files through the session functions, each in a process"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static int help(void)
{
    printf("usage: rq-bench COMMAND [OPTION]...\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        printf("\nrq-bench %s: %s\n", commands[i].name, commands[i].text);
        options_help(commands[i].bit);
    }
    printf(
        "\nRQ_KERNEL chooses other kernels than the best: avx512, avx2-gfni, avx2, neon, scalar;"
        "\nRQ_THREADS the threads of a session, one for each CPU otherwise.\n"
        "Exit status: 0, 1 if something failed or came out wrong, 2 for a wrong command line.\n");
    return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0)
        return help();
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(name, commands[i].name) != 0)
            continue;
        bench_options options;
        options_init(&options, commands[i].bit);
        if (!options_parse(&options, commands[i].bit, argv + 2))
            return STATUS_USAGE;
        return commands[i].run(&options);
    }
    fprintf(stderr, "usage: rq-bench roofline|codec|file [OPTION]..., or: rq-bench help\n");
    return STATUS_USAGE;
}
