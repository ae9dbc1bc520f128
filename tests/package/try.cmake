# SPDX-License-Identifier: Apache-2.0 OR MIT
# Configures, builds and runs the consumer project tests/package/<way> in an empty folder.

file(REMOVE_RECURSE ${work_folder})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result COMMAND_ECHO STDOUT)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "package/${way}: failed with ${result}")
  endif()
endfunction()

set(where -D waku_reliability_source=${project_source} -D wire=${wire})
if(way MATCHES "^(find_package|readme)$")
  run(${CMAKE_COMMAND} --install ${project_build} --prefix ${work_folder}/prefix)
  set(where -D CMAKE_PREFIX_PATH=${work_folder}/prefix -D CMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON)
endif()

run(${CMAKE_COMMAND} -S ${project_source}/tests/package/${way} -B ${work_folder}/build -G ${generator}
    -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher} ${where})
run(${CMAKE_COMMAND} --build ${work_folder}/build)
run(${work_folder}/build/consumer)

# A consumer gets the target, not our tests, examples or flags.
if(NOT way MATCHES "^(find_package|readme)$")
  file(GLOB_RECURSE strays ${work_folder}/build/*/test_* ${work_folder}/build/*/demo)
  if(strays)
    message(FATAL_ERROR "package/${way}: the consumer built ${strays}")
  endif()
endif()
