// A trace as lines of a file: "12.345000000 source what detail".
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "base/result.h"
#include "sim/trace.h"

namespace nearline::apps {

class TraceFile final : public sim::TraceSink {
public:
    // Replaces the file. The error is a sentence.
    static base::Result<std::unique_ptr<TraceFile>, std::string> create(const std::string& path);

    void record(const sim::TraceRecord& record) override;

private:
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    explicit TraceFile(std::FILE* file) : file_(file) {}
    std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace nearline::apps
