# SPDX-License-Identifier: Apache-2.0 OR MIT
# Runs PROGRAM: the client's whole story, and what must be refused in words.

function(run_program code expected)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said
                  INPUT_FILE ${CMAKE_CURRENT_LIST_FILE})
  if(NOT result STREQUAL code OR NOT said MATCHES "${expected}")
    message(FATAL_ERROR "${ARGN}: ended with ${result}, not ${code}, and said: ${said}")
  endif()
endfunction()

run_program(2 "^usage: " ${PROGRAM} nod 0 ${FOLDER}/archive)
run_program(2 "^usage: " ${PROGRAM} node here ${FOLDER}/archive)
run_program(2 "^usage: " ${PROGRAM} node 0)
if(HAS_sqlite)
  run_program(1 "no/such/archive: unable to open database file\n$" ${PROGRAM} node 0 ${FOLDER}/no/such/archive)
endif()
set(ENV{TMPDIR} ${FOLDER}/no/such/folder)
run_program(1 "temp_directory_path: " ${PROGRAM})
unset(ENV{TMPDIR})
run_program(0 "15 of 15 confirmed, 15 received, each once\n$" ${PROGRAM})
