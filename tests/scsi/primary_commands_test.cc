#include "scsi/primary_commands.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <set>

#include "scsi/maintenance_commands.h"
#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

// SPC-4's tables for each command, written out by hand.
TEST(PrimaryCommands, AreEncodedAsTheStandardDrawsThem) {
    EXPECT_EQ(hex(encode_cdb(TestUnitReady{})), "00 00 00 00 00 00");
    EXPECT_EQ(hex(encode_cdb(RequestSense{.desc = true, .allocation_length = 252})),
              "03 01 00 00 FC 00");
    EXPECT_EQ(hex(encode_cdb(Inquiry{.evpd = true, .page_code = 0x83, .allocation_length = 512})),
              "12 01 83 02 00 00");
    EXPECT_EQ(hex(encode_cdb(ReportLuns{.select_report = 2, .allocation_length = 8200})),
              "A0 00 02 00 00 00 00 00 20 08 00 00");
    EXPECT_EQ(hex(encode_cdb(ModeSense6{.dbd = true, .page_code = 0x1D, .allocation_length = 255})),
              "1A 08 1D 00 FF 00");
    EXPECT_EQ(hex(encode_cdb(ModeSense10{.llbaa = true,
                                         .dbd = true,
                                         .page_control = ModePageControl::Saved,
                                         .page_code = 0x3F,
                                         .subpage_code = 0xFF,
                                         .allocation_length = 0x1234})),
              "5A 18 FF FF 00 00 00 12 34 00");
    EXPECT_EQ(hex(encode_cdb(ModeSelect6{.pf = true, .sp = true, .parameter_list_length = 24})),
              "15 11 00 00 18 00");
    EXPECT_EQ(hex(encode_cdb(ModeSelect10{.pf = true, .parameter_list_length = 0x0102})),
              "55 10 00 00 00 00 00 01 02 00");
    EXPECT_EQ(hex(encode_cdb(PreventAllowMediumRemoval{.prevent = 1})), "1E 00 00 00 01 00");
    EXPECT_EQ(hex(encode_cdb(Reserve6{})), "16 00 00 00 00 00");
    EXPECT_EQ(hex(encode_cdb(Release10{.reservation_identification = 9})),
              "57 00 09 00 00 00 00 00 00 00");
    EXPECT_EQ(hex(encode_cdb(SendDiagnostic{.self_test_code = 5, .pf = true})),
              "1D B0 00 00 00 00");
    EXPECT_EQ(hex(encode_cdb(SendDiagnostic{.self_test = true, .parameter_list_length = 0x0A0B})),
              "1D 04 00 0A 0B 00");
    EXPECT_EQ(hex(encode_cdb(LogSelect{.pcr = true, .page_control = LogPageControl::Cumulative})),
              "4C 02 40 00 00 00 00 00 00 00");
    EXPECT_EQ(hex(encode_cdb(
                  ReportSupportedTaskManagementFunctions{.repd = true, .allocation_length = 16})),
              "A3 0D 80 00 00 00 00 00 00 10 00 00");
    EXPECT_EQ(hex(encode_cdb(ReadFullStatus{.allocation_length = 0x1234})),
              "5E 03 00 00 00 00 00 12 34 00");
    EXPECT_EQ(hex(encode_cdb(PersistentPreempt{.type = 3, .parameter_list_length = 24})),
              "5F 04 03 00 00 00 00 00 18 00");
    EXPECT_EQ(hex(encode_fields(PersistentReserveOutParameters{
                  .reservation_key = 0x0102, .spec_i_pt = true, .aptpl = true})),
              "00 00 00 00 00 00 01 02 00 00 00 00 00 00 00 00 00 00 00 00 09 00 00 00");
    EXPECT_EQ(hex(encode_fields(RegisterAndMoveParameters{.service_action_reservation_key = 7,
                                                          .unreg = true,
                                                          .relative_target_port_identifier = 2,
                                                          .transport_id_length = 52})),
              "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 07 00 02 00 02 00 00 00 34");
}

