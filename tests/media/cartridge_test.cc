#include "media/cartridge.h"

#include <gtest/gtest.h>

#include <optional>
#include <type_traits>

namespace nearline::media {
namespace {

static_assert(!std::is_copy_constructible_v<Cartridge> && !std::is_copy_assignable_v<Cartridge>);
static_assert(std::is_nothrow_move_constructible_v<Cartridge>);

TEST(Cartridge, KeepsWhatIsKnownOfItOnItsWay) {
    const CartridgeDescription description{.id = CartridgeId{7},
                                           .label = "ABC001L9",
                                           .type = CartridgeType::Worm,
                                           .generation = Generation::Lto9,
                                           .is_write_protected = true};
    std::optional<Cartridge> slot = Cartridge(description);
    std::optional<Cartridge> hand = std::move(slot);
    EXPECT_EQ(hand->description(), description);
    EXPECT_EQ(hand->id(), CartridgeId{7});
    EXPECT_EQ(hand->label(), "ABC001L9");
}

}  // namespace
}  // namespace nearline::media
