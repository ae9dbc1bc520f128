// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <sys/resource.h>
#include <sys/utsname.h>

#include <fstream>
#include <string>
#include <thread>

namespace midscale {

/// What a run was made on: the processor and how many of them, the system, the compiler.
struct machine {
  std::string processor;
  unsigned processors = 0;
  std::string system;
  std::string compiler;
};

[[nodiscard]] inline machine this_machine() {
  machine made;
  std::ifstream told("/proc/cpuinfo");
  for (std::string line; made.processor.empty() && std::getline(told, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) made.processor = line.substr(colon + 2);
  }
  if (made.processor.empty()) made.processor = "unknown processor";
  made.processors = std::thread::hardware_concurrency();
  utsname system{};
  made.system = uname(&system) == 0
                    ? std::string(system.sysname) + " " + system.release + " " + system.machine
                    : "unknown system";
#if defined(__clang__)
  made.compiler = "clang++ " __clang_version__;
#else
  made.compiler = "g++ " __VERSION__;
#endif
  return made;
}

/// The most memory that this process ever held, in MB of 1,000,000 bytes. From /proc where there is one: getrusage()
/// counts what the program that started this one held, too.
[[nodiscard]] inline double peak_memory_mb() {
  std::ifstream told("/proc/self/status");
  for (std::string line; std::getline(told, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1'024 / 1e6;
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) * 1'024 / 1e6;
}

}  // namespace midscale
