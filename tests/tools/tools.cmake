# SPDX-License-Identifier: Apache-2.0 OR MIT
# The project's own tools: the style of the tree, and the tools tried on trees with known faults.

find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

add_test(NAME style COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_style.py)
set_tests_properties(style PROPERTIES LABELS style)

file(GLOB tool_tests CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/*_test.py)
foreach(tool_test IN LISTS tool_tests)
  string(REGEX REPLACE "_test[.]py$" "" name ${tool_test})
  add_test(NAME tools/${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/${tool_test})
  set_tests_properties(tools/${name} PROPERTIES LABELS tools)
endforeach()

add_test(NAME documents COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_readme.py)
set_tests_properties(documents PROPERTIES LABELS style)
add_test(NAME snippets COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_snippets.py)
set_tests_properties(snippets PROPERTIES LABELS style)
