#include "apps/host/trace_file.h"

#include <cerrno>
#include <system_error>

namespace nearline::apps {

base::Result<std::unique_ptr<TraceFile>, std::string> TraceFile::create(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "we");
    if (file == nullptr) {
        return base::Failure{path + ": " + std::generic_category().message(errno)};
    }
    std::setvbuf(file, nullptr, _IOLBF, 0);  // whole lines, also of a run that is killed
    return std::unique_ptr<TraceFile>(new TraceFile(file));
}

void TraceFile::record(const sim::TraceRecord& record) {
    const std::string time = sim::to_text(record.at);
    std::fprintf(file_.get(), "%s %.*s %.*s %.*s\n", time.c_str(),
                 static_cast<int>(record.source.size()), record.source.data(),
                 static_cast<int>(record.what.size()), record.what.data(),
                 static_cast<int>(record.detail.size()), record.detail.data());
}

}  // namespace nearline::apps
