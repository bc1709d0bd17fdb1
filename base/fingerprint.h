// A 64-bit fingerprint of a run: equal inputs in equal order give equal values on every machine.
// FNV-1a; not for security.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace nearline::base {

class Fingerprint {
public:
    void add(BytesView bytes);
    void add(std::string_view text);   // with its length, so that "ab","c" differs from "a","bc"
    void add(std::uint64_t number);
    std::uint64_t value() const { return state_; }

private:
    std::uint64_t state_ = 0xCBF29CE484222325;
};

std::uint64_t fingerprint_of(std::string_view text);

}  // namespace nearline::base
