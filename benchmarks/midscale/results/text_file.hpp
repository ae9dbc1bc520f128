// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cerrno>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace midscale {

/// A file could not be written or read; what() is a sentence with its path and the reason.
class file_trouble : public std::runtime_error {
 public:
  file_trouble(const std::filesystem::path& path, const std::string& what, int error)
      : std::runtime_error(path.string() + " " + what + ": " + std::generic_category().message(error)) {}
  file_trouble(const std::filesystem::path& path, const std::string& what)
      : std::runtime_error(path.string() + " " + what) {}
};

/// A text file that is there with all of its text, or as it was before: it is written beside its place, under its name
/// with `.part`, and takes its place with finish().
class text_file {
 public:
  /// Throws file_trouble, as all here do.
  explicit text_file(std::filesystem::path path)
      : path_(std::move(path)), part_(path_.string() + ".part"), file_(std::fopen(part_.c_str(), "wb")) {
    if (file_ == nullptr) throw trouble();
  }
  ~text_file() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    std::remove(part_.c_str());
  }
  text_file(const text_file&) = delete;
  text_file& operator=(const text_file&) = delete;

  text_file& operator<<(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) throw trouble();
    return *this;
  }
  text_file& operator<<(std::integral auto number) {
    char digits[24];
    return *this << std::string_view(digits, std::to_chars(digits, std::end(digits), number).ptr);
  }

  void finish() {
    if (std::fflush(file_) != 0) throw trouble();
    std::FILE* const whole = std::exchange(file_, nullptr);
    const bool closed = std::fclose(whole) == 0;
    if (closed && std::rename(part_.c_str(), path_.c_str()) == 0) return;
    const int error = errno;
    std::remove(part_.c_str());
    throw file_trouble(path_, "cannot be written", error);
  }

 private:
  [[nodiscard]] file_trouble trouble() const { return {path_, "cannot be written", errno}; }

  std::filesystem::path path_;
  std::filesystem::path part_;
  std::FILE* file_;
};

/// Writes a whole file.
inline void write_text(const std::filesystem::path& path, std::string_view text) {
  text_file file(path);
  file << text;
  file.finish();
}

/// A file's text. Throws file_trouble.
[[nodiscard]] inline std::string read_text(const std::filesystem::path& path) {
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) throw file_trouble(path, "cannot be read", errno);
  std::string text;
  char part[65'536];
  for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, file)) > 0;) text.append(part, got);
  const int error = std::ferror(file) != 0 ? errno : 0;
  std::fclose(file);
  if (error != 0) throw file_trouble(path, "cannot be read", error);
  return text;
}

}  // namespace midscale
