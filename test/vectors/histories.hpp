// Histories of libraries that sync, for both builds to live through: two whole devices that people use while channels
// break and processes end, as a seed decides.
#pragma once

#include <cstdint>
#include <vector>

#include "test/device/virtual_device.hpp"

namespace skypod::test {

/// What the core of one of the two was given, and what it answered, from its first start to the lists at the end.
std::vector<Exchange> record_history(std::uint64_t seed);

}  // namespace skypod::test
