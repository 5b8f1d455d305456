/* Ends the faults where the program ends: what counts lines and branches writes its counts after
 * that, in the same process, and does not survive a fault. Part of rq where coverage is counted. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>

__attribute__((destructor)) static void end_faults(void)
{
    (void)unsetenv("RQ_FAULT_CALL");
}
