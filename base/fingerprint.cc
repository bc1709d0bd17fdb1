#include "base/fingerprint.h"

namespace nearline::base {

void Fingerprint::add(BytesView bytes) {
    for (const std::uint8_t byte : bytes) {
        state_ = (state_ ^ byte) * 0x100000001B3;
    }
}

void Fingerprint::add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    add(as_bytes(text));
}

void Fingerprint::add(std::uint64_t number) {
    std::uint8_t bytes[8];
    store_big_endian(bytes, 0, sizeof bytes, number);
    add(BytesView(bytes));
}

std::uint64_t fingerprint_of(std::string_view text) {
    Fingerprint fingerprint;
    fingerprint.add(text);
    return fingerprint.value();
}

}  // namespace nearline::base
