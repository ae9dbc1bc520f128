# SPDX-License-Identifier: Apache-2.0 OR MIT
# The classes of tests/wire/proto/users.proto, made without waku_reliability_generate_wire().

set(users_folder ${CMAKE_CURRENT_BINARY_DIR}/users_classes)
file(MAKE_DIRECTORY ${users_folder})
add_custom_command(
  OUTPUT ${users_folder}/users.pb.cc ${users_folder}/users.pb.h
  COMMAND protobuf::protoc --proto_path=${CMAKE_CURRENT_LIST_DIR}/proto --cpp_out=${users_folder} users.proto
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/proto/users.proto protobuf::protoc
  VERBATIM)
add_library(users_classes STATIC ${users_folder}/users.pb.cc ${users_folder}/users.pb.h)
target_link_libraries(users_classes PUBLIC waku::reliability_wire)
target_include_directories(users_classes SYSTEM PUBLIC ${users_folder})
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(users_classes PRIVATE -w)
endif()
target_link_libraries(test_wire PRIVATE users_classes)
