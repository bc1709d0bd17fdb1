// What units built from the personalities tell a host of themselves, byte for byte against the
// captures the sheets hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "base/text.h"
#include "config/library_reader.h"
#include "library/library.h"
#include "scsi/local_initiator.h"
#include "sim/trace.h"

namespace nearline::config {
namespace {

using base::Bytes;

std::string hex(std::string_view digits) {
    std::string packed = base::to_lower(digits);
    std::erase(packed, ' ');
    return packed;
}
std::string hex_of_text(std::string_view text) {
    return base::to_hex(base::as_bytes(text));
}

// A library that has been ready for a while, and one host that has heard of its power-on.
class Surface {
public:
    explicit Surface(const std::string& text) {
        base::MemoryFileSystem files;
        auto description = read_library(text, "l", files);
        CHECK(description.has_value());
        auto opened = library::Library::open(simulation_, trace_, *std::move(description));
        CHECK(opened.has_value());
        library_ = *std::move(opened);
        library_->power_on();
        while (!library_->changer().is_ready() && simulation_.run_next()) {
        }
        device_ = library_->targets().front().device;
        host_ = std::make_unique<scsi::LocalInitiator>(
            *device_, scsi::NexusNames{"iqn.2026-11.test.nearline:host", "iqn.target", 1});
        for (const auto lun : device_->luns()) {
            while (device_->find(lun)->unit_attentions().take(host_->nexus())) {
            }
        }
    }

