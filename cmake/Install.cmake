# make install: headers, both libraries, rq, its manual page, pkg-config and CMake packages. All
# paths in the packages are relative to the packages, so the tree may be moved.
if(NOT TARGET rq_shared OR RQ_COVERAGE)
  return()  # an instrumented library is for this folder's tests
endif()
include(CMakePackageConfigHelpers)

install(FILES include/rq.h include/rq-library.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set_target_properties(rq_shared PROPERTIES EXPORT_NAME library)
install(TARGETS rq_shared EXPORT rq-library INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(RQ_PLAIN_ARCHIVE)
  install(TARGETS rq_static)
else()
  install(FILES "${RQ_ARCHIVE}" DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(TARGET rq)
  install(TARGETS rq)
endif()
if(EXISTS "${PROJECT_SOURCE_DIR}/docs/rq.1")
  install(FILES docs/rq.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
if(TARGET rq)
  set(completions packaging/completions)
  install(FILES ${completions}/rq.bash RENAME rq
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${completions}/_rq DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${completions}/rq.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
install(FILES LICENSE THIRD-PARTY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# What a program that takes the static library links besides.
set(RQ_STATIC_LIBS "-lpthread -lm -ldl")
foreach(library IN LISTS RQ_SHARED_DEPENDENCIES)
  string(APPEND RQ_STATIC_LIBS " ${library}")
endforeach()
file(RELATIVE_PATH RQ_PREFIX_FROM_PC
  "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" RQ_PREFIX_FROM_PC "${RQ_PREFIX_FROM_PC}")
configure_file(cmake/rq-library.pc.in rq-library.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/rq-library.pc"
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/rq-library)
configure_package_config_file(cmake/rq-library-config.cmake.in rq-library-config.cmake
  INSTALL_DESTINATION ${package}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(rq-library-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES "${PROJECT_BINARY_DIR}/rq-library-config.cmake"
  "${PROJECT_BINARY_DIR}/rq-library-config-version.cmake" DESTINATION ${package})
install(EXPORT rq-library NAMESPACE rq:: FILE rq-library-shared.cmake DESTINATION ${package})
