// Any text as a library, personality or scenario file: it is read or refused, every problem has a
// place, and what is read once is read again alike.
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "base/memory_file_system.h"
#include "config/check_text.h"
#include "config/library_reader.h"
#include "scenarios/scenario_reader.h"

namespace nearline {
namespace {

void check_places(const config::Problems& problems) {
    for (const auto& problem : problems) {
        CHECK(problem.at.line >= 1);
        CHECK(problem.at.column >= 1);
        CHECK(!problem.message.empty());
    }
}

void read_text(std::string_view text) {
    using config::TextKind;
    base::MemoryFileSystem files;
    for (const auto kind : {TextKind::Library, TextKind::Personality}) {
        const auto problems = config::check_text(kind, text, "text", files);
        check_places(problems);
        CHECK(config::check_text(kind, text, "text", files) == problems);
    }
    const auto scenario = scenarios::read_scenario(text, "text", files);
    if (!scenario) check_places(scenario.error());
    (void)config::kind_of(text);
}

}  // namespace
}  // namespace nearline

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kEnough = 65536;
    if (size > kEnough) return 0;
    nearline::read_text(nearline::base::as_text({data, size}));
    return 0;
}
