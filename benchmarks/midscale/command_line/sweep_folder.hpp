// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <midscale/results/json_file.hpp>
#include <midscale/results/make_folder.hpp>
#include <midscale/results/text_file.hpp>

namespace midscale {

/// A file that processes lock, each for itself: several may have it shared, or one alone. The system frees it of a
/// process that ends, however it ends.
class locked_file {
 public:
  /// Throws file_trouble, as all here do.
  explicit locked_file(std::filesystem::path path)
      : path_(std::move(path)), file_(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (file_ < 0) throw file_trouble(path_, "cannot be written", errno);
  }
  ~locked_file() { close(file_); }
  locked_file(const locked_file&) = delete;
  locked_file& operator=(const locked_file&) = delete;

  void share() { (void)lock(LOCK_SH); }
  /// False where another process has it, alone or shared.
  [[nodiscard]] bool try_alone() { return lock(LOCK_EX | LOCK_NB); }

 private:
  bool lock(int how) {
    while (flock(file_, how) != 0) {
      if (errno == EWOULDBLOCK) return false;
      if (errno != EINTR) throw file_trouble(path_, "cannot be locked", errno);
    }
    return true;
  }

  std::filesystem::path path_;
  int file_;
};

/// The folder of a sweep, which one or several processes fill. Who works in it holds its lock, shared. A run is
/// finished when its summary is there; one that is being made, or that failed, is marked by a claim, and claims hold
/// until the next process that starts or ends a sweep has the folder alone.
class sweep_folder {
 public:
  /// Throws file_trouble, as all here do.
  explicit sweep_folder(std::filesystem::path folder)
      : folder_(made(std::move(folder))), lock_(folder_ / "sweep.lock") {}

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_; }

  /// Starts the sweep or goes on with it. Throws std::invalid_argument with a sentence where the folder is another
  /// sweep's, holds runs of none, or somebody works in it.
  void begin(const json& plan) {
    if (!lock_.try_alone())
      throw std::invalid_argument(folder_.string() + ": another process works at this sweep");
    const auto path = folder_ / "sweep.json";
    if (std::filesystem::exists(path)) {
      refuse_other(json::parse(read_text(path), nullptr, false), plan);
    } else {
      for (const auto& each : std::filesystem::directory_iterator(folder_)) {
        if (each.path().filename() != "sweep.lock" && each.path().filename() != "sweep.json.part")
          throw std::invalid_argument(folder_.string() +
                                      " is not empty and holds no sweep; name another folder");
      }
      write_text(path, plan.dump(2) + "\n");
    }
    std::filesystem::remove(summaries());
    std::filesystem::remove_all(claims());
    std::filesystem::create_directory(claims());
    lock_.share();
  }
  /// Works in it together with the process that began.
  void join() { lock_.share(); }

  [[nodiscard]] bool finished(const std::filesystem::path& run) const {
    return std::filesystem::exists(folder_ / run / "summary.json");
  }
  /// True for the first process that wants to make a run.
  [[nodiscard]] bool claim(std::size_t run) const {
    const auto path = claims() / std::to_string(run);
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0 && errno != EEXIST) throw file_trouble(path, "cannot be written", errno);
    if (file >= 0) close(file);
    return file >= 0;
  }
  /// Why a claimed run is not finished.
  void note_failure(std::size_t run, std::string_view sentence) const {
    write_text(claims() / std::to_string(run), sentence);
  }
  /// Empty where none is told.
  [[nodiscard]] std::string failure(std::size_t run) const {
    const auto path = claims() / std::to_string(run);
    return std::filesystem::exists(path) ? read_text(path) : "";
  }

  /// True when no other process works here any more; from then on none does.
  [[nodiscard]] bool try_end() { return lock_.try_alone(); }
  /// After that: leaves the summaries of all runs, in this order, where all are finished.
  void gather(const std::vector<std::filesystem::path>& runs) const {
    json all = json::array();
    for (const auto& each : runs) {
      if (!finished(each)) return;
      all.push_back(
          {{"run", each.generic_string()}, {"summary", read_json(folder_ / each / "summary.json")}});
    }
    std::filesystem::remove_all(claims());
    write_text(summaries(), all.dump(2) + "\n");
  }

 private:
  static std::filesystem::path made(std::filesystem::path folder) {
    make_folder(folder);
    return folder;
  }
  void refuse_other(const json& there, const json& plan) const {
    if (there == plan) return;
    std::string differs = "its sweep.json is none";
    const json changes = json::diff(there, plan);
    if (there.is_object() && !changes.empty()) {
      const std::string where = changes[0]["path"];
      const json::json_pointer place(where);
      const auto shown = [&](const json& in) { return in.contains(place) ? in[place].dump() : "nothing"; };
      differs = where.substr(1) + " is " + shown(there) + " there and " + shown(plan) + " here";
    }
    throw std::invalid_argument(folder_.string() + " holds another sweep: " + differs +
                                "; name another folder");
  }
  [[nodiscard]] std::filesystem::path summaries() const { return folder_ / "summaries.json"; }
  [[nodiscard]] std::filesystem::path claims() const { return folder_ / "claims"; }

  std::filesystem::path folder_;
  locked_file lock_;
};

}  // namespace midscale
