# SPDX-License-Identifier: Apache-2.0 OR MIT
# The classes of tests/wire/proto/*.proto, made without waku_reliability_generate_wire().

set(users_folder ${CMAKE_CURRENT_BINARY_DIR}/users_classes)
file(MAKE_DIRECTORY ${users_folder})
set(users_sources)
foreach(schema IN ITEMS users lite)
  set(made ${users_folder}/${schema}.pb.cc ${users_folder}/${schema}.pb.h)
  add_custom_command(
    OUTPUT ${made}
    COMMAND protobuf::protoc --proto_path=${CMAKE_CURRENT_LIST_DIR}/proto --cpp_out=${users_folder}
            ${schema}.proto
    DEPENDS ${CMAKE_CURRENT_LIST_DIR}/proto/${schema}.proto protobuf::protoc
    VERBATIM)
  list(APPEND users_sources ${made})
endforeach()
add_library(users_classes STATIC ${users_sources})
target_link_libraries(users_classes PUBLIC waku::reliability_wire)
target_include_directories(users_classes SYSTEM PUBLIC ${users_folder})
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(users_classes PRIVATE -w)
endif()
target_link_libraries(test_wire PRIVATE users_classes)
