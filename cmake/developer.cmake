# SPDX-License-Identifier: Apache-2.0 OR MIT
# What only our own programs use: flags, output folders, the compiler cache. Never exported.

add_library(waku_reliability_developer INTERFACE)
target_link_libraries(waku_reliability_developer INTERFACE waku::reliability)
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(waku_reliability_developer INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  # Asio's fences are unknown to g++'s thread sanitizer; its hand-overs between threads also use mutexes.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_FLAGS MATCHES "-fsanitize=thread")
    target_compile_options(waku_reliability_developer INTERFACE -Wno-tsan)
  endif()
  if(WAKU_RELIABILITY_STRICT)
    target_compile_options(waku_reliability_developer INTERFACE -Werror)
  endif()
endif()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(WAKU_RELIABILITY_CCACHE ccache DOC "Compiler cache, used when it is there")
  mark_as_advanced(WAKU_RELIABILITY_CCACHE)
  if(WAKU_RELIABILITY_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${WAKU_RELIABILITY_CCACHE})
  endif()
endif()
