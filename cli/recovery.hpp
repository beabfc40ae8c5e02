// `skypod realm recovery create` and `restore`: a key for the day when every device is lost.
#pragma once

#include "cli/pairing.hpp"

namespace skypod::cli {

/// Makes a recovery key; writes its file to `text`, which must not be there, with mode 0600, and prints the code.
int create_recovery(const RealmChoices& choices);

/// Takes this device into the realm of the recovery file `text`. The code is read from standard input.
int restore_recovery(const RealmChoices& choices);

}  // namespace skypod::cli
