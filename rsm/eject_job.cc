// EJECT: the medium to a free port, where it waits for the operator to take it.
#include "rsm/library_job.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

constexpr std::uint32_t kAttempts = 3;  // when things change meanwhile

class EjectJob final : public LibraryJob {
public:
    using LibraryJob::LibraryJob;

    void start() override {
        if (at_.reading() != nullptr) return eject();
        at_.read([this](Error error) {
            if (error != Error::Success) return failed(error);
            if (at_.reading() == nullptr) return failed(Error::NotReady);
            eject();
        });
    }

private:
    void eject() {
        std::optional<std::uint16_t> from;
        bool is_in_port = false;
        TapeDevice* tape = nullptr;
        bool is_stand_alone = false;
        static_cast<void>(transact([&](Store& store) {
            const auto medium = store.find<PhysicalMedium>(request_.medium);
            if (!medium || medium->library != at_.library()) return Error::Success;
            from = element_of(store, *medium);
            is_in_port = medium->location_type == ObjectType::IEPort;
            const auto drive = store.find<Drive>(medium->location);
            if (drive) tape = at_.tape_of(*drive);
            const auto library = store.find<Library>(at_.library());
            is_stand_alone = library && library->library_type == LibraryType::StandAlone;
            return Error::Success;
        }));
        if (!from) return failed(Error::MediaOffline);
        if (is_in_port) return offer();
        if (tape == nullptr) return move_from(*from);
        if (is_stand_alone) return eject_into_hands(*tape);
        tape->unload([this, from = *from](const Result<Bytes, Trouble>&) {
            // A drive that will not let go is seen by the move, which says why.
            move_from(from);
        });
    }

    // A drive that stands alone gives it out itself, and then it is outside.
    void eject_into_hands(TapeDevice& tape) {
        tape.unload([this](const Result<Bytes, Trouble>&) {
            at_.read([this](Error error) {
                if (error != Error::Success) return failed(error);
                bool is_inside = false;
                static_cast<void>(transact([&](Store& store) {
                    const auto medium = store.find<PhysicalMedium>(request_.medium);
                    is_inside = medium && medium->library == at_.library();
                    return Error::Success;
                }));
                if (is_inside) return failed(Error::UnableToEjectMountedMedia);
                passed();
            });
        });
    }

    void move_from(std::uint16_t from) {
        const Reading* reading = at_.reading();
        const auto port = reading == nullptr ? std::nullopt : free_port(*reading);
        if (!port) return failed(Error::IEPortFull);
        at_.move(from, *port, Device::OnChange::GiveUp, [this](Result<Bytes, Trouble> answer) {
            if (answer) return at_.read([this](Error) { offer(); });
            if (tells_of_change(answer.error()) && ++attempts_ <= kAttempts) return start();
            const Error error = error_of(answer.error(), Error::ControllingIEPort);
            at_.read([this, error](Error) { failed(error); });
        });
    }

    // The cartridge stands in the port, which is still inside: the request waits for the operator,
    // who is asked to take it.
    void offer() {
        static_cast<void>(transact([&](Store& store) {
            const auto request = store.find<LibRequest>(request_.id);
            const auto medium =
                request ? store.find<PhysicalMedium>(request->medium) : std::nullopt;
            if (!medium || request->state != RequestState::InProcess) return Error::Success;
            OpRequest asked;
            asked.command = OpCommand::MoveMedia;
            asked.submitted = at_.now();
            asked.message = "Take " + medium->name + " out of the port.";
            asked.argument1_type = ObjectType::PhysicalMedia;
            asked.argument1 = medium->id;
            asked.argument2_type = ObjectType::Library;
            asked.argument2 = store.offline_library().id;
            asked.application = "Removable Storage";
            asked.user = request->user;
            asked.computer = request->computer;
            store.insert(asked);
            return Error::Success;
        }));
        at_.finish(request_.id, RequestState::Waiting, Error::Success);
        at_.watch_ports();
    }

    std::uint32_t attempts_ = 0;
};

}  // namespace

std::unique_ptr<LibraryJob> eject_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<EjectJob>(at, request);
}

}  // namespace nearline::rsm
