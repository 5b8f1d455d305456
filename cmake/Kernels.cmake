# Kernels live in files named for the instruction set they are written for. rq_kernels gives those
# their flags and takes out the ones that this target or compiler has no use for; rq_flags tells the
# code that chooses among them, by RQ_HAVE_<set>, which are in.
include(CheckCCompilerFlag)

function(rq_kernel_set name available)  # then its flags
  string(MAKE_C_IDENTIFIER "RQ_FLAGS_${name}" check)
  set(flags "${ARGN}")
  list(JOIN flags " " flags)
  if(available AND flags)
    check_c_compiler_flag("${flags}" ${check})
    set(available ${${check}})
  endif()
  if(available)
    string(TOUPPER "RQ_HAVE_${name}" definition)
    target_compile_definitions(rq_flags INTERFACE ${definition}=1)
    set(RQ_KERNEL_SETS ${RQ_KERNEL_SETS} ${name} PARENT_SCOPE)
    set(RQ_KERNEL_FLAGS_${name} "${ARGN}" PARENT_SCOPE)
  endif()
endfunction()

rq_kernel_set(avx2 "${RQ_X86}" -mavx2)
rq_kernel_set(avx2_gfni "${RQ_X86}" -mavx2 -mgfni)
rq_kernel_set(avx512 "${RQ_X86}" -mavx512f -mavx512bw -mavx512vl -mgfni)
rq_kernel_set(neon "${RQ_AARCH64}")
rq_kernel_set(wasm "${RQ_WASM}" -msimd128)

function(rq_kernels variable)
  set(kept)
  foreach(source IN LISTS ${variable})
    if(source MATCHES "_(avx2_gfni|avx2|avx512|neon|wasm)\\.c$")
      set(kernel ${CMAKE_MATCH_1})
      if(NOT kernel IN_LIST RQ_KERNEL_SETS)
        continue()
      endif()
      set_source_files_properties(${source} PROPERTIES
        COMPILE_OPTIONS "${RQ_KERNEL_FLAGS_${kernel}}")
    endif()
    list(APPEND kept ${source})
  endforeach()
  set(${variable} ${kept} PARENT_SCOPE)
endfunction()
