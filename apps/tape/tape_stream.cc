#include "apps/tape/tape_stream.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nearline::apps {
namespace {

using base::Failure;
using base::Result;

std::string problem(const std::string& path) {
    return path + ": " + std::strerror(errno);
}

}  // namespace

Result<TapeSource, std::string> TapeSource::open(const std::string& path) {
    const int file = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return Failure{problem(path)};
    return TapeSource(Descriptor(file), path);
}

Result<base::Bytes, std::string> TapeSource::read(std::size_t length) {
    base::Bytes bytes(length);
    std::size_t filled = 0;
    while (filled < length) {
        const ssize_t count = ::read(file_.get(), bytes.data() + filled, length - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return Failure{problem(path_)};
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    bytes.resize(filled);
    return bytes;
}

Result<TapeSink, std::string> TapeSink::open(const std::string& path, std::ostream& standard) {
    if (path == "-") return TapeSink(Descriptor(), "standard output", &standard);
    constexpr mode_t kMode = 0666;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
    if (file < 0) return Failure{problem(path)};
    return TapeSink(Descriptor(file), path, nullptr);
}

Result<void, std::string> TapeSink::write(base::BytesView bytes) {
    if (standard_ != nullptr) {
        const std::string_view text = base::as_text(bytes);
        standard_->write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!*standard_) return Failure{path_ + ": cannot be written"};
        return {};
    }
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t count = ::write(file_.get(), bytes.data() + at, bytes.size() - at);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return Failure{problem(path_)};
        at += static_cast<std::size_t>(count);
    }
    return {};
}

Result<void, std::string> TapeSink::close() {
    if (standard_ != nullptr) {
        standard_->flush();
        if (!*standard_) return Failure{path_ + ": cannot be written"};
        return {};
    }
    const Descriptor file = std::exchange(file_, Descriptor());
    const bool is_plain = ::fsync(file.get()) == 0 || errno == EINVAL || errno == EROFS;
    if (!is_plain) return Failure{problem(path_)};
    return {};
}

void TapeProgress::add(std::size_t bytes) {
    constexpr std::chrono::seconds kInterval{1};
    ++blocks_;
    bytes_ += bytes;
    if (Clock::now() - told_ < kInterval) return;
    told_ = Clock::now();
    err_ << "note: " << text() << "\n" << std::flush;
}

void TapeProgress::finish(const std::string& what) {
    err_ << "note: " << what << " " << text() << "\n" << std::flush;
}

std::string TapeProgress::text() const {
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
    const auto per_second =
        bytes_ / static_cast<std::uint64_t>(std::max<std::int64_t>(spent.count(), 1)) / 1000;
    return fmt::format("{} bytes in {} blocks, {} MB/s", bytes_, blocks_, per_second);
}

}  // namespace nearline::apps
