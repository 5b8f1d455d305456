/* The lost symbols of one source block, made anew and put back. */
#ifndef OBJECT_MEND_H
#define OBJECT_MEND_H

#include "object/choose.h"
#include "object/shape.h"
#include "object/wanted.h"

typedef struct mend_source {
    const examination *examination;
    wanted *wanted;
    const choice *choice; /* with a plan */
    uint8_t sbn;
    const uint32_t *esis; /* to make: those whose names are wanted are put back */
    size_t count;
    shape shape;
    const char *scratch_dir;
    bool dry_run;       /* put nothing back */
    rq_error *obstacle; /* gets the first error that stops one symbol and no other */
} mend_source;

/* The memory it takes is the shape's, that of encoding `count` repair symbols. */
int mend_source_run(const mend_source *source);

#endif
