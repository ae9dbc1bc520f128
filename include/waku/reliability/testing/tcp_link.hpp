// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/testing/tcp_link/service.hpp>
#include <waku/reliability/testing/tcp_link/stream.hpp>
#include <waku/reliability/testing/tcp_link/transport.hpp>

/// \file
/// Waku's service protocols between processes of one machine, over TCP and Asio, for tests and examples: real bytes
/// and real sockets without a libp2p. One stream is one connection. tcp_transport is a client's side, tcp_service a
/// node's. Nothing of it is encrypted, and nobody is who he says: it is no way into a network.
