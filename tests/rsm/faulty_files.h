// SQLite's files, with faults: the n-th write fails or kills the process, or nothing can be locked.
// All databases that are opened while it lives have them.
#pragma once

#include <cstdint>

namespace nearline::rsm {

class FaultyFiles {
public:
    FaultyFiles();
    ~FaultyFiles();
    FaultyFiles(const FaultyFiles&) = delete;
    FaultyFiles& operator=(const FaultyFiles&) = delete;

    // From the n-th write or synchronisation on, counted from 1 and from now, all answer this code
    // of SQLite's.
    static void fail_writes(std::uint64_t nth, int code);
    // The n-th write or synchronisation kills the process instead.
    static void kill_at_write(std::uint64_t nth);
    // Nothing can be read any more, since nothing can be locked.
    static void fail_locks(int code);
    static void mend();
    // Writes and synchronisations since the last of the above.
    static std::uint64_t writes();
};

}  // namespace nearline::rsm
