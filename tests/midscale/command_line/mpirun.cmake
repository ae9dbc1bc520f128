# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sweeps that mpirun spreads, beside one process that makes all runs.

find_program(WAKU_RELIABILITY_MPIRUN NAMES mpirun DOC "Open MPI's mpirun, which spreads the lab's sweeps")
mark_as_advanced(WAKU_RELIABILITY_MPIRUN)
get_target_property(definitions midscale COMPILE_DEFINITIONS)
set(mpirun_missing "")
if(NOT WAKU_RELIABILITY_MPIRUN)
  set(mpirun_missing "mpirun was not found; on Debian: openmpi-bin libopenmpi-dev")
elseif(NOT MIDSCALE_MPI IN_LIST definitions)
  set(mpirun_missing "the program was built without MPI; on Debian: libopenmpi-dev")
endif()
if(mpirun_missing)
  add_skipped_test(midscale/command_line/mpirun midscale "${mpirun_missing}")
else()
  add_test(
    NAME midscale/command_line/mpirun
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/mpirun.py $<TARGET_FILE:midscale>
            ${WAKU_RELIABILITY_MPIRUN})
  set_tests_properties(midscale/command_line/mpirun PROPERTIES LABELS midscale TIMEOUT 300)
endif()
