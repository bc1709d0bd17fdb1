#include "sim/trace.h"

#include <algorithm>

namespace nearline::sim {

void FingerprintTrace::record(const TraceRecord& record) {
    fingerprint_.add(static_cast<std::uint64_t>(record.at.time_since_epoch().count()));
    fingerprint_.add(record.source);
    fingerprint_.add(record.what);
    fingerprint_.add(record.detail);
}

void TextTrace::record(const TraceRecord& record) {
    std::string line = to_text(record.at);
    for (const std::string_view part : {record.source, record.what, record.detail}) {
        line.append(" ").append(part);
    }
    lines_.push_back(std::move(line));
}

void TraceFan::record(const TraceRecord& record) {
    for (TraceSink* sink : sinks_) {
        sink->record(record);
    }
}

bool TraceFan::is_heard() const {
    return std::any_of(sinks_.begin(), sinks_.end(),
                       [](const TraceSink* sink) { return sink->is_heard(); });
}

}  // namespace nearline::sim
