# SPDX-License-Identifier: Apache-2.0 OR MIT
# Runs PROGRAM twice on one file in FOLDER: the second run must have what the first has stored.

set(archive ${FOLDER}/store_node.archive)
file(REMOVE ${archive} ${archive}-wal ${archive}-shm)

function(run_program file code expected)
  execute_process(COMMAND ${PROGRAM} ${file} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT result STREQUAL code OR NOT said MATCHES "${expected}")
    message(FATAL_ERROR "on ${file}: ended with ${result}, not ${code}, and said: ${said}")
  endif()
endfunction()

run_program(${archive} 0 "^0 messages are kept\nstatus 200, 1 messages\n$")
run_program(${archive} 0 "^1 messages are kept\nstatus 200, 2 messages\n$")
run_program(${FOLDER}/no/such/folder/archive 1 "^no archive: unable to open database file\n$")
