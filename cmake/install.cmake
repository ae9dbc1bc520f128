# SPDX-License-Identifier: Apache-2.0 OR MIT
# Install rules: the headers, the exported target and the files that find_package(waku_reliability) reads.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_directory ${CMAKE_INSTALL_DATADIR}/cmake/waku_reliability)

install(
  TARGETS waku_reliability
  EXPORT waku_reliability-targets
  INCLUDES
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(
  EXPORT waku_reliability-targets
  NAMESPACE waku::
  DESTINATION ${package_directory})

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/waku_reliability-config.cmake.in
  ${PROJECT_BINARY_DIR}/waku_reliability-config.cmake
  INSTALL_DESTINATION ${package_directory}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/waku_reliability-config-version.cmake
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)
install(
  FILES ${PROJECT_BINARY_DIR}/waku_reliability-config.cmake
        ${PROJECT_BINARY_DIR}/waku_reliability-config-version.cmake
        ${PROJECT_SOURCE_DIR}/cmake/waku_reliability_components.cmake
        ${PROJECT_SOURCE_DIR}/cmake/waku_reliability_wire.cmake
  DESTINATION ${package_directory})
install(
  FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/LICENSE-APACHE ${PROJECT_SOURCE_DIR}/LICENSE-MIT
  DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/waku_reliability)
