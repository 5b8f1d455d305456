# rq_flags: how this project's own C is compiled.
add_library(rq_flags INTERFACE)
target_compile_options(rq_flags INTERFACE
  -Wall -Wextra -Wpedantic $<IF:$<C_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow> -Wconversion -Wno-sign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wvla $<$<BOOL:${RQ_WERROR}>:-Werror>)

# Sanitizers and coverage hold for everything that is compiled here, BLAKE3 included.
if(RQ_SANITIZE)
  add_compile_options(-fsanitize=${RQ_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${RQ_SANITIZE})
endif()
if(RQ_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "RQ_FUZZ needs clang: set CMAKE_C_COMPILER or CC")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(RQ_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
