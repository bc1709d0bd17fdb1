// Any CDBs, data and task management from two hosts to a device with one unit: whatever comes, each
// task is answered once and as SPC-4 allows, and the unit answers INQUIRY afterwards.
//
// Input: steps, until the bytes end. A step's first byte says what it is: bits 7 to 4 a task
// management function or, from 10 on, a command; bit 3 the host; bit 2 the LUN; bits 1 and 0 the
// task attribute. A command goes on with a byte of CDB length, the CDB, two bytes of data length,
// and the data.
#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/check.h"
#include "scsi/target_device.h"
#include "tests/disk/ram_disk.h"

namespace nearline::scsi {
namespace {

constexpr std::uint64_t kBlocks = 64;
constexpr unsigned kFunctions = 10;

class World {
public:
    World() {
        device_.add(simple_lun(0), disk_);
        for (std::size_t host = 0; host < 2; ++host) open(host);
    }

    void step(base::ByteReader& in) {
        const unsigned what = in.u8();
        const std::size_t host = what >> 3 & 1;
        const Lun lun = simple_lun(what >> 2 & 1);
        if (what >> 4 < kFunctions) {
            return manage(static_cast<TaskManagementFunction>(what >> 4), host, lun);
        }
        const std::size_t cdb_length = std::clamp<std::size_t>(in.u8(), 1, Cdb::kMaximumLength);
        const BytesView cdb = in.bytes(std::min(cdb_length, in.remaining()));
        const std::size_t data_length = in.u16();
        const BytesView data = in.bytes(std::min(data_length, in.remaining()));
        if (cdb.empty()) return;
        send(host, lun, static_cast<TaskAttribute>(what & 3), Cdb(cdb), data);
    }

    void expect_alive() {
        open(0);
        constexpr std::array<std::uint8_t, 6> kInquiry = {0x12, 0, 0, 0, 36, 0};
        send(0, simple_lun(0), TaskAttribute::Simple, Cdb(kInquiry), {});
        CHECK(last_.outcome.is_good());
        CHECK(last_.data_in.size() == 36);
    }

private:
    void open(std::size_t host) {
        hosts_.at(host) = device_.open_nexus({host == 0 ? "a" : "b", "iqn.t,t,0x0001", 1});
    }

    void manage(TaskManagementFunction function, std::size_t host, Lun lun) {
        device_.manage(function, hosts_.at(host), lun, TaskTag{tag_});
    }

    void send(std::size_t host, Lun lun, TaskAttribute attribute, const Cdb& cdb, BytesView data) {
        int answers = 0;
        const std::uint64_t wanted = device_.data_out_length(lun, cdb).value_or(0);
        CHECK(wanted <= std::uint64_t{0xFFFFFFFF} * disk::kBlockSize);
        device_.submit(
            std::make_unique<Task>(Task::Address{hosts_.at(host), lun, TaskTag{++tag_}, attribute},
                                   cdb, Bytes(data.begin(), data.end()), [&](TaskResult result) {
                                       ++answers;
                                       last_ = std::move(result);
                                   }));
        CHECK(answers == 1);  // this unit moves nothing
        check_result();
    }

    // Sense exactly with CHECK CONDITION, and it says what the outcome does.
    void check_result() const {
        const bool is_refusal = last_.outcome.status == Status::CheckCondition;
        CHECK(last_.sense.empty() != is_refusal);
        CHECK(last_.data_in.size() <= kBlocks * disk::kBlockSize);
        if (!is_refusal) return;
        const auto sense = decode_sense(last_.sense);
        CHECK(sense.has_value());
        CHECK(sense->is(last_.outcome.sense));
        CHECK(sense->field == last_.outcome.sense.field);
        CHECK(last_.data_in.empty());
    }

    disk::RamDisk disk_{"FUZZ", kBlocks};
    TargetDevice device_;
    std::array<NexusId, 2> hosts_{};
    std::uint64_t tag_ = 0;
    TaskResult last_;
};

}  // namespace
}  // namespace nearline::scsi

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    nearline::scsi::World world;
    nearline::base::ByteReader in(nearline::base::BytesView(data, size));
    while (in.remaining() > 0) world.step(in);
    world.expect_alive();
    return 0;
}
