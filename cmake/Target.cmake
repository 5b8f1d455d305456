# What is built for. Asked of the compiler, which knows about -m32 and cross compiling.
include(CheckCSourceCompiles)

function(rq_target_is variable condition)
  check_c_source_compiles("
#if !(${condition})
#error
#endif
int main(void) { return 0; }" ${variable})
endfunction()

rq_target_is(RQ_X86_64 "defined(__x86_64__)")
rq_target_is(RQ_X86 "defined(__x86_64__) || defined(__i386__)")
rq_target_is(RQ_AARCH64 "defined(__aarch64__)")
rq_target_is(RQ_WASM "defined(__wasm__)")
rq_target_is(RQ_ELF "defined(__ELF__)")
