// The parts of a session that count: the command window, Data-Out of one command, tags of the gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iscsi/command_task.h"
#include "iscsi/command_window.h"
#include "iscsi/data_out_transfer.h"
#include "iscsi/serial_number.h"

namespace nearline::iscsi {
namespace {

using Arrival = CommandWindow::Arrival;
using Verdict = DataOutTransfer::Verdict;

TEST(SerialNumbers, GoRound) {
    EXPECT_TRUE(is_before(0xFFFFFFFF, 0));
    EXPECT_TRUE(is_before(1, 2));
    EXPECT_FALSE(is_before(2, 2));
    EXPECT_TRUE(is_within(0, 0xFFFFFFFE, 1));
    EXPECT_FALSE(is_within(2, 0xFFFFFFFE, 1));
}

TEST(CommandWindow, TakesWhatIsInsideAndHoldsWhatIsAhead) {
    CommandWindow window(10, 4);
    EXPECT_EQ(window.classify(9), Arrival::Stray);
    EXPECT_EQ(window.classify(10), Arrival::Next);
    EXPECT_EQ(window.classify(13), Arrival::Ahead);
    EXPECT_EQ(window.classify(14), Arrival::Stray);
    EXPECT_EQ(window.classify(10U + 0x7FFFFFFF), Arrival::Stray);
    window.hold(11);
    EXPECT_EQ(window.classify(11), Arrival::Stray);
    window.advance();
    EXPECT_TRUE(window.is_next_held());
    window.advance();
    EXPECT_EQ(window.expected(), 12U);
    EXPECT_FALSE(window.is_next_held());
}

TEST(CommandWindow, NeverTakesBackWhatItGranted) {
    CommandWindow window(0xFFFFFFFE, 4);
    EXPECT_EQ(window.maximum(), 1U);
    for (int count = 0; count < 4; ++count) window.advance();
    EXPECT_FALSE(window.open(4));
    EXPECT_TRUE(window.is_closed());
    EXPECT_EQ(window.classify(2), Arrival::Stray);
    EXPECT_FALSE(window.open(5));
    EXPECT_EQ(window.maximum(), 1U);
    EXPECT_TRUE(window.open(3));
    EXPECT_EQ(window.maximum(), 2U);
    EXPECT_EQ(window.classify(2), Arrival::Next);
}

constexpr DataOutTransfer::Terms kTerms{.expected_length = 1000,
                                        .wanted = 1000,
                                        .first_burst = 400,
                                        .max_burst = 500,
                                        .initial_r2t = false,
                                        .immediate_data = true};

DataOut part(std::uint32_t sn, std::uint32_t offset, std::uint32_t length, bool is_final,
             std::uint32_t tag = kNoTag) {
    DataOut pdu;
    pdu.data_sn = sn;
    pdu.buffer_offset = offset;
    pdu.data_length = length;
    pdu.is_final = is_final;
    pdu.target_transfer_tag = tag;
    return pdu;
}

Verdict give(DataOutTransfer& transfer, const DataOut& pdu) {
    const Verdict verdict = transfer.examine(pdu);
    transfer.arrived(pdu, verdict, DataOutTransfer::Digest::Right);
    return verdict;
}

TEST(DataOutTransfer, TakesImmediateUnsolicitedAndSolicitedDataInTurn) {
    DataOutTransfer transfer(kTerms, 100, false);
    EXPECT_TRUE(transfer.is_open());
    EXPECT_EQ(give(transfer, part(0, 100, 100, false)), Verdict::Accepted);
    EXPECT_EQ(give(transfer, part(1, 200, 0, false)), Verdict::Accepted);
    EXPECT_EQ(give(transfer, part(2, 200, 200, true)), Verdict::Accepted);
    ASSERT_TRUE(transfer.needs_r2t());
    EXPECT_EQ(transfer.next_burst().offset, 400U);
    EXPECT_EQ(transfer.next_burst().length, 500U);
    EXPECT_EQ(transfer.next_burst().r2t_sn, 0U);
    transfer.solicited(77);
    EXPECT_FALSE(transfer.needs_r2t());
    EXPECT_EQ(give(transfer, part(0, 400, 500, true, 77)), Verdict::Accepted);
    EXPECT_EQ(transfer.next_burst().length, 100U);
    EXPECT_EQ(transfer.next_burst().r2t_sn, 1U);
    transfer.solicited(78);
    EXPECT_EQ(give(transfer, part(0, 900, 100, true, 77)), Verdict::Unsolicited);  // stale tag
    EXPECT_EQ(give(transfer, part(0, 900, 100, true, 78)), Verdict::Accepted);
    EXPECT_TRUE(transfer.is_complete());
    EXPECT_FALSE(transfer.failure());
}

TEST(DataOutTransfer, AsksOnlyForWhatTheUnitTakes) {
    auto terms = kTerms;
    terms.wanted = 450;
    DataOutTransfer transfer(terms, 400, true);
    EXPECT_EQ(transfer.next_burst().length, 50U);
    terms.wanted = 300;
    EXPECT_TRUE(DataOutTransfer(terms, 400, true).is_complete());
}

struct Wrong {
    const char* what;
    DataOut pdu;
    Verdict verdict;
    scsi::Sense sense;
};

TEST(DataOutTransfer, EndsInFailureOnlyWhenTheSequenceHasEnded) {
    const Wrong wrongs[] = {
        {"DataSN too high", part(1, 0, 100, false), Verdict::ProtocolError,
         scsi::kProtocolServiceCrcError},
        {"DataSN -1", part(0xFFFFFFFF, 0, 100, false), Verdict::ProtocolError,
         scsi::kProtocolServiceCrcError},
        {"offset ahead", part(0, 100, 100, false), Verdict::InvalidField,
         scsi::kIncorrectAmountOfData},
        {"offset that wraps", part(0, 0xFFFFFFFF, 100, false), Verdict::InvalidField,
         scsi::kIncorrectAmountOfData},
        {"more than allowed", part(0, 0, 401, false), Verdict::ProtocolError,
         scsi::kIncorrectAmountOfData},
        {"all, and not final", part(0, 0, 400, false), Verdict::ProtocolError,
         scsi::kIncorrectAmountOfData},
    };
    for (const Wrong& wrong : wrongs) {
        DataOutTransfer transfer(kTerms, 0, false);
        EXPECT_EQ(give(transfer, wrong.pdu), wrong.verdict) << wrong.what;
        ASSERT_TRUE(transfer.failure()) << wrong.what;
        EXPECT_TRUE(transfer.failure()->is(wrong.sense)) << wrong.what;
        EXPECT_FALSE(transfer.is_complete()) << wrong.what;
        EXPECT_EQ(give(transfer, part(9, 9, 9, true)), Verdict::Forgotten) << wrong.what;
        EXPECT_TRUE(transfer.is_complete()) << wrong.what;
        EXPECT_FALSE(transfer.needs_r2t()) << wrong.what;
    }
}

TEST(DataOutTransfer, ThatEndsEarlyIsIncorrect) {
    DataOutTransfer transfer(kTerms, 0, false);
    EXPECT_EQ(give(transfer, part(0, 0, 100, true)), Verdict::Accepted);
    EXPECT_TRUE(transfer.is_complete());
    EXPECT_TRUE(transfer.failure()->is(scsi::kIncorrectAmountOfData));
}

TEST(DataOutTransfer, ThatIsDamagedFailsAtItsEnd) {
    DataOutTransfer transfer(kTerms, 0, false);
    const DataOut first = part(0, 0, 100, false);
    transfer.arrived(first, transfer.examine(first), DataOutTransfer::Digest::Wrong);
    EXPECT_FALSE(transfer.is_complete());
    EXPECT_EQ(give(transfer, part(1, 100, 300, true)), Verdict::Forgotten);
    EXPECT_TRUE(transfer.failure()->is(scsi::kProtocolServiceCrcError));
}

TEST(DataOutTransfer, RefusesUnsolicitedDataThatWasNotAgreedOn) {
    auto terms = kTerms;
    terms.immediate_data = false;
    EXPECT_TRUE(DataOutTransfer(terms, 1, true).failure()->is(scsi::kUnexpectedUnsolicitedData));
    EXPECT_TRUE(DataOutTransfer(kTerms, 401, true).failure()->is(scsi::kUnexpectedUnsolicitedData));
    EXPECT_TRUE(DataOutTransfer(kTerms, 1001, true).failure()->is(scsi::kIncorrectAmountOfData));
    terms.initial_r2t = true;
    DataOutTransfer transfer(terms, 0, false);
    EXPECT_TRUE(transfer.failure()->is(scsi::kUnexpectedUnsolicitedData));
    EXPECT_FALSE(transfer.is_complete());
    EXPECT_EQ(give(transfer, part(0, 0, 100, true)), Verdict::Forgotten);
    EXPECT_TRUE(transfer.is_complete());
}

TEST(DataOutTransfer, IsNotFedEmptyPdusForEver) {
    DataOutTransfer transfer(kTerms, 0, false);
    int count = 0;
    while (give(transfer, part(static_cast<std::uint32_t>(count), 0, 0, false)) ==
           Verdict::Accepted) {
        ++count;
    }
    EXPECT_EQ(count, 64);
}

TEST(AbortedTransfers, RememberAsManyAsTheyMayAndForgetWithTheLastPdu) {
    AbortedTransfers aborted(2);
    aborted.remember(1, 11);
    aborted.remember(2, 12);
    aborted.remember(3, 13);
    DataOut pdu = part(0, 0, 0, false, 11);
    pdu.initiator_task_tag = 1;
    EXPECT_FALSE(aborted.take(pdu));
    pdu.initiator_task_tag = 3;
    pdu.target_transfer_tag = 13;
    EXPECT_TRUE(aborted.take(pdu));
    pdu.is_final = true;
    EXPECT_TRUE(aborted.take(pdu));
    EXPECT_FALSE(aborted.take(pdu));
}

TEST(TaskTable, KeepsRoomsWhereTheyAre) {
    TaskTable tasks;
    ScsiCommand request;
    std::vector<CommandTask*> all;
    for (std::uint32_t tag = 0; tag < 100; ++tag) {
        request.initiator_task_tag = tag;
        request.is_immediate = tag % 2 == 0;
        all.push_back(&tasks.add(request));
    }
    EXPECT_EQ(tasks.size(), 100U);
    EXPECT_EQ(tasks.immediate_count(), 50U);
    for (std::uint32_t tag = 0; tag < 100; ++tag) EXPECT_EQ(tasks.find(tag), all[tag]);
    tasks.remove(*all[40]);
    EXPECT_EQ(tasks.find(40), nullptr);
    EXPECT_EQ(tasks.immediate_count(), 49U);
    request.initiator_task_tag = 500;
    EXPECT_EQ(&tasks.add(request), all[40]);
}

}  // namespace
}  // namespace nearline::iscsi
