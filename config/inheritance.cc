#include "config/inheritance.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "config/personalities.h"

namespace nearline::config {
namespace {

namespace pb = google::protobuf;
using P = v1::Personality;
using U = v1::Unit;

// Of a chain of bases; more are a circle.
constexpr int kMostBases = 16;

using PageCode = std::pair<std::uint32_t, std::uint32_t>;  // with its subpage

PageCode code_of(const U::VitalProductDataPage& page) {
    return {page.code(), 0};
}
PageCode code_of(const U::ModePage& page) {
    return {page.code(), page.subpage()};
}
PageCode code_of(const U::LogPage& page) {
    return {page.code(), page.subpage()};
}

template <typename Pages, typename Page>
bool has_code_of(const Pages& pages, const Page& page) {
    return std::any_of(pages.begin(), pages.end(),
                       [&](const Page& other) { return code_of(other) == code_of(page); });
}

// The base's pages of which `own` has none, behind its own.
template <typename Pages>
void add_missing_pages(const Pages& base, Pages& own) {
    const Pages said = own;
    for (const auto& page : base) {
        if (!has_code_of(said, page)) *own.Add() = page;
    }
}

template <typename Pages>
void check_absent(const Pages& base, const Pages& own, const Where& where, int field,
                  std::string_view name, ProblemList& problems) {
    for (int i = 0; i < own.size(); ++i) {
        const auto& page = own.Get(i);
        if (!page.absent() || has_code_of(base, page)) continue;
        const auto [code, subpage] = code_of(page);
        problems.add(where.of(field, i),
                     fmt::format("{}: {:02X}h/{:02X}h is absent anyhow", name, code, subpage));
    }
}

// The fields that only `base` has.
void add_missing_fields(const pb::Message& base, pb::Message& own) {
    const std::unique_ptr<pb::Message> rest(base.New());
    rest->CopyFrom(base);
    std::vector<const pb::FieldDescriptor*> said;
    own.GetReflection()->ListFields(own, &said);
    for (const auto* field : said) rest->GetReflection()->ClearField(rest.get(), field);
    own.MergeFrom(*rest);
}

void inherit_unit(const U& base, U& own) {
    add_missing_pages(base.pages(), *own.mutable_pages());
    add_missing_pages(base.mode_pages(), *own.mutable_mode_pages());
    add_missing_pages(base.log_pages(), *own.mutable_log_pages());
    add_missing_fields(base, own);
}

void inherit_from(const P& base, P& own) {
    if (base.has_unit()) inherit_unit(base.unit(), *own.mutable_unit());
    if (base.has_changer()) add_missing_fields(base.changer(), *own.mutable_changer());
    if (base.has_drive()) add_missing_fields(base.drive(), *own.mutable_drive());
}

template <typename Pages>
void drop_absent(Pages& pages) {
    pages.erase(
        std::remove_if(pages.begin(), pages.end(), [](const auto& page) { return page.absent(); }),
        pages.end());
}

// What `name` says with all that it inherits; nothing when there is no such personality, or none
// that ends.
std::optional<P> whole_personality(const std::string& name) {
    std::optional<P> whole;
    std::string next = name;
    for (int bases = 0; bases < kMostBases && !next.empty(); ++bases) {
        const auto text = find_personality(next);
        if (!text) return std::nullopt;
        ProblemList ignored(next);  // tests read all that are built in
        const P read = parse_located<P>(*text, ignored).message;
        if (whole) {
            inherit_from(read, *whole);
        } else {
            whole = read;
        }
        next = read.base();
    }
    if (!next.empty()) return std::nullopt;
    if (whole) drop_absent_pages(*whole);
    return whole;
}

}  // namespace

void inherit(P& model, const Where& where, ProblemList& problems) {
    if (model.base().empty()) return;
    const auto base = whole_personality(model.base());
    if (!base) {
        problems.add(where.of(P::kBaseFieldNumber),
                     fmt::format("base: no personality is called \"{}\"; `nearline personalities` "
                                 "lists them",
                                 model.base()));
        problems.text_was_skipped();
        return;
    }
    const auto at = where.into(P::kUnitFieldNumber);
    check_absent(base->unit().pages(), model.unit().pages(), at, U::kPagesFieldNumber, "pages",
                 problems);
    check_absent(base->unit().mode_pages(), model.unit().mode_pages(), at, U::kModePagesFieldNumber,
                 "mode_pages", problems);
    inherit_from(*base, model);
}

void drop_absent_pages(P& model) {
    if (!model.has_unit()) return;
    drop_absent(*model.mutable_unit()->mutable_pages());
    drop_absent(*model.mutable_unit()->mutable_mode_pages());
}

}  // namespace nearline::config
