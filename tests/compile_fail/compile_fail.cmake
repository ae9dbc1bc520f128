# SPDX-License-Identifier: Apache-2.0 OR MIT
# Programs that must not compile. Each <name>.cpp is compiled twice by every compiler: as it stands it must
# build, with -DBAD_LINE it must fail, and the sentence of its comment "// sentence: ..." must stand within
# the first five lines of the diagnostics. The judge is itself tried first, on programs that it must reject.

find_program(WAKU_RELIABILITY_GXX NAMES g++ DOC "g++ for the misuse tests")
find_program(WAKU_RELIABILITY_CLANGXX NAMES clang++ DOC "clang++ for the misuse tests")
mark_as_advanced(WAKU_RELIABILITY_GXX WAKU_RELIABILITY_CLANGXX)
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

file(GLOB cases CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
foreach(compiler IN ITEMS g++ clang++)
  if(compiler STREQUAL "g++")
    set(program ${WAKU_RELIABILITY_GXX})
  else()
    set(program ${WAKU_RELIABILITY_CLANGXX})
  endif()
  set(judge ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/judge.py --compiler ${program}
            --include ${PROJECT_SOURCE_DIR}/include --include ${CMAKE_CURRENT_SOURCE_DIR})
  if(NOT program)
    add_skipped_test(compile_fail/${compiler} compile_fail "${compiler} was not found")
    continue()
  endif()
  add_test(NAME compile_fail/${compiler}/judge COMMAND ${judge} --try-the-judge)
  set_tests_properties(compile_fail/${compiler}/judge PROPERTIES LABELS compile_fail FIXTURES_SETUP
                                                                 ${compiler}_judge)
  foreach(case IN LISTS cases)
    string(REGEX REPLACE "[.]cpp$" "" name ${case})
    add_test(NAME compile_fail/${compiler}/${name} COMMAND ${judge} ${CMAKE_CURRENT_LIST_DIR}/${case})
    set_tests_properties(compile_fail/${compiler}/${name} PROPERTIES LABELS compile_fail FIXTURES_REQUIRED
                                                                     ${compiler}_judge)
  endforeach()
endforeach()
