# SPDX-License-Identifier: Apache-2.0 OR MIT
# The report opened in headless Chromium: test_midscale writes made-up runs, and browser.mjs looks at their pages.

find_program(
  WAKU_RELIABILITY_CHROMIUM NAMES chromium chromium-browser google-chrome DOC "Chromium, for the lab's report")
mark_as_advanced(WAKU_RELIABILITY_CHROMIUM)
get_target_property(page_folder midscale_page BINARY_DIR)
set(page_folder ${page_folder}/page)
include(${PROJECT_SOURCE_DIR}/cmake/other_languages.cmake)
missing_npm(browser_missing)
if(NOT browser_missing AND NOT WAKU_RELIABILITY_CHROMIUM)
  set(browser_missing "Chromium was not found; on Debian: chromium")
endif()
add_test(
  NAME midscale/report/browser
  COMMAND ${CMAKE_COMMAND} -D MISSING=${browser_missing} -D CHROMIUM=${WAKU_RELIABILITY_CHROMIUM}
          -D NODE=${WAKU_RELIABILITY_NODE} -D PAGE_FOLDER=${page_folder} -D TEST=$<TARGET_FILE:test_midscale>
          -D FOLDER=${CMAKE_CURRENT_BINARY_DIR}/made_up_reports -P ${CMAKE_CURRENT_LIST_DIR}/run.cmake)
set_tests_properties(midscale/report/browser PROPERTIES LABELS midscale SKIP_REGULAR_EXPRESSION "skipped: " TIMEOUT 600)
