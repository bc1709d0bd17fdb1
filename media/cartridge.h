// A cartridge: the plastic, its label and what is known of it. A move-only handle: it is always in
// exactly one bay, one hand, or outside with the operator; there is no way to write two places.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/check.h"
#include "media/volume_tag.h"

namespace nearline::media {

// The plastic's own number within its library: labels may be missing, unreadable or twice.
enum class CartridgeId : std::uint32_t {};

// How often a cleaning cartridge cleans before it is spent (tape sheet 2.2, flag 22).
inline constexpr std::uint16_t kCleanings = 50;

struct CartridgeDescription {
    CartridgeId id{};
    std::string label;  // empty: none
    bool is_label_readable = true;
    CartridgeType type = CartridgeType::Data;
    Generation generation = Generation::Unknown;
    bool is_write_protected = false;
    std::uint16_t cleanings_left = kCleanings;  // of a cleaning cartridge
    std::uint64_t capacity_mb = 0;              // 10^6 bytes; 0: what its format has
    bool is_discarding = false;                 // keeps lengths and checksums, and no data
    bool operator==(const CartridgeDescription&) const = default;
};

class Cartridge {
public:
    explicit Cartridge(CartridgeDescription description) : description_(std::move(description)) {}
    Cartridge(const Cartridge&) = delete;
    Cartridge& operator=(const Cartridge&) = delete;
    Cartridge(Cartridge&&) noexcept = default;
    Cartridge& operator=(Cartridge&&) noexcept = default;

    CartridgeId id() const { return description_.id; }
    const std::string& label() const { return description_.label; }
    const CartridgeDescription& description() const { return description_; }

    // A drive has cleaned itself with it; there must have been a cleaning left.
    void use_for_cleaning() {
        CHECK(description_.cleanings_left > 0);
        --description_.cleanings_left;
    }

private:
    CartridgeDescription description_;
};

}  // namespace nearline::media
