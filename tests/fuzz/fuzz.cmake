# SPDX-License-Identifier: Apache-2.0 OR MIT
# The kept corpus of every fuzz target is replayed by whatever compiler builds the tests. With
# WAKU_RELIABILITY_FUZZ=ON there is also the program that libFuzzer drives; tools/fuzz.py builds and runs it.

option(WAKU_RELIABILITY_FUZZ "Build what clang's libFuzzer drives" OFF)

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/target.hpp fuzz_targets REGEX "^    {\"[a-z_]+\", ")
list(TRANSFORM fuzz_targets REPLACE "^    {\"([a-z_]+)\".*" "\\1")
if(NOT TARGET waku::reliability_wire)
  foreach(target IN LISTS fuzz_targets)
    add_skipped_test(fuzz/${target} fuzz "${WAKU_RELIABILITY_wire_MISSING}")
  endforeach()
  return()
endif()

set(fuzz_sources)
foreach(name codecs filter_service frame lightpush_service memory names serve store_service)
  list(APPEND fuzz_sources fuzz/${name}.cpp)
endforeach()
add_executable(fuzz_replay fuzz/replay.cpp ${fuzz_sources})
target_link_libraries(fuzz_replay PRIVATE waku_reliability_developer generated_wire)
foreach(target IN LISTS fuzz_targets)
  add_test(NAME fuzz/${target} COMMAND fuzz_replay ${target} ${CMAKE_CURRENT_LIST_DIR}/corpus/${target})
  set_tests_properties(fuzz/${target} PROPERTIES LABELS fuzz)
endforeach()

if(WAKU_RELIABILITY_CHECKS)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  add_test(NAME fuzz/replay COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/replay_test.py
                                    $<TARGET_FILE:fuzz_replay>)
  set_tests_properties(fuzz/replay PROPERTIES LABELS fuzz)
endif()

if(WAKU_RELIABILITY_FUZZ)
  add_executable(fuzz_live fuzz/live.cpp ${fuzz_sources})
  target_link_libraries(fuzz_live PRIVATE waku_reliability_developer generated_wire)
  target_link_options(fuzz_live PRIVATE -fsanitize=fuzzer)
endif()
