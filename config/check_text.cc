#include "config/check_text.h"

#include "config/library_reader.h"
#include "config/personality_reader.h"

namespace nearline::config {

Problems check_text(TextKind kind, std::string_view text, const std::string& file,
                    base::FileSystem& files) {
    if (kind == TextKind::Personality) {
        ProblemList problems(file);
        (void)read_personality(text, problems);
        return problems.take();
    }
    const auto library = read_library(text, file, files);
    return library ? Problems{} : library.error();
}

}  // namespace nearline::config
