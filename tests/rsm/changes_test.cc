#include "rsm/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearline::rsm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Op = NotificationOperation;

const Guid kFirst(1, 2);
const Guid kSecond(3, 4);

Change drive(Op operation, const Guid& id) {
    return {ObjectType::Drive, operation, id};
}

std::vector<Change> log_of(const std::vector<Op>& operations) {
    ChangeLog log;
    for (const Op operation : operations) log.note(drive(operation, kFirst));
    return log.take();
}

TEST(ChangeLog, TellsOneChangeAnObjectHoweverOftenItWasTouched) {
    EXPECT_THAT(log_of({Op::Update, Op::Update}), ElementsAre(drive(Op::Update, kFirst)));
    EXPECT_THAT(log_of({Op::Insert, Op::Update}), ElementsAre(drive(Op::Insert, kFirst)));
    EXPECT_THAT(log_of({Op::Update, Op::Delete}), ElementsAre(drive(Op::Delete, kFirst)));
    EXPECT_THAT(log_of({Op::Delete, Op::Update}), ElementsAre(drive(Op::Delete, kFirst)));
    EXPECT_THAT(log_of({Op::Delete, Op::Insert}), ElementsAre(drive(Op::Update, kFirst)));
}

TEST(ChangeLog, DoesNotTellOfWhatCameAndWent) {
    EXPECT_THAT(log_of({Op::Insert, Op::Delete}), IsEmpty());
    EXPECT_THAT(log_of({Op::Insert, Op::Update, Op::Delete}), IsEmpty());
    EXPECT_THAT(log_of({Op::Insert, Op::Delete, Op::Insert}),
                ElementsAre(drive(Op::Insert, kFirst)));
}

TEST(ChangeLog, KeepsTheOrderOfFirstTouchAndForgetsWhatWasTaken) {
    ChangeLog log;
    log.note(drive(Op::Update, kSecond));
    log.note(drive(Op::Update, kFirst));
    log.note(drive(Op::Delete, kSecond));
    log.note(drive(Op::Delete, Guid()));  // names nothing
    EXPECT_THAT(log.take(), ElementsAre(drive(Op::Delete, kSecond), drive(Op::Update, kFirst)));
    EXPECT_THAT(log.take(), IsEmpty());
}

TEST(ChangeLog, KeepsEventsForThemselves) {
    EXPECT_THAT(log_of({Op::Update, Op::Complete, Op::Complete}),
                ElementsAre(drive(Op::Update, kFirst), drive(Op::Complete, kFirst),
                            drive(Op::Complete, kFirst)));
}

}  // namespace
}  // namespace nearline::rsm
