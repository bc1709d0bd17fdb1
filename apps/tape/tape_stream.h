// The other end of what passes between a tape and a file, a pipe, or a stream of the caller's; and
// how much it was.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

#include "apps/exec/descriptor.h"
#include "base/bytes.h"
#include "base/result.h"

namespace nearline::apps {

// Errors are sentences.
class TapeSource {
public:
    // "-" is standard input.
    static base::Result<TapeSource, std::string> open(const std::string& path);
    // Up to `length` bytes: fewer only at the end, none behind it.
    base::Result<base::Bytes, std::string> read(std::size_t length);

private:
    TapeSource(Descriptor file, std::string path)
        : file_(std::move(file)), path_(std::move(path)) {}
    Descriptor file_;
    std::string path_;
};

class TapeSink {
public:
    // "-" is `standard`.
    static base::Result<TapeSink, std::string> open(const std::string& path,
                                                    std::ostream& standard);
    base::Result<void, std::string> write(base::BytesView bytes);
    // The last errors of a file may show only here.
    base::Result<void, std::string> close();

private:
    TapeSink(Descriptor file, std::string path, std::ostream* standard)
        : file_(std::move(file)), path_(std::move(path)), standard_(standard) {}
    Descriptor file_;
    std::string path_;
    std::ostream* standard_;
};

// Tells how far it is every second or so, and once at the end.
class TapeProgress {
public:
    explicit TapeProgress(std::ostream& err) : err_(err) {}
    void add(std::size_t bytes);
    void finish(const std::string& what);
    std::uint64_t blocks() const { return blocks_; }

private:
    using Clock = std::chrono::steady_clock;
    std::string text() const;

    std::ostream& err_;
    Clock::time_point begun_ = Clock::now();
    Clock::time_point told_ = begun_;
    std::uint64_t blocks_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace nearline::apps
