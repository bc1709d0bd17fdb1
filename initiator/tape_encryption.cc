#include "initiator/tape_encryption.h"

#include <algorithm>

#include "base/text.h"

namespace nearline::initiator {
namespace {

using base::ByteReader;
using base::Bytes;
using base::BytesView;
using base::ByteWriter;

constexpr std::uint16_t kSetDataEncryption = 0x0010;
constexpr std::uint16_t kCapabilities = 0x0010;
constexpr std::uint16_t kStatus = 0x0020;
constexpr std::uint16_t kNextBlock = 0x0021;

constexpr unsigned kRawReadDisabled = 0x01;  // RDMD, RDMDS

// Behind the page's code and length: what has come of it, when it is this page. Some drives
// announce more than they send.
std::optional<BytesView> body_of(BytesView page, std::uint16_t code) {
    ByteReader in(page);
    const std::uint16_t found = in.u16();
    const std::size_t length = in.u16();
    if (!in.ok() || found != code) return std::nullopt;
    return in.bytes(std::min(length, in.remaining()));
}

// Descriptors to the end of the page; what is cut there is left out.
KeyAssociatedData read_kad(ByteReader& in) {
    constexpr std::uint8_t kUnauthenticated = 0;
    constexpr std::uint8_t kAuthenticated = 1;
    KeyAssociatedData kad;
    while (in.remaining() > 0) {
        const std::uint8_t type = in.u8();
        in.skip(1);
        const BytesView data = in.bytes(in.u16());
        if (!in.ok()) break;
        if (type == kUnauthenticated) kad.unauthenticated.assign(data.begin(), data.end());
        if (type == kAuthenticated) kad.authenticated.assign(data.begin(), data.end());
    }
    return kad;
}

std::string text(BytesView field) {
    return std::string(base::trim(base::as_text(field)));
}

Density read_density(ByteReader& in) {
    constexpr unsigned kWritable = 0x80;
    constexpr unsigned kDefault = 0x20;
    Density density;
    density.code = in.u8();
    in.skip(1);
    const unsigned flags = in.u8();
    density.is_writable = (flags & kWritable) != 0;
    density.is_default = (flags & kDefault) != 0;
    in.skip(2);
    density.bits_per_mm = in.u24();
    in.skip(2);
    density.tracks = in.u16();
    density.capacity_mb = in.u32();
    density.organization = text(in.bytes(8));
    density.name = text(in.bytes(8));
    density.description = text(in.bytes(20));
    return density;
}

struct SetDataEncryption {
    unsigned checks = 0;  // CEEM and RDMC
    std::uint8_t encryption = 0;
    std::uint8_t decryption = 0;
    std::uint8_t algorithm_index = 0;
    std::uint8_t kad_format = 0;
    BytesView key{};
    BytesView unauthenticated_kad{};
};

// SSC-4 8.5.3.2.
Bytes page_of(const SetDataEncryption& set) {
    constexpr unsigned kAllNexuses = 2U << 5;
    Bytes body;
    ByteWriter out(body);
    out.u8(kAllNexuses).u8(set.checks).u8(set.encryption).u8(set.decryption);
    out.u8(set.algorithm_index).u8(0).u8(set.kad_format).zeros(7);
    out.u16(set.key.size()).bytes(set.key);
    if (!set.unauthenticated_kad.empty()) {
        out.u8(0).u8(0).u16(set.unauthenticated_kad.size()).bytes(set.unauthenticated_kad);
    }
    Bytes page;
    ByteWriter(page).u16(kSetDataEncryption).u16(body.size()).bytes(body);
    return page;
}

}  // namespace

std::optional<std::vector<Density>> parse_densities(BytesView data) {
    ByteReader head(data);
    const std::size_t length = head.u16();
    head.skip(2);
    if (!head.ok() || length < 2) return std::nullopt;
    ByteReader in(head.bytes(std::min(length - 2, head.remaining())));
    std::vector<Density> densities;
    while (in.remaining() > 0) {
        densities.push_back(read_density(in));
        if (!in.ok()) return std::nullopt;
    }
    return densities;
}

std::optional<EncryptionStatus> parse_encryption_status(BytesView page) {
    const auto body = body_of(page, kStatus);
    if (!body) return std::nullopt;
    ByteReader in(*body);
    EncryptionStatus status;
    status.scope = static_cast<EncryptionStatus::Scope>(in.u8() & 0x07);
    status.encryption = static_cast<EncryptionStatus::Encryption>(in.u8());
    status.decryption = static_cast<EncryptionStatus::Decryption>(in.u8());
    status.algorithm_index = in.u8();
    status.key_instance = in.u32();
    status.is_raw_read_disabled = (in.u8() & kRawReadDisabled) != 0;
    in.skip(1);
    if (!in.ok()) return std::nullopt;
    in.skip(10);
    status.kad = read_kad(in);
    return status;
}

std::optional<NextBlock> parse_next_block(BytesView page) {
    const auto body = body_of(page, kNextBlock);
    if (!body) return std::nullopt;
    ByteReader in(*body);
    NextBlock next;
    next.object = in.u64();
    next.encryption = static_cast<NextBlock::Encryption>(in.u8() & 0x0F);
    in.skip(1);
    next.is_raw_read_disabled = (in.u8() & kRawReadDisabled) != 0;
    in.skip(1);
    if (!in.ok()) return std::nullopt;
    next.kad = read_kad(in);
    return next;
}

std::optional<std::vector<EncryptionAlgorithm>> parse_algorithms(BytesView page) {
    constexpr std::size_t kHead = 16;
    constexpr unsigned kKadFormat = 0x08;
    const auto body = body_of(page, kCapabilities);
    if (!body) return std::nullopt;
    ByteReader all(*body);
    all.skip(kHead);
    std::vector<EncryptionAlgorithm> algorithms;
    while (all.ok() && all.remaining() > 0) {
        EncryptionAlgorithm algorithm;
        algorithm.index = all.u8();
        all.skip(1);
        ByteReader in(all.bytes(all.u16()));
        in.skip(1);
        algorithm.has_kad_format = (in.u8() & kKadFormat) != 0;
        algorithm.longest_unauthenticated = in.u16();
        algorithm.longest_authenticated = in.u16();
        algorithm.key_length = in.u16();
        in.skip(8);
        algorithm.code = in.u32();
        if (!in.ok()) return std::nullopt;
        algorithms.push_back(algorithm);
    }
    if (!all.ok()) return std::nullopt;
    return algorithms;
}

Bytes encryption_on(const EncryptionAlgorithm& algorithm, BytesView key,
                    BytesView unauthenticated_kad, RawRead raw_read) {
    constexpr unsigned kNoCheck = 1U << 6;
    constexpr unsigned kEnable = 2U << 4;
    constexpr unsigned kDisable = 3U << 4;
    constexpr std::uint8_t kAscii = 2;
    SetDataEncryption set;
    set.checks = kNoCheck | (raw_read == RawRead::Enabled ? kEnable : kDisable);
    set.encryption = static_cast<std::uint8_t>(EncryptionStatus::Encryption::On);
    set.decryption = static_cast<std::uint8_t>(EncryptionStatus::Decryption::On);
    set.algorithm_index = algorithm.index;
    const bool tells_format = algorithm.has_kad_format && !unauthenticated_kad.empty();
    set.kad_format = tells_format ? kAscii : std::uint8_t{0};
    set.key = key;
    set.unauthenticated_kad = unauthenticated_kad;
    return page_of(set);
}

Bytes encryption_off() {
    return page_of({});
}

}  // namespace nearline::initiator
