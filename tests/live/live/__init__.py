# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the tests on the real network have in common: processes, drivers, the network of a test, faults."""
