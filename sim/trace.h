// What happened, as records: task arrived, state changed, cartridge moved, task completed. A sink
// takes them; a run's fingerprint is the fingerprint of its records.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fingerprint.h"
#include "sim/time.h"

namespace nearline::sim {

// One record. Views are valid during the call of TraceSink::record only.
struct TraceRecord {
    Time at;
    std::string_view source;  // who: "robot", "drive 1", "changer"
    std::string_view what;    // "task", "state", "cartridge", "completed", …
    std::string_view detail;  // in words that the kind of record defines
};

class TraceSink {
public:
    virtual ~TraceSink() = default;
    virtual void record(const TraceRecord& record) = 0;
    // False when a record would be lost anyway, so that nobody needs to describe what takes time.
    virtual bool is_heard() const { return true; }
};

// Forgets everything.
class NullTrace final : public TraceSink {
public:
    void record(const TraceRecord&) override {}
    bool is_heard() const override { return false; }
};

class FingerprintTrace final : public TraceSink {
public:
    void record(const TraceRecord& record) override;
    std::uint64_t value() const { return fingerprint_.value(); }

private:
    base::Fingerprint fingerprint_;
};

// Keeps lines "12.345000000 source what detail": for tests and failure reports.
class TextTrace final : public TraceSink {
public:
    void record(const TraceRecord& record) override;
    const std::vector<std::string>& lines() const { return lines_; }

private:
    std::vector<std::string> lines_;
};

// Hands each record to several sinks, which must outlive it.
class TraceFan final : public TraceSink {
public:
    void add(TraceSink& sink) { sinks_.push_back(&sink); }
    void record(const TraceRecord& record) override;
    bool is_heard() const override;

private:
    std::vector<TraceSink*> sinks_;
};

}  // namespace nearline::sim
