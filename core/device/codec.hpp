// A device's inputs and outputs as CBOR maps, for hosts that are not C++. The members are listed in
// web/src/host/boundary.ts; recorded runs of them are replayed through both builds and must give the same octets.
#pragma once

#include <optional>
#include <vector>

#include "core/device/device.hpp"

namespace skypod::device {

/// The first input of all: who this device is.
struct Start {
  Bytes entropy;  // 32 octets
  realm::Identity identity;
  HostTraits traits;
};

/// Reads {"in": "start", …}.
std::optional<Start> read_start(const Json& object);

/// Reads any other input; nothing if it is malformed.
std::optional<Input> read_input(Json object);

/// The time that every input carries in "now".
std::optional<TimeMs> read_now(const Json& object);

/// One output as an object.
Json write_output(core::Output output);

/// What a host gets back from one call: {"outputs": […], "deadline": ms or null}.
Json write_outputs(std::vector<core::Output> outputs, std::optional<TimeMs> deadline);

}  // namespace skypod::device
