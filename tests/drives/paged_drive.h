// A drive with the mode pages of an LTO-9 and a host that selects them: the world of the tests of
// mode pages and of what they lead to.
#pragma once

#include <string>

#include "base/text.h"
#include "tests/drives/a_drive.h"

namespace nearline::drives {

inline scsi::ModePage mode_page(std::uint8_t code, std::uint8_t subpage, std::string_view values,
                                std::string_view changeable) {
    scsi::ModePage page{code, subpage, false, *base::from_hex(values), *base::from_hex(changeable)};
    page.changeable.resize(page.values.size());
    return page;
}

// scsi-tape sheet 1.18; as personalities/plain-lto9.textproto has them.
inline DriveProfile paged_profile() {
    DriveProfile profile = plain_profile();
    const std::string zeros(52, '0');
    profile.unit.mode_pages = {
        mode_page(0x0A, 0xF0, "00000000" + zeros.substr(4), "0207e000"),
        mode_page(0x0F, 0, "c080000000ff000000ff00000000", "80"),
        mode_page(0x10, 0, "00000000012c4000100000000190", "40ff0000ffff000000000000ff00"),
        mode_page(0x10, 0x01, "00020000" + zeros.substr(4), "00ffffff"),
        mode_page(0x11, 0, "03001c03190000000000", ""),
        mode_page(0x1C, 0, "08040000000000000000", "0c0f00000000ffffffff"),
        mode_page(0x1D, 0, "00000102" + zeros, ""),
    };
    return profile;
}

class PagedDriveTest : public DriveTest {
protected:
    PagedDriveTest() : DriveTest(paged_profile()) {}
    explicit PagedDriveTest(DriveProfile profile) : DriveTest(std::move(profile)) {}

    // Runs until it has come.
    Answer settled(const std::shared_ptr<Answer>& answer) {
        while (!answer->has_come && simulation.run_next()) {
        }
        EXPECT_TRUE(answer->has_come);
        return *answer;
    }
    scsi::Outcome write(const base::Bytes& block) {
        Write6 command;
        command.transfer_length = static_cast<std::uint32_t>(block.size());
        return settled(host.send(command, block)).outcome;
    }
    Answer read(std::uint32_t length) {
        return settled(host.send(Read6{.transfer_length = length}));
    }
    // With header and block descriptor, as MODE SENSE(10) gives it.
    base::Bytes mode_data(std::uint8_t code, std::uint8_t subpage = 0) {
        scsi::ModeSense10 command;
        command.page_code = code;
        command.subpage_code = subpage;
        command.allocation_length = 4096;
        return settled(host.send(command)).data;
    }
    std::string page(std::uint8_t code, std::uint8_t subpage = 0) {
        constexpr std::size_t kHeader = 16;
        const base::Bytes data = mode_data(code, subpage);
        return base::to_hex(base::BytesView(data).subspan(std::min(kHeader, data.size())));
    }
    // MODE SELECT(10) of these pages.
    scsi::Outcome select(std::string pages) {
        std::erase(pages, ' ');
        const std::string list = "0000000000000000" + pages;
        const base::Bytes bytes = *base::from_hex(list);
        scsi::ModeSelect10 command;
        command.pf = true;
        command.parameter_list_length = static_cast<std::uint16_t>(bytes.size());
        return settled(host.send(command, bytes)).outcome;
    }
    scsi::Outcome select_extension(std::uint8_t modes, std::uint8_t warning_mb) {
        const base::Bytes values{0, modes, 0, warning_mb};
        return select("5001001c" + base::to_hex(values) + std::string(48, '0'));
    }
    static scsi::Outcome invalid_parameter() {
        return scsi::check_condition(scsi::kInvalidFieldInParameterList);
    }
    void eject() {
        present();
        while (!presented && simulation.run_next()) {
        }
        drive.remove();
    }
    void reload() {
        settled(host.send(LoadUnload{}));
        settled(host.send(LoadUnload{.load = true}));
        host.clear_attentions();
        other.clear_attentions();
    }
};

}  // namespace nearline::drives
