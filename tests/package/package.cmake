# SPDX-License-Identifier: Apache-2.0 OR MIT
# Other people's projects that use this one: each is configured, built and run from nothing.

set(wire OFF)
if(TARGET waku::reliability_wire)
  set(wire ON)
endif()
foreach(way IN ITEMS find_package readme add_subdirectory fetch_content)
  if(way STREQUAL "readme" AND NOT (TARGET waku::reliability_asio AND TARGET waku::reliability_openssl))
    add_skipped_test(package/readme package "the README's program needs the components asio and openssl")
    continue()
  endif()
  add_test(
    NAME package/${way}
    COMMAND
      ${CMAKE_COMMAND} -D way=${way} -D project_source=${PROJECT_SOURCE_DIR}
      -D project_build=${PROJECT_BINARY_DIR} -D work_folder=${CMAKE_CURRENT_BINARY_DIR}/package/${way}
      -D wire=${wire} -D compiler=${CMAKE_CXX_COMPILER}
      -D launcher=${CMAKE_CXX_COMPILER_LAUNCHER} -D generator=${CMAKE_GENERATOR}
      -P ${CMAKE_CURRENT_LIST_DIR}/try.cmake)
  set_tests_properties(package/${way} PROPERTIES LABELS package)
endforeach()
