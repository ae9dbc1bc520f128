# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sets live_programs_missing to what the programs of examples/live lack here, or to nothing.

include(${CMAKE_CURRENT_LIST_DIR}/live_transport.cmake)
set(live_programs_missing "${live_transport_missing}")
find_package(CLI11 2 CONFIG QUIET)
if(NOT live_programs_missing AND NOT CLI11_FOUND)
  set(live_programs_missing "CLI11 was not found; on Debian: libcli11-dev")
endif()