    // The data a command brings, in hexadecimal; or what came instead.
    std::string ask(std::uint16_t lun, std::string_view cdb) {
        std::string answer = "no answer";
        const auto bytes = base::from_hex(hex(cdb));
        CHECK(bytes.has_value());
        host_->execute({scsi::simple_lun(lun), *bytes, {}, 0xFFFF},
                       [&](const scsi::Response& response) {
                           answer = response.is_good() ? base::to_hex(response.data_in)
                                                       : scsi::to_text(response.sense);
                       });
        while (answer == "no answer" && simulation_.run_next()) {
        }
        return answer;
    }

private:
    sim::Simulation simulation_;
    sim::NullTrace trace_;
    std::unique_ptr<library::Library> library_;
    scsi::TargetDevice* device_ = nullptr;
    std::unique_ptr<scsi::LocalInitiator> host_;
};

const char* const kMsl3040 = R"(name: "msl" personality: "hpe-msl3040"
    serial: "DEC418146K_LL02" naa: "5001438031BDC7D4" storage { count: 40 }
    drives { model: "hpe-lto9-hh" count: 2 serials: "8031BDC7D1" naas: "5001438031BDC7D1"
             serials: "8031BDC7DB" naas: "5001438031BDC7DB" }
    cartridges { labels: "S20001L9" place: 2 })";

// HPE-C, changer sheet 7.1 to 7.5, 5.1 to 5.3: a real MSL3040 with firmware 3350.
TEST(SurfaceOfAnMsl3040, IsTheCapturedOne) {
    Surface library(kMsl3040);
    EXPECT_EQ(library.ask(0, "12 00 00 00 FF 00"),
              hex("08 80 05 02 45 00 11 02") + hex_of_text("HPE     MSL3040         3350") +
                  hex("00 00 00 00 00 1C 00 01 00 00 00 00 00 00 00 00 00 00 00 01 0000") +
                  hex("005C 0000 030F 02FE 0000 0000 0000 0000"));
    EXPECT_EQ(library.ask(0, "12 01 00 00 FF 00"), hex("08 00 00 08 00 80 83 85 C0 C8 CC D0"));
    EXPECT_EQ(library.ask(0, "12 01 80 00 FF 00"),
              hex("08 80 00 0F") + hex_of_text("DEC418146K_LL02"));
    const std::string identification = library.ask(0, "12 01 83 00 FF 00");
    EXPECT_THAT(identification.substr(8),
                testing::StartsWith(hex("01 03 00 08 5001438031BDC7D4 02 01 00 27") +
                                    hex_of_text("HPE     MSL3040         DEC418146K_LL02")));
    EXPECT_EQ(library.ask(0, "12 01 85 00 FF 00").substr(0, 56),
              hex("08 85 00 2C 03 00 00 28") + hex_of_text("http://192.168.90.27"));
    EXPECT_EQ(library.ask(0, "12 01 C0 00 FF 00").substr(0, 44),
              hex("08 C0 00 3C 00000000") + hex_of_text("258907-26-2024"));
    EXPECT_EQ(library.ask(0, "1A 08 1D 00 FF 00"),
              hex("17 00 00 00 9D 12 0000 0001 03E9 0028 0065 0000 0001 0002 0000"));
    EXPECT_EQ(library.ask(0, "1A 08 1F 00 FF 00"),
              hex("17 00 00 00 1F 12 0A 07 0A 0A 00 0A 00000000 00 0A 00 0A 00000000"));
    EXPECT_EQ(library.ask(0, "1A 08 1E 00 FF 00"), hex("07 00 00 00 1E 02 00 00"));
    EXPECT_EQ(library.ask(0, "1A 08 1C 00 FF 00"),
              hex("0F 00 00 00 1C 0A 09 00 0000 0000 0000 0000"));
    EXPECT_EQ(library.ask(0, "1A 08 0A 00 FF 00"),
              "5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 5");
    // MODE SENSE(10) without DBD: an eight-byte block descriptor of zeros (changer sheet 15a).
    EXPECT_EQ(library.ask(0, "5A 00 1D 00 00 00 00 00 FF 00"),
              hex("00 22 00 00 00 00 00 08 0000000000000000") +
                  hex("9D 12 0000 0001 03E9 0028 0065 0000 0001 0002 0000"));
    EXPECT_EQ(library.ask(0, "4D 00 40 00 00 00 00 00 FF 00"),
              hex("00 00 00 0B 00 07 0D 2E 30 34 36 38 3A 3B 3E"));
    EXPECT_EQ(library.ask(0, "4D 00 4D 00 00 00 00 00 FF 00"),
              hex("0D 00 00 0C 0000 40 02 002F 0001 40 02 005F"));
}

// Changer sheet 4.8.8: the page of drives, and the element with the label.
TEST(SurfaceOfAnMsl3040, ReportsElementsAsCaptured) {
    Surface library(kMsl3040);
    // There and back, so that its slot is known as its source.
    library.ask(0, "A5 00 00 00 03 EA 00 01 00 00 00 00");
    library.ask(0, "A5 00 00 00 00 01 03 EA 00 00 00 00");
    const std::string report = library.ask(0, "B8 10 00 00 01 00 03 01 00 00 00 00");
    EXPECT_EQ(report.size(), 2 * 2336U);
    EXPECT_THAT(report, testing::StartsWith(hex("0000 002B 00 000918 01 80 0034 00 000034")));
    EXPECT_THAT(report, testing::HasSubstr(hex("04 80 0056 00 0000AC")));
    EXPECT_THAT(report, testing::HasSubstr(hex("02 01 00 22") +
                                           hex_of_text("HPE     Ultrium 9-SCSI  8031BDC7D1")));
    EXPECT_THAT(report, testing::HasSubstr(hex("02 80 0034 00 000820")));
    EXPECT_THAT(report,
                testing::HasSubstr(hex("03EA 09 00 0000 000000 81 03EA") +
                                   hex_of_text("S20001L9" + std::string(28, ' ')) + "00000000"));
}

// Tape sheet 1.5 (CAP): an LTO-9 half height in that library.
TEST(SurfaceOfAnMsl3040, HasTheCapturedDrives) {
    Surface library(kMsl3040);
    EXPECT_EQ(library.ask(1, "12 00 00 00 FF 00"),
              hex("01 80 06 12 41 01 10 02") + hex_of_text("HPE     Ultrium 9-SCSI  S2S1") +
                  hex("00 00 6B 00 01 8C 0E 00 00 00 00 00 00 00 00 00 00 00 00 00 0000") +
                  hex("00A2 0C28 0460 0520 0A28 0502"));
    EXPECT_EQ(library.ask(1, "12 01 80 00 FF 00"), hex("01 80 00 0A") + hex_of_text("8031BDC7D1"));
    EXPECT_THAT(
        library.ask(1, "12 01 83 00 FF 00").substr(8),
        testing::StartsWith(hex("02 01 00 22") + hex_of_text("HPE     Ultrium 9-SCSI  8031BDC7D1") +
                            hex("01 03 00 08 5001438031BDC7D1")));
    EXPECT_EQ(library.ask(1, "1A 08 1C 00 FF 00"),
              hex("0F 00 10 00 1C 0A 08 04 0000 0000 0000 0000"));
}

// D, changer sheet 12.3 and 15a: a TS3100 with 23 slots, one station element and one drive.
TEST(SurfaceOfA3573, IsThatOfItsReference) {
    Surface library(R"(name: "ts" personality: "ibm-3573-tl" serial: "00X2U78A1234_LL0"
        storage { count: 23 } import_export { count: 1 } drives { model: "ibm-lto6-hh" })");
    const std::string inquiry = library.ask(0, "12 00 00 00 FF 00");
    EXPECT_EQ(inquiry.size(), 2 * 72U);
    EXPECT_THAT(inquiry, testing::StartsWith(hex("08 80 05 02 43")));
    EXPECT_EQ(inquiry.substr(16, 48), hex_of_text("IBM     3573-TL         "));
    EXPECT_EQ(inquiry.substr(76, 24), hex_of_text("00X2U78A1234"));
    EXPECT_EQ(inquiry.substr(110, 2), "01") << "bar code reader";
    EXPECT_EQ(inquiry.substr(116, 16), hex("005C 0B56 02FE 030F"));
    EXPECT_EQ(library.ask(0, "12 01 00 00 FF 00"), hex("08 00 00 06 00 80 83 C0 D0 FF"));
    EXPECT_EQ(library.ask(0, "12 01 80 00 FF 00"),
              hex("08 80 00 10") + hex_of_text("00X2U78A1234_LL0"));
    EXPECT_EQ(library.ask(0, "1A 08 1D 00 FF 00"),
              hex("17 00 00 00 1D 12 00 01 00 01 10 00 00 17 00 10 00 01 01 00 00 01 00 00"));
    EXPECT_EQ(library.ask(0, "1A 08 1F 00 FF 00"),
              hex("17 00 00 00 1F 12 0E 00 0E 0E 0E 0E 00000000 00 00 00 00 00000000"));
    EXPECT_EQ(library.ask(0, "A6 00 00 00 10 02 01 00 10 02 00 00"),
              "5/20/00 INVALID COMMAND OPERATION CODE, CDB byte 0");
}

}  // namespace
}  // namespace nearline::config
