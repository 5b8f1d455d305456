# librq_library.a and librq_library.so, both with the names in librq_library.map and no others.
#
# The static library is one relocatable object: our rooms, BLAKE3 and YAJL linked together, then
# every name but the public ones made local. So it needs -lpthread -lm -ldl and nothing else, and
# a program may hold another YAJL or BLAKE3 beside it.

set(RQ_MAP "${PROJECT_SOURCE_DIR}/cmake/librq_library.map")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${RQ_MAP}")

# Instrumented code has names of its own that must stay global: there, and where the object format
# is another, the static library is a plain archive.
set(RQ_PLAIN_ARCHIVE OFF)
if(RQ_SANITIZE OR RQ_FUZZ OR RQ_COVERAGE OR NOT RQ_ELF OR NOT CMAKE_OBJCOPY)
  set(RQ_PLAIN_ARCHIVE ON)
endif()

# ---- static --------------------------------------------------------------------------------------

set(RQ_ARCHIVE "${PROJECT_BINARY_DIR}/librq_library.a")

if(RQ_PLAIN_ARCHIVE)
  add_library(rq_static STATIC ${RQ_OBJECTS})
  set_target_properties(rq_static PROPERTIES OUTPUT_NAME rq_library LINKER_LANGUAGE C)
  target_link_libraries(rq_static PUBLIC ${RQ_DEPENDENCIES})
else()
  file(READ "${RQ_MAP}" names)
  string(REGEX MATCHALL "[ \n](rq|raptorq)_[a-z0-9_]+" names "${names}")
  list(TRANSFORM names STRIP)
  list(JOIN names "\n" names)
  file(CONFIGURE OUTPUT public-names.txt CONTENT "${names}\n")

  # A section group (32-bit x86's program counter thunks) would lose its name's locality at the
  # next link: dissolve them, where the linker can.
  include(CheckLinkerFlag)
  check_linker_flag(C "-Wl,--force-group-allocation" RQ_GROUP_ALLOCATION)

  separate_arguments(c_flags NATIVE_COMMAND "${CMAKE_C_FLAGS}")
  set(combined "${PROJECT_BINARY_DIR}/rq_library.o")
  add_custom_command(
    OUTPUT "${RQ_ARCHIVE}"
    COMMAND ${CMAKE_C_COMPILER} ${c_flags} -r -nostdlib -o "${combined}"
            $<$<BOOL:${RQ_GROUP_ALLOCATION}>:-Wl,--force-group-allocation>
            "${RQ_OBJECTS}" -Wl,--whole-archive ${RQ_STATIC_DEPENDENCIES} -Wl,--no-whole-archive
    COMMAND ${CMAKE_OBJCOPY} --keep-global-symbols=public-names.txt "${combined}"
    COMMAND ${CMAKE_COMMAND} -E rm -f "${RQ_ARCHIVE}"
    COMMAND ${CMAKE_AR} rcs "${RQ_ARCHIVE}" "${combined}"
    DEPENDS ${RQ_OBJECTS} "${CMAKE_CURRENT_BINARY_DIR}/public-names.txt"
    COMMENT "Linking librq_library.a" COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(rq_archive ALL DEPENDS "${RQ_ARCHIVE}")
  add_dependencies(rq_archive ${RQ_PARTS})

  add_library(rq_static STATIC IMPORTED GLOBAL)
  set_target_properties(rq_static PROPERTIES IMPORTED_LOCATION "${RQ_ARCHIVE}")
  target_link_libraries(rq_static INTERFACE ${RQ_SHARED_DEPENDENCIES})
  add_dependencies(rq_static rq_archive)
endif()
target_include_directories(rq_static INTERFACE "${PROJECT_SOURCE_DIR}/include")
target_link_libraries(rq_static INTERFACE Threads::Threads m ${CMAKE_DL_LIBS})
add_library(rq::library_static ALIAS rq_static)

# ---- shared --------------------------------------------------------------------------------------

if(NOT RQ_SANITIZE AND NOT RQ_FUZZ)
  add_library(rq_shared SHARED ${RQ_OBJECTS})
  set_target_properties(rq_shared PROPERTIES OUTPUT_NAME rq_library LINKER_LANGUAGE C
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  target_include_directories(rq_shared INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  target_link_libraries(rq_shared PRIVATE ${RQ_DEPENDENCIES} Threads::Threads m ${CMAKE_DL_LIBS})
  if(RQ_ELF)
    target_link_options(rq_shared PRIVATE "-Wl,--version-script=${RQ_MAP}"
      -Wl,-z,defs -Wl,-z,relro -Wl,-z,now)
    set_target_properties(rq_shared PROPERTIES LINK_DEPENDS "${RQ_MAP}")
  endif()
  add_library(rq::library ALIAS rq_shared)
endif()
