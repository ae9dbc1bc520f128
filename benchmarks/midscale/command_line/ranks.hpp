// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <utility>

#ifdef MIDSCALE_MPI
#include <mpi.h>
#endif

namespace midscale {

/// This process among those that mpirun started. MPI is asked once, at the start: what the processes do afterwards
/// they tell each other by files, which outlive a process that dies. Alone, without mpirun, no MPI is needed.
class ranks {
 public:
  /// Throws std::runtime_error where mpirun was used and this program was built without MPI.
  ranks() {
    // Open MPI sets the first, MPICH and Slurm the second.
    const bool started_by_mpi =
        std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr || std::getenv("PMI_SIZE") != nullptr;
    if (!started_by_mpi) return;
#ifdef MIDSCALE_MPI
    MPI_Init(nullptr, nullptr);
    int number = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &number);
    first_ = number == 0;
    joined_ = true;
#else
    throw std::runtime_error(
        "mpirun has started this program, which was built without MPI; on Debian: libopenmpi-dev");
#endif
  }
  ~ranks() { leave(true); }
  ranks(const ranks&) = delete;
  ranks& operator=(const ranks&) = delete;

  [[nodiscard]] bool first() const noexcept { return first_; }
  /// Gives what the first rank says; nobody goes on before. MPI has done its part then, and what was said stays.
  bool leave(bool go_on) {
    if (std::exchange(left_, true)) return said_ != 0;
    said_ = go_on ? 1 : 0;
#ifdef MIDSCALE_MPI
    if (joined_) {
      MPI_Bcast(&said_, 1, MPI_INT, 0, MPI_COMM_WORLD);
      MPI_Finalize();
    }
#endif
    return said_ != 0;
  }

 private:
  bool first_ = true;
  [[maybe_unused]] bool joined_ = false;  // without MPI
  bool left_ = false;
  int said_ = 0;
};

}  // namespace midscale
