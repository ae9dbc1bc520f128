# SPDX-License-Identifier: Apache-2.0 OR MIT
# Gets the packages of PEER into FOLDER, js_waku by NPM or go_waku by GO, and runs the tests of TEST against it.
# Without a net it says so and the test counts as skipped; with CI=true in the environment it fails.
cmake_minimum_required(VERSION 3.25)

function(get_packages)
  execute_process(${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT failed)
    return()
  endif()
  if("$ENV{CI}" STREQUAL "true")
    message(FATAL_ERROR "The packages of ${PEER} could not be had:\n${said}")
  endif()
  message(NOTICE "skipped: the packages of ${PEER} could not be had:\n${said}")
  set(skipped TRUE PARENT_SCOPE)
endfunction()

set(skipped FALSE)
if(PEER STREQUAL "js_waku")
  file(COPY ${CMAKE_CURRENT_LIST_DIR}/js/ DESTINATION ${FOLDER}/js PATTERN node_modules EXCLUDE)
  # What is installed already stays, as long as the lock file is the same.
  file(SHA256 ${FOLDER}/js/package-lock.json wanted)
  set(installed "")
  if(EXISTS ${FOLDER}/js/installed)
    file(READ ${FOLDER}/js/installed installed)
  endif()
  if(NOT installed STREQUAL wanted)
    get_packages(
      COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
      WORKING_DIRECTORY ${FOLDER}/js)
    if(NOT skipped)
      file(WRITE ${FOLDER}/js/installed ${wanted})
    endif()
  endif()
else()
  # Neither RLN nor anything else of go-waku that needs a C compiler.
  get_packages(
    COMMAND ${CMAKE_COMMAND} -E env CGO_ENABLED=0 GOTOOLCHAIN=local ${GO} build -mod=readonly -buildvcs=false
            -tags gowaku_no_rln -o ${FOLDER}/go_peer .
    WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/go)
endif()

if(NOT skipped)
  execute_process(COMMAND ${TEST} --source-file=*/interop/${PEER}.cpp RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "The tests against ${PEER} failed")
  endif()
endif()
