# SPDX-License-Identifier: Apache-2.0 OR MIT
# Node.js and Go, which the tests against other implementations and the programs of the real network need.

find_program(WAKU_RELIABILITY_NODE NAMES node DOC "Node.js, for js-waku and the lab's page")
find_program(WAKU_RELIABILITY_NPM NAMES npm DOC "npm, for js-waku and the lab's page")
find_program(WAKU_RELIABILITY_GO NAMES go HINTS /usr/local/go/bin DOC "Go, for go-waku and libp2p")
mark_as_advanced(WAKU_RELIABILITY_NODE WAKU_RELIABILITY_NPM WAKU_RELIABILITY_GO)

# Sets `result` to what to get, or to nothing where the program is there and new enough.
function(missing_program program name least result)
  set(version "")
  if(program)
    execute_process(COMMAND ${program} ${ARGN} OUTPUT_VARIABLE said ERROR_QUIET)
    string(REGEX MATCH "[0-9]+([.][0-9]+)*" version "${said}")
  endif()
  if(NOT version)
    set(${result} "${name} ${least} or newer was not found" PARENT_SCOPE)
  elseif(version VERSION_LESS least)
    set(${result} "${name} ${least} or newer is needed; this is ${version}" PARENT_SCOPE)
  else()
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()

# Sets `result` to why no packages of npm can be had, or to nothing.
function(missing_npm result)
  missing_program("${WAKU_RELIABILITY_NODE}" Node.js 20 why --version)
  if(NOT why AND NOT WAKU_RELIABILITY_NPM)
    set(why "npm was not found")
  endif()
  set(${result} "${why}" PARENT_SCOPE)
endfunction()

# The file `folder`/installed stands for the packages of `source`'s lock file, which npm installs into `folder`: once,
# as long as the lock file is the same.
function(add_npm_packages folder source comment)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${folder}/installed
    DEPENDS ${source}/package.json ${source}/package-lock.json
    COMMAND ${CMAKE_COMMAND} -E copy ${source}/package.json ${source}/package-lock.json ${folder}
    COMMAND ${CMAKE_COMMAND} -E chdir ${folder} ${WAKU_RELIABILITY_NPM} ci --ignore-scripts --no-audit --no-fund
            --no-update-notifier --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${folder}/installed
    COMMENT "${comment}"
    VERBATIM)
endfunction()
