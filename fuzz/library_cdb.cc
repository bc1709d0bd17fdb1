// Any CDBs, data, task management and hands at a whole library (a changer, a drive with a small
// tape in it, cartridges) from two hosts: every task is answered once, in virtual time, unless it
// was aborted; no cartridge is lost; and the units answer INQUIRY afterwards.
//
// Input: steps, until the bytes end. A step's first byte says what it is: bits 7 to 4 a task
// management function, 9 an act of the operator or, from 10 on, a command; bit 3 the host; bits 2
// and 1 the LUN (from 2 on: nobody); bit 0 whether time passes before the next step. A command goes
// on with a byte of CDB length, the CDB, two bytes of data length, and the data; an act with a
// byte.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <set>

#include "base/check.h"
#include "base/memory_file_system.h"
#include "config/library_reader.h"
#include "library/library.h"
#include "scsi/target_device.h"

namespace nearline::library {
namespace {

using scsi::BytesView;
using scsi::Cdb;
using scsi::Lun;
using scsi::Task;
using scsi::TaskTag;

constexpr std::string_view kLibrary = R"(
name: "fuzz"
personality: "ibm-ts4300"
storage { count: 4 }
import_export { count: 2 }
drives { model: "ibm-lto9-fh" }
cartridges { labels: "F%05dL9" count: 1 where: DRIVE capacity_mb: 1 }
cartridges { labels: "G%05dL9" count: 2 }
)";

LibraryDescription description() {
    base::MemoryFileSystem files;
    auto read = config::read_library(kLibrary, "fuzz.textproto", files);
    CHECK(read.has_value());
    return std::move(*read);
}

class World {
public:
    World() {
        static const LibraryDescription kDescription = description();
        auto opened = Library::open(simulation_, trace_, kDescription);
        CHECK(opened.has_value());
        library_ = std::move(*opened);
        device_ = library_->targets().front().device;
        library_->power_on();
        for (std::size_t host = 0; host < 2; ++host) open(host);
        settle();
    }

    void step(base::ByteReader& in) {
        const unsigned what = in.u8();
        const std::size_t host = what >> 3 & 1;
        const Lun lun = scsi::simple_lun(what >> 1 & 3);
        const unsigned kind = what >> 4;
        if (kind < kAct) {
            device_->manage(static_cast<scsi::TaskManagementFunction>(kind), hosts_.at(host), lun,
                            TaskTag{tag_});
            may_be_silent_ = true;
        } else if (kind == kAct) {
            act(in.u8());
        } else {
            const std::size_t cdb_length = std::clamp<std::size_t>(in.u8(), 1, Cdb::kMaximumLength);
            const BytesView cdb = in.bytes(std::min(cdb_length, in.remaining()));
            const std::size_t data_length = in.u16();
            const BytesView data = in.bytes(std::min(data_length, in.remaining()));
            if (!cdb.empty()) send(host, lun, Cdb(cdb), data);
        }
        if ((what & 1) != 0) settle();
    }

    void expect_sound() {
        settle();
        CHECK(may_be_silent_ || waiting_.empty());
        CHECK(library_->cartridge_count() == 3);
        constexpr std::array<std::uint8_t, 6> kInquiry = {0x12, 0, 0, 0, 36, 0};
        open(0);
        send(0, scsi::simple_lun(0), Cdb(kInquiry), {});
        settle();
        CHECK(last_.outcome.is_good());
        CHECK(last_.data_in.size() == 36);
    }

private:
    static constexpr unsigned kAct = 9;
    // Of one step; a library at rest comes to its end long before.
    static constexpr int kMostEvents = 20'000;

    void open(std::size_t host) {
        hosts_.at(host) = device_->open_nexus({host == 0 ? "a" : "b", "iqn.t,t,0x0001", 1});
    }

    void act(unsigned what) {
        Operator& hands = library_->library_operator();
        switch (what % 10) {
            case 0:
                return (void)hands.open_door().has_value();
            case 1:
                return (void)hands.close_door().has_value();
            case 2:
                return (void)hands.open_station().has_value();
            case 3:
                return (void)hands.close_station().has_value();
            case 4:
                return (void)hands.press_eject(0).has_value();
            case 5:
                may_be_silent_ = true;
                return (void)hands.set_drive_power(0, false).has_value();
            case 6:
                return (void)hands.set_drive_power(0, true).has_value();
            case 7:
                may_be_silent_ = true;
                return (void)hands.power_off().has_value();
            case 8:
                break;
            default:
                return;
        }
        (void)hands.power_on().has_value();
    }

    void send(std::size_t host, Lun lun, const Cdb& cdb, BytesView data) {
        const std::uint64_t tag = ++tag_;
        waiting_.insert(tag);
        device_->submit(std::make_unique<Task>(
            Task::Address{hosts_.at(host), lun, TaskTag{tag}, scsi::TaskAttribute::Simple}, cdb,
            scsi::Bytes(data.begin(), data.end()), [this, tag](scsi::TaskResult result) {
                CHECK(waiting_.erase(tag) == 1);
                last_ = std::move(result);
                check_result();
            }));
    }

    // Sense exactly with CHECK CONDITION, and it says what the outcome does.
    void check_result() const {
        const bool is_refusal = last_.outcome.status == scsi::Status::CheckCondition;
        CHECK(last_.sense.empty() != is_refusal);
        if (!is_refusal) return;
        const auto sense = scsi::decode_sense(last_.sense);
        CHECK(sense.has_value());
        CHECK(sense->is(last_.outcome.sense));
    }

    void settle() {
        for (int event = 0; event < kMostEvents && simulation_.run_next(); ++event) {
        }
    }

    sim::Simulation simulation_;
    sim::NullTrace trace_;
    std::unique_ptr<Library> library_;
    scsi::TargetDevice* device_ = nullptr;
    std::array<scsi::NexusId, 2> hosts_{};
    std::uint64_t tag_ = 0;
    std::set<std::uint64_t> waiting_;
    bool may_be_silent_ = false;  // tasks were aborted, or power went
    scsi::TaskResult last_;
};

}  // namespace
}  // namespace nearline::library

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kEnough = 8192;
    nearline::library::World world;
    nearline::base::ByteReader in(nearline::base::BytesView(data, std::min(size, kEnough)));
    while (in.remaining() > 0) world.step(in);
    world.expect_sound();
    return 0;
}
