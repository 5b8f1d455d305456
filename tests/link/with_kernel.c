/* with_kernel KERNEL PROGRAM [ARGUMENT...]: runs PROGRAM under a kernel. Status 77, which CTest
 * takes for "skipped", where this CPU has no such kernel. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rq.h"

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s KERNEL PROGRAM [ARGUMENT...]\n", argv[0]);
        return 2;
    }
    if (rq_kernel_select(argv[1]) != RQ_OK) {
        printf("this CPU has no kernel %s\n", argv[1]);
        return 77;
    }
    if (setenv("RQ_KERNEL", argv[1], 1) != 0) {
        perror("setenv");
        return 1;
    }
    execv(argv[2], argv + 2);
    perror(argv[2]);
    return 1;
}
