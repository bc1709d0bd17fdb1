#include "scsi/log_parameters.h"

#include <algorithm>
#include <set>
#include <utility>

namespace nearline::scsi {
namespace {

constexpr std::uint8_t kSubpageFormat = 0x40;
constexpr std::uint8_t kAllSubpages = 0xFF;
constexpr std::size_t kLengthOffset = 2;
constexpr std::size_t kHeaderSize = 4;

void write_header(base::ByteWriter& out, std::uint8_t code, std::uint8_t subpage) {
    out.u8(subpage == 0 ? code : code | kSubpageFormat).u8(subpage).u16(0);
}

void patch_length(base::ByteWriter& out) {
    out.patch(kLengthOffset, out.size() - kHeaderSize, 2);
}

using PageKeys = std::set<std::pair<std::uint8_t, std::uint8_t>>;

PageKeys keys_of(const std::vector<LogPage>& pages) {
    PageKeys keys = {{0, 0}};
    for (const LogPage& page : pages) keys.insert({page.code, page.subpage});
    return keys;
}

Bytes list_of_codes(const PageKeys& keys) {
    std::set<std::uint8_t> codes;
    for (const auto& key : keys) codes.insert(key.first);
    Bytes data;
    base::ByteWriter out(data);
    write_header(out, 0, 0);
    for (const std::uint8_t code : codes) out.u8(code);
    patch_length(out);
    return data;
}

Bytes list_of_subpages(PageKeys keys, std::uint8_t code) {
    keys.insert({0, kAllSubpages});
    Bytes data;
    base::ByteWriter out(data);
    write_header(out, code, kAllSubpages);
    for (const auto& key : keys) {
        if (code == 0 || key.first == code) out.u8(key.first).u8(key.second);
    }
    patch_length(out);
    return data;
}

}  // namespace

const LogPage* find_log_page(const std::vector<LogPage>& pages, std::uint8_t code,
                             std::uint8_t subpage) {
    const auto found = std::find_if(pages.begin(), pages.end(), [&](const LogPage& page) {
        return page.code == code && page.subpage == subpage;
    });
    return found == pages.end() ? nullptr : &*found;
}

std::optional<Bytes> encode_log_page_list(const std::vector<LogPage>& pages, std::uint8_t code,
                                          std::uint8_t subpage) {
    const PageKeys keys = keys_of(pages);
    if (code == 0 && subpage == 0) return list_of_codes(keys);
    const bool has_subpages =
        std::any_of(keys.begin(), keys.end(), [](const auto& key) { return key.second != 0; });
    const bool has_code =
        std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.first == code; });
    if (subpage != kAllSubpages || !has_subpages || !has_code) return std::nullopt;
    return list_of_subpages(keys, code);
}

std::optional<Bytes> encode_log_page(const LogPage& page, std::uint16_t pointer) {
    Bytes data;
    base::ByteWriter out(data);
    write_header(out, page.code, page.subpage);
    for (const LogParameter& parameter : page.parameters) {
        if (parameter.code < pointer) continue;
        out.u16(parameter.code).u8(parameter.control).u8(parameter.value.size());
        out.bytes(parameter.value);
    }
    if (pointer != 0 && data.size() == kHeaderSize) return std::nullopt;
    patch_length(out);
    return data;
}

}  // namespace nearline::scsi
