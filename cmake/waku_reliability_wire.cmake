# SPDX-License-Identifier: Apache-2.0 OR MIT
# The classes that Protobuf makes of the schemas in wire/proto/. The build tree and the installed package both
# read this file.

# Where the schemas are: beside the headers, here or installed.
if(NOT WAKU_RELIABILITY_HEADER_FOLDER)
  get_filename_component(WAKU_RELIABILITY_HEADER_FOLDER "${CMAKE_CURRENT_LIST_DIR}/../include" ABSOLUTE)
endif()
set_property(GLOBAL PROPERTY waku_reliability_header_folder "${WAKU_RELIABILITY_HEADER_FOLDER}")

# Sets `found` to whether there are protobuf::libprotobuf and protoc, 3.21 or newer, else `missing` to what to
# get. Newer versions describe themselves, with the libraries that they need; older ones are known to CMake.
function(waku_reliability_find_protobuf found missing)
  if(NOT TARGET protobuf::libprotobuf)
    find_package(Protobuf CONFIG QUIET GLOBAL)
  endif()
  if(NOT TARGET protobuf::libprotobuf)
    find_package(protobuf CONFIG QUIET GLOBAL)
  endif()
  if(NOT TARGET protobuf::libprotobuf)
    find_package(Protobuf MODULE QUIET GLOBAL)
  endif()
  set(${found} FALSE PARENT_SCOPE)
  set(version ${Protobuf_VERSION}${protobuf_VERSION})
  if(NOT TARGET protobuf::libprotobuf)
    set(${missing} "Protobuf's library was not found; on Debian: libprotobuf-dev" PARENT_SCOPE)
  elseif(NOT TARGET protobuf::protoc)
    set(${missing} "Protobuf's compiler protoc was not found; on Debian: protobuf-compiler" PARENT_SCOPE)
  elseif(version AND version VERSION_LESS 3.21)
    set(${missing} "Protobuf 3.21 or newer is needed; this is ${version}" PARENT_SCOPE)
  else()
    set(${found} TRUE PARENT_SCOPE)
  endif()
endfunction()

# Gives `target` the classes that wire/codecs.hpp includes: makes them with protoc, and links them. They are
# made and compiled once in a build, however many targets ask for them.
function(waku_reliability_generate_wire target)
  waku_reliability_add_component(wire)
  if(NOT TARGET waku::reliability_wire)
    message(FATAL_ERROR "waku_reliability_generate_wire(${target}): the component wire is not there: "
                        "${WAKU_RELIABILITY_wire_MISSING}")
  endif()
  if(NOT TARGET waku_reliability_wire_classes)
    waku_reliability_add_wire_classes()
  endif()
  get_target_property(kind ${target} TYPE)
  if(kind STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(${target} INTERFACE waku_reliability_wire_classes)
  else()
    target_link_libraries(${target} PUBLIC waku_reliability_wire_classes)
  endif()
endfunction()

function(waku_reliability_add_wire_classes)
  get_property(header_folder GLOBAL PROPERTY waku_reliability_header_folder)
  set(folder waku/reliability/wire/proto)
  set(output_folder ${CMAKE_CURRENT_BINARY_DIR}/waku_reliability_wire)
  file(MAKE_DIRECTORY ${output_folder})
  file(GLOB schemas CONFIGURE_DEPENDS RELATIVE ${header_folder} ${header_folder}/${folder}/*.proto)
  set(sources)
  foreach(schema IN LISTS schemas)
    string(REGEX REPLACE "[.]proto$" "" stem ${schema})
    set(made ${output_folder}/${stem}.pb.cc ${output_folder}/${stem}.pb.h)
    add_custom_command(
      OUTPUT ${made}
      COMMAND protobuf::protoc --proto_path=${header_folder} --cpp_out=${output_folder} ${schema}
      DEPENDS ${header_folder}/${schema} protobuf::protoc
      COMMENT "Protobuf classes of ${schema}"
      VERBATIM)
    list(APPEND sources ${made})
  endforeach()
  add_library(waku_reliability_wire_classes STATIC EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(waku_reliability_wire_classes PUBLIC waku::reliability_wire)
  # Warnings of code that is made are nobody's business: neither here nor where it is included.
  target_include_directories(waku_reliability_wire_classes SYSTEM PUBLIC ${output_folder})
  set_target_properties(waku_reliability_wire_classes PROPERTIES UNITY_BUILD OFF CXX_CLANG_TIDY "")
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(waku_reliability_wire_classes PRIVATE -w)
  endif()
  set_target_properties(waku_reliability_wire_classes PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