// mtx and sg_logs, as captured from them; the TapeAlert request of the changer manuals.
TEST(PrimaryCommands, DecodeWhatHostsSend) {
    const auto tape_alert = decode_fields<LogSense>(bytes("4D 00 6E 00 00 00 00 01 44 00"));
    EXPECT_EQ(tape_alert.page_control, LogPageControl::Cumulative);
    EXPECT_EQ(tape_alert.page_code, 0x2E);
    EXPECT_EQ(tape_alert.allocation_length, 324);
    const auto codes =
        decode_fields<ReportSupportedOperationCodes>(bytes("A3 0C 82 A3 00 0D 00 00 10 00 00 00"));
    EXPECT_TRUE(codes.rctd);
    EXPECT_EQ(codes.reporting_options, 2);
    EXPECT_EQ(codes.requested_opcode, 0xA3);
    EXPECT_EQ(codes.requested_service_action, 0x0D);
    EXPECT_EQ(codes.allocation_length, 4096u);
}

template <typename Command>
void expect_round_trips() {
    std::mt19937 random(7);
    const auto mask = field_mask<Command>();
    for (int round = 0; round < 64; ++round) {
        Bytes cdb = encode_cdb(Command{});
        for (std::size_t at = 0; at < cdb.size(); ++at) {
            cdb[at] = static_cast<std::uint8_t>(cdb[at] | (random() & mask[at]));
        }
        EXPECT_EQ(hex(encode_cdb(decode_fields<Command>(cdb))), hex(cdb)) << Command::name;
    }
}

template <typename Command>
void expect_fields_fit_their_table() {
    // No two fields share a bit, and none touches operation code, service action or control.
    std::size_t width = 0;
    std::apply([&](const auto&... field) { ((width += field.width), ...); }, Command::fields());
    std::size_t ones = 0;
    const auto mask = field_mask<Command>();
    for (const std::uint8_t byte : mask) ones += static_cast<std::size_t>(std::popcount(byte));
    EXPECT_EQ(ones, width) << Command::name;
    EXPECT_EQ(mask.front(), 0) << Command::name;
    EXPECT_EQ(mask.back(), 0) << Command::name;
    if constexpr (requires { Command::service_action; }) {
        EXPECT_EQ(mask[1] & 0x1F, 0) << Command::name;
    }
    // SAM-5 5.2.1: the group of the operation code gives the length.
    constexpr std::size_t kLengths[] = {6, 10, 10, 0, 16, 12, 0, 0};
    EXPECT_EQ(Command::length, kLengths[static_cast<unsigned>(Command::opcode) >> 5])
        << Command::name;
}

template <typename... Commands>
void for_each_command(CommandList<Commands...>) {
    (expect_round_trips<Commands>(), ...);
    (expect_fields_fit_their_table<Commands>(), ...);
}

TEST(PrimaryCommands, ComeBackFromTheirBytes) {
    for_each_command(PrimaryCommands{});
    for_each_command(MaintenanceCommands{});
}

TEST(PrimaryCommands, AreEachInTheTableOnce) {
    std::set<std::pair<Opcode, std::optional<ServiceAction>>> seen;
    for (const CommandDescriptor& row : CommandTable<TestUnit, PrimaryCommands>::rows) {
        EXPECT_TRUE(seen.insert({row.opcode, row.service_action}).second) << row.name;
    }
    EXPECT_EQ(seen.size(), 30u);
}

TEST(DataOut, IsWhatTheCommandItselfAsksFor) {
    TestUnit unit{UnitProfile{}};
    const auto asked = [&](std::string_view cdb) { return unit.data_out_length(Cdb(bytes(cdb))); };
    EXPECT_EQ(asked("15 10 00 00 18 00"), 24u);
    EXPECT_EQ(asked("55 10 00 00 00 00 00 01 02 00"), 0x102u);
    EXPECT_EQ(asked("1D 10 00 00 08 00"), 8u);
    EXPECT_EQ(asked("4C 00 00 00 00 00 00 00 05 00"), 5u);
    EXPECT_EQ(asked("5F 00 00 00 00 00 00 00 18 00"), 24u);
    EXPECT_EQ(asked("5F 00 00 00 00 7F FF FF FF 00"), 32768u) << "no list is longer";
    EXPECT_EQ(asked("12 00 00 00 FF 00"), 0u);
    EXPECT_EQ(asked("FF 00 00 00 FF 00"), 0u);
    EXPECT_EQ(asked("55 10 00 00 00 00"), 0u) << "a CDB shorter than its command";
}

}  // namespace
}  // namespace nearline::scsi
