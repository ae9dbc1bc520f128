# SPDX-License-Identifier: Apache-2.0 OR MIT
# The codecs against code of other hands: js-waku's packages in js/ and go-waku's in go/. One program asks both;
# run.cmake gets the packages first, which takes the net once. What is missing is said.

include(${PROJECT_SOURCE_DIR}/cmake/other_languages.cmake)

set(interop_folder ${CMAKE_CURRENT_BINARY_DIR}/interop)
file(MAKE_DIRECTORY ${interop_folder})
missing_npm(js_waku_missing)
missing_program("${WAKU_RELIABILITY_GO}" Go 1.23 go_waku_missing version)
foreach(component IN ITEMS wire openssl)
  if(NOT TARGET waku::reliability_${component})
    set(js_waku_missing "${WAKU_RELIABILITY_${component}_MISSING}")
    set(go_waku_missing "${WAKU_RELIABILITY_${component}_MISSING}")
  endif()
endforeach()

if(NOT (js_waku_missing AND go_waku_missing))
  add_executable(test_interop interop/kinds.cpp interop/peer.cpp interop/js_waku.cpp interop/go_waku.cpp)
  target_link_libraries(test_interop PRIVATE test_main ${present_components})
  target_compile_definitions(
    test_interop
    PRIVATE INTEROP_FOLDER="${interop_folder}"
            INTEROP_NODE="${WAKU_RELIABILITY_NODE}")
endif()

foreach(peer IN ITEMS js_waku go_waku)
  if(${peer}_missing)
    add_skipped_test(interop/${peer} interop "${${peer}_missing}")
    continue()
  endif()
  add_test(
    NAME interop/${peer}
    COMMAND ${CMAKE_COMMAND} -D PEER=${peer} -D NPM=${WAKU_RELIABILITY_NPM} -D GO=${WAKU_RELIABILITY_GO}
            -D FOLDER=${interop_folder} -D TEST=$<TARGET_FILE:test_interop>
            -P ${CMAKE_CURRENT_LIST_DIR}/run.cmake)
  set_tests_properties(interop/${peer} PROPERTIES LABELS interop SKIP_REGULAR_EXPRESSION "skipped: the packages")
endforeach()
