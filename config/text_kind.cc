#include "config/text_kind.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "config/proto_text.h"
#include "nearline/v1/library.pb.h"
#include "nearline/v1/personality.pb.h"
#include "nearline/v1/scenario.pb.h"

namespace nearline::config {
namespace {

const google::protobuf::Descriptor* descriptor_of(TextKind kind) {
    switch (kind) {
        case TextKind::Library:
            return v1::Library::descriptor();
        case TextKind::Personality:
            return v1::Personality::descriptor();
        case TextKind::Scenario:
            return v1::Scenario::descriptor();
    }
    return nullptr;
}

constexpr std::array kKinds = {TextKind::Library, TextKind::Personality, TextKind::Scenario};

}  // namespace

std::string_view to_text(TextKind kind) {
    switch (kind) {
        case TextKind::Library:
            return "library";
        case TextKind::Personality:
            return "personality";
        case TextKind::Scenario:
            break;
    }
    return "scenario";
}

TextKind kind_of(std::string_view text) {
    const auto names = top_level_names(text);
    const auto known = [&](TextKind kind) {
        const auto* message = descriptor_of(kind);
        return std::count_if(names.begin(), names.end(), [&](const std::string& name) {
            return message->FindFieldByName(name) != nullptr;
        });
    };
    return *std::max_element(kKinds.begin(), kKinds.end(),
                             [&](TextKind a, TextKind b) { return known(a) < known(b); });
}

}  // namespace nearline::config
