# YAJL, which reads and writes JSON: rq_yajl_headers. Its static library goes into ours
# (RQ_STATIC_DEPENDENCIES); where there is only the shared one, users of ours link it too.
find_path(YAJL_INCLUDE_DIR yajl/yajl_parse.h)
find_library(YAJL_STATIC_LIBRARY NAMES libyajl_s.a libyajl.a)
find_library(YAJL_LIBRARY NAMES yajl)
if(YAJL_STATIC_LIBRARY)
  set(YAJL_LIBRARY ${YAJL_STATIC_LIBRARY})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Yajl REQUIRED_VARS YAJL_LIBRARY YAJL_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "scripts/setup installs it (Debian: libyajl-dev)")
mark_as_advanced(YAJL_INCLUDE_DIR YAJL_STATIC_LIBRARY YAJL_LIBRARY)

if(Yajl_FOUND)
  add_library(rq_yajl_headers INTERFACE)
  target_include_directories(rq_yajl_headers SYSTEM INTERFACE ${YAJL_INCLUDE_DIR})
  list(APPEND RQ_DEPENDENCIES ${YAJL_LIBRARY})
  if(YAJL_STATIC_LIBRARY)
    list(APPEND RQ_STATIC_DEPENDENCIES ${YAJL_STATIC_LIBRARY})
  else()
    list(APPEND RQ_SHARED_DEPENDENCIES ${YAJL_LIBRARY})
  endif()
endif()
