# SPDX-License-Identifier: Apache-2.0 OR MIT
# Writes FILE with MIDSCALE_VERSION: the project's VERSION and the commit of SOURCE, with a plus where it was changed.

execute_process(
  COMMAND git -C ${SOURCE} describe --always --dirty=+ --exclude=*
  OUTPUT_VARIABLE commit
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(commit)
  set(VERSION "${VERSION} (${commit})")
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT "// Made by benchmarks/midscale/version.cmake.
#pragma once

#define MIDSCALE_VERSION \"${VERSION}\"
")
