# SPDX-License-Identifier: Apache-2.0 OR MIT
# The optional parts of the library: one target waku::reliability_<component> for each adapter that needs a
# third-party library, and for wire/, which needs Protobuf. The build tree and the installed package both read
# this file.

set(WAKU_RELIABILITY_COMPONENTS asio openssl wire)

include("${CMAKE_CURRENT_LIST_DIR}/waku_reliability_wire.cmake")

# Adds waku::reliability_<component> when its library is here; else WAKU_RELIABILITY_<component>_MISSING
# says what to get.
function(waku_reliability_add_component component)
  if(TARGET waku::reliability_${component})
    return()
  endif()
  set(libraries)
  set(include_directories)

  if(component STREQUAL "asio")
    find_path(WAKU_RELIABILITY_ASIO_INCLUDE_DIR asio.hpp DOC "Folder of standalone Asio's asio.hpp")
    mark_as_advanced(WAKU_RELIABILITY_ASIO_INCLUDE_DIR)
    find_package(Threads QUIET)
    if(WAKU_RELIABILITY_ASIO_INCLUDE_DIR AND TARGET Threads::Threads)
      set(found TRUE)
      set(include_directories ${WAKU_RELIABILITY_ASIO_INCLUDE_DIR})
      set(libraries Threads::Threads)
    else()
      set(found FALSE)
      set(missing "standalone Asio (asio.hpp, 1.22.1 or newer) was not found; on Debian: libasio-dev")
    endif()
  elseif(component STREQUAL "openssl")
    find_package(OpenSSL QUIET COMPONENTS Crypto)
    if(TARGET OpenSSL::Crypto)
      set(found TRUE)
      set(libraries OpenSSL::Crypto)
    else()
      set(found FALSE)
      set(missing "OpenSSL's headers or libcrypto were not found; on Debian: libssl-dev")
    endif()
  elseif(component STREQUAL "wire")
    waku_reliability_find_protobuf(found missing)
    set(libraries protobuf::libprotobuf)
  else()
    set(found FALSE)
    set(missing "there is no such component; there are: ${WAKU_RELIABILITY_COMPONENTS}")
  endif()

  if(found)
    add_library(waku::reliability_${component} INTERFACE IMPORTED GLOBAL)
    target_link_libraries(waku::reliability_${component} INTERFACE waku::reliability ${libraries})
    if(include_directories)
      target_include_directories(waku::reliability_${component} SYSTEM INTERFACE ${include_directories})
    endif()
  else()
    set(WAKU_RELIABILITY_${component}_MISSING "${missing}" PARENT_SCOPE)
  endif()
endfunction()
