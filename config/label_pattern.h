// Labels as library files write them: "CLNU01L1", or "VLT0%02dL9" for a running number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace nearline::config {

class LabelPattern {
public:
    // The error is a sentence. %d or %02d (0 to 9 digits at least), at most once; %% is a percent.
    static base::Result<LabelPattern, std::string> parse(std::string_view text);

    bool has_number() const { return has_number_; }
    std::string label(std::uint64_t number) const;

private:
    std::string before_;
    std::string after_;
    std::size_t digits_ = 0;
    bool has_number_ = false;
};

}  // namespace nearline::config
