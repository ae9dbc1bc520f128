# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sets live_transport_missing to what the transport over libp2p and the programs on it lack here, or to nothing.

include(${CMAKE_CURRENT_LIST_DIR}/other_languages.cmake)
missing_program("${WAKU_RELIABILITY_GO}" Go 1.24 live_transport_missing version)
if(live_transport_missing)
  string(APPEND live_transport_missing " (https://go.dev/dl)")
endif()
foreach(component IN ITEMS asio wire openssl sqlite)
  if(NOT live_transport_missing AND NOT TARGET waku::reliability_${component})
    set(live_transport_missing "${WAKU_RELIABILITY_${component}_MISSING}")
  endif()
endforeach()
find_package(nlohmann_json 3 CONFIG QUIET)
if(NOT live_transport_missing AND NOT nlohmann_json_FOUND)
  set(live_transport_missing "nlohmann-json was not found; on Debian: nlohmann-json3-dev")
endif()
