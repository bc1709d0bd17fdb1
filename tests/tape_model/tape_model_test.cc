// A drive of ours and the model, side by side: millions of commands over many seeds mean the same.
#include <gtest/gtest.h>

#include "base/text.h"
#include "scsi/local_initiator.h"
#include "tests/library/a_library.h"
#include "tests/tape_model/walk.h"

namespace nearline::tape_model {
namespace {

using library::a_library;
using library::drive;

// scsi-tape sheet 1.18: up to three additional partitions, which the drive sizes (SDP).
scsi::ModePage medium_partition_page() {
    scsi::ModePage page{0x11, 0, false, *base::from_hex("03001c03190000000000"), {}};
    page.changeable.resize(page.values.size());
    return page;
}

class DriveAndModel : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, DriveAndModel, testing::Range<std::uint64_t>(1, 25));

TEST_P(DriveAndModel, DoTheSame) {
    auto world = a_library().with_cartridge("ABC001L9", drive(1)).with([](auto& description) {
        description.cartridges.back().cartridge.capacity_mb = 1;
        description.drives.front().profile.unit.mode_pages = {medium_partition_page()};
    });
    sim::Simulation& simulation = world.simulation();
    scsi::LocalInitiator initiator(*world.library().targets().front().device, {"walk", "target"});
    const auto wait = [&](const std::function<bool()>& is_done) {
        while (!is_done()) {
            if (!simulation.run_next()) return false;
        }
        return true;
    };
    Walk walk({initiator, world.lun_of(drive(1)), wait}, GetParam(), 1 + GetParam() % 5);
    EXPECT_EQ(walk.run(4000), std::nullopt);
}

}  // namespace
}  // namespace nearline::tape_model
