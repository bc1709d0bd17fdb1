// What a careful client does with answers that only say "not now": a unit attention is noted and
// the command sent again, a unit that is becoming ready or busy is asked again for a while.
//
// None of these were carried out by the target (SAM-5 5.14, SPC-4 5.6), so nothing runs twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "initiator/loop.h"
#include "scsi/initiator.h"

namespace nearline::initiator {

class PatientInitiator final : public scsi::Initiator {
public:
    struct Patience {
        std::chrono::milliseconds wait{60'000};  // for all of "not yet" together, per command
        std::chrono::milliseconds between{1'000};
        int unit_attentions = 8;  // in a row, before one is passed on
    };
    using Note = std::function<void(const std::string&)>;

    // `inner` and `loop` must outlive it. Each note is a sentence about what was retried.
    PatientInitiator(scsi::Initiator& inner, Loop& loop, Patience patience, Note note);
    ~PatientInitiator() override;

    void execute(scsi::Request request, std::function<void(scsi::Response)> done) override;

private:
    struct Attempt;
    void try_once(std::uint64_t id);
    void on_response(std::uint64_t id, scsi::Response response);
    void try_later(std::uint64_t id, const std::string& why);

    scsi::Initiator& inner_;
    Loop& loop_;
    Patience patience_;
    Note note_;
    // Answers of `inner_` that come after the end find it expired: `inner_` outlives us.
    std::shared_ptr<PatientInitiator*> self_;  // owners: this, and each call-back while it runs
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, std::unique_ptr<Attempt>> attempts_;
};

}  // namespace nearline::initiator
