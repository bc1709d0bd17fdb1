#include "scsi/local_initiator.h"

#include <algorithm>
#include <map>
#include <utility>

namespace nearline::scsi {

struct LocalInitiator::Alive {
    std::map<TaskTag, std::function<void(Response)>> waiting;
};

LocalInitiator::LocalInitiator(TargetDevice& device, const NexusNames& names)
    : device_(device),
      names_(names),
      nexus_(device.open_nexus(names)),
      alive_(std::make_shared<Alive>()) {}

LocalInitiator::~LocalInitiator() {
    device_.close_nexus(nexus_);
}

void LocalInitiator::execute(Request request, std::function<void(Response)> done) {
    const TaskTag tag{next_tag_++};
    alive_->waiting.emplace(tag, std::move(done));
    auto completion = [alive = std::weak_ptr(alive_), tag,
                       expected = request.data_in_length](TaskResult result) {
        const auto initiator = alive.lock();
        if (!initiator) return;
        const auto entry = initiator->waiting.extract(tag);
        if (entry.empty()) return;
        Response response;
        response.status = result.outcome.status;
        response.sense = result.outcome.sense;
        response.data_in = std::move(result.data_in);
        response.data_in.resize(std::min<std::size_t>(response.data_in.size(), expected));
        entry.mapped()(std::move(response));
    };
    device_.submit(std::make_unique<Task>(
        Task::Address{nexus_, request.lun, tag, TaskAttribute::Simple}, Cdb(request.cdb),
        std::move(request.data_out), std::move(completion)));
}

void LocalInitiator::reconnect() {
    device_.close_nexus(nexus_);
    nexus_ = device_.open_nexus(names_);
    Response lost;
    lost.delivery = Delivery::TransportFailed;
    lost.failure = "the nexus was lost before the answer";
    for (auto& [tag, done] : std::exchange(alive_->waiting, {})) done(lost);
}

}  // namespace nearline::scsi
