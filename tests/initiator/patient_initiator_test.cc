#include "initiator/patient_initiator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tests/initiator/scripted_initiator.h"

namespace nearline::initiator {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Time that passes only when told to.
class HandLoop final : public Loop {
public:
    std::unique_ptr<Watch> watch(int, std::function<void(Readiness)>) override { return nullptr; }

    std::unique_ptr<Delayed> after(std::chrono::milliseconds delay,
                                   std::function<void()> action) override {
        waiting_.push_back({next_, delay, std::move(action)});
        return std::make_unique<Cancel>(*this, next_++);
    }

    // Runs what waits, in order; returns how long each was to wait.
    std::vector<std::chrono::milliseconds> run() {
        std::vector<std::chrono::milliseconds> delays;
        while (!waiting_.empty()) {
            Waiting next = std::move(waiting_.front());
            waiting_.erase(waiting_.begin());
            delays.push_back(next.delay);
            next.action();
        }
        return delays;
    }
    bool has_waiting() const { return !waiting_.empty(); }

private:
    struct Waiting {
        int id;
        std::chrono::milliseconds delay;
        std::function<void()> action;
    };
    struct Cancel final : Delayed {
        Cancel(HandLoop& its_loop, int its_id) : loop(its_loop), id(its_id) {}
        ~Cancel() override {
            std::erase_if(loop.waiting_, [this](const Waiting& each) { return each.id == id; });
        }
        HandLoop& loop;
        int id;
    };

    int next_ = 1;
    std::vector<Waiting> waiting_;
};

struct PatientWorld {
    explicit PatientWorld(ScriptedInitiator::Script script,
                          PatientInitiator::Patience patience = {})
        : inner(std::move(script)),
          patient(std::in_place, inner, loop, patience,
                  [this](const std::string& note) { notes.push_back(note); }) {}

    void ask() {
        patient->execute({scsi::simple_lun(0), scsi::Bytes(6), {}, 0},
                         [this](scsi::Response response) { answer = std::move(response); });
    }

    HandLoop loop;
    std::vector<std::string> notes;
    ScriptedInitiator inner;
    std::optional<PatientInitiator> patient;
    std::optional<scsi::Response> answer;
};

TEST(PatientInitiator, SendsAgainAfterAUnitAttention) {
    int asked = 0;
    PatientWorld world([&](const scsi::Request&) {
        return ++asked == 1 ? refused(scsi::kPowerOnOccurred) : good();
    });
    world.ask();
    ASSERT_TRUE(world.answer.has_value());
    EXPECT_TRUE(world.answer->is_good());
    EXPECT_EQ(asked, 2);
    EXPECT_THAT(world.notes, ElementsAre(HasSubstr("6/29/01")));
}

TEST(PatientInitiator, PassesOnAUnitAttentionThatDoesNotEnd) {
    int asked = 0;
    PatientWorld world([&](const scsi::Request&) {
        ++asked;
        return refused(scsi::kPowerOnOccurred);
    });
    world.ask();
    ASSERT_TRUE(world.answer.has_value());
    EXPECT_TRUE(world.answer->sense.is(scsi::kPowerOnOccurred));
    EXPECT_EQ(asked, 9);
}

TEST(PatientInitiator, WaitsForAUnitThatIsBecomingReady) {
    int asked = 0;
    PatientWorld world([&](const scsi::Request&) {
        return ++asked < 4 ? refused(scsi::kBecomingReady.with_progress(0x8000)) : good();
    });
    world.ask();
    EXPECT_FALSE(world.answer.has_value());
    EXPECT_THAT(world.loop.run(), ElementsAre(1000ms, 1000ms, 1000ms));
    ASSERT_TRUE(world.answer.has_value());
    EXPECT_TRUE(world.answer->is_good());
    EXPECT_THAT(world.notes, ElementsAre(HasSubstr("50 % done")));  // once, not every second
}

TEST(PatientInitiator, GivesUpWhenItsPatienceEnds) {
    PatientInitiator::Patience patience;
    patience.wait = 2500ms;
    PatientWorld world([](const scsi::Request&) { return refused(scsi::kBecomingReady); },
                       patience);
    world.ask();
    EXPECT_THAT(world.loop.run(), ElementsAre(1000ms, 1000ms, 500ms));
    ASSERT_TRUE(world.answer.has_value());
    EXPECT_TRUE(world.answer->sense.is(scsi::kBecomingReady));
}

TEST(PatientInitiator, DoesNotRepeatWhatMayHaveBeenCarriedOut) {
    int asked = 0;
    for (const scsi::Response& response :
         {lost("gone"), refused(scsi::kMediumSourceElementEmpty), refused(scsi::kDoorOpen)}) {
        asked = 0;
        PatientWorld world([&](const scsi::Request&) {
            ++asked;
            return response;
        });
        world.ask();
        EXPECT_TRUE(world.answer.has_value());
        EXPECT_EQ(asked, 1);
        EXPECT_THAT(world.notes, IsEmpty());
    }
}

TEST(PatientInitiator, CancelsItsRetriesWhenItGoes) {
    PatientWorld world([](const scsi::Request&) { return refused(scsi::kBecomingReady); });
    world.ask();
    EXPECT_TRUE(world.loop.has_waiting());
    world.patient.reset();
    EXPECT_FALSE(world.loop.has_waiting());
    EXPECT_FALSE(world.answer.has_value());
}

}  // namespace
}  // namespace nearline::initiator
