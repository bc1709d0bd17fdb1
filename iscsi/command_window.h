// The command window of a session (RFC 7143 4.2.2.1): which CmdSN is next, how far ahead the
// initiator may be, and which numbers ahead of a gap have come already.
#pragma once

#include <cstdint>
#include <set>

#include "iscsi/serial_number.h"

namespace nearline::iscsi {

class CommandWindow {
public:
    // `first` is the CmdSN of the leading login, which the first command carries again.
    CommandWindow(std::uint32_t first, std::uint32_t size)
        : expected_(first), maximum_(first + size - 1), size_(size) {}

    std::uint32_t expected() const { return expected_; }  // ExpCmdSN
    std::uint32_t maximum() const { return maximum_; }    // MaxCmdSN
    bool is_closed() const { return is_before(maximum_, expected_); }

    enum class Arrival {
        Next,   // deliver it
        Ahead,  // hold it until the gap is filled
        Stray,  // outside the window, or there already: ignored without a word
    };
    Arrival classify(std::uint32_t cmd_sn) const {
        if (cmd_sn == expected_ && !is_closed()) return Arrival::Next;
        if (!is_within(cmd_sn, expected_, maximum_) || ahead_.contains(cmd_sn)) {
            return Arrival::Stray;
        }
        return Arrival::Ahead;
    }

    // It has come, and its turn has not; or it never will and is to count as come.
    void hold(std::uint32_t cmd_sn) { ahead_.insert(cmd_sn); }
    bool is_next_held() const { return ahead_.contains(expected_); }
    // The expected one has its turn.
    void advance() { ahead_.erase(expected_++); }

    // Room for all but `busy` of the window's commands. MaxCmdSN never goes back; true when it
    // went on.
    bool open(std::uint32_t busy) {
        const std::uint32_t room = busy < size_ ? size_ - busy : 0;
        const std::uint32_t maximum = expected_ + room - 1;
        if (!is_before(maximum_, maximum)) return false;
        maximum_ = maximum;
        return true;
    }

private:
    std::uint32_t expected_;
    std::uint32_t maximum_;
    std::uint32_t size_;
    std::set<std::uint32_t> ahead_;  // at most a window of them
};

}  // namespace nearline::iscsi
