# SPDX-License-Identifier: Apache-2.0 OR MIT
# Has TEST write reports of made-up runs into FOLDER, and opens them in CHROMIUM. What is missing makes it count as
# skipped; with CI=true in the environment it fails.
cmake_minimum_required(VERSION 3.25)

if(NOT MISSING AND NOT EXISTS ${PAGE_FOLDER}/report_page.html)
  set(MISSING "the page is not built; its target is midscale_page")
endif()
if(MISSING)
  if("$ENV{CI}" STREQUAL "true")
    message(FATAL_ERROR "${MISSING}")
  endif()
  message(NOTICE "skipped: ${MISSING}")
  return()
endif()

set(ENV{MIDSCALE_REPORT_PAGE} ${PAGE_FOLDER}/report_page.html)
set(ENV{MIDSCALE_MADE_UP_REPORTS} ${FOLDER})
execute_process(COMMAND ${TEST} --source-file=*/midscale/report/report.cpp RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "The reports could not be written")
endif()
# Node looks for packages beside the file that asks for them.
file(COPY ${CMAKE_CURRENT_LIST_DIR}/browser.mjs DESTINATION ${PAGE_FOLDER})
execute_process(COMMAND ${NODE} ${PAGE_FOLDER}/browser.mjs ${CHROMIUM} ${FOLDER} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "A reader would stumble over the reports")
endif()
