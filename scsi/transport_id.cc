#include "scsi/transport_id.h"

#include <algorithm>

#include "base/text.h"

namespace nearline::scsi {
namespace {

constexpr unsigned kDeviceName = 0x05;  // format 00b, protocol identifier of iSCSI
constexpr unsigned kPortName = 0x45;    // format 01b
constexpr std::size_t kHeader = 4;
constexpr std::size_t kLeastText = 20;
constexpr std::size_t kMostText = 244;  // 223 and ",i,0x" and 12, with its NUL, in words of four
constexpr std::string_view kSeparator = ",i,0x";
constexpr std::size_t kIsidDigits = 12;

// `text` as we name the port, whichever case its ISID has; nothing when it is no port's name.
std::optional<std::string> port_name(std::string_view text) {
    const std::size_t at = text.find(kSeparator);
    if (at == std::string_view::npos || at == 0) return std::nullopt;
    const std::string_view isid = text.substr(at + kSeparator.size());
    if (isid.size() != kIsidDigits || !base::from_hex(isid)) return std::nullopt;
    return std::string(text.substr(0, at + kSeparator.size())) + base::to_lower(isid);
}

}  // namespace

Bytes encode_transport_id(std::string_view initiator_port) {
    const bool is_port = initiator_port.find(kSeparator) != std::string_view::npos;
    Bytes id;
    base::ByteWriter out(id);
    out.u8(is_port ? kPortName : kDeviceName).u8(0).u16(0).text(initiator_port).u8(0);
    const std::size_t whole_words = (id.size() + 3) / 4 * 4;
    out.zeros(std::max(whole_words, kHeader + kLeastText) - id.size());
    out.patch(2, id.size() - kHeader, 2);
    return id;
}

std::optional<std::string> decode_transport_id(base::ByteReader& in) {
    const unsigned form = in.u8();
    in.skip(1);
    const std::size_t length = in.u16();
    if (form != kPortName || length % 4 != 0) return std::nullopt;
    if (length < kLeastText || length > kMostText) return std::nullopt;
    const std::string text = in.text(length);
    const std::size_t end = text.find('\0');
    if (!in.ok() || end == std::string::npos) return std::nullopt;
    return port_name(std::string_view(text).substr(0, end));
}

}  // namespace nearline::scsi
