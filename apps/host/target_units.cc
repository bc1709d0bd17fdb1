#include "apps/host/target_units.h"

#include <memory>
#include <utility>

#include "initiator/changer_client.h"

namespace nearline::apps {
namespace {

using initiator::InquiryData;

struct Search {
    initiator::ChangerClient client;
    std::vector<scsi::Lun> luns;
    TargetUnits units;
    std::function<void(base::Result<TargetUnits, std::string>)> done;
};

void ask(const std::shared_ptr<Search>& search, std::size_t at) {
    if (at == search->luns.size()) return search->done(std::move(search->units));
    const scsi::Lun lun = search->luns[at];
    search->client.at(lun).inquiry([search, at, lun](auto answer) {
        if (!answer) return search->done(base::Failure{to_text(answer.error())});
        const bool is_drive =
            answer->qualifier == 0 && answer->device_type == InquiryData::kSequentialAccess;
        if (answer->is_medium_changer()) search->units.changers.push_back(lun);
        if (is_drive) search->units.drives.push_back(lun);
        ask(search, at + 1);
    });
}

}  // namespace

void find_units(scsi::Initiator& initiator,
                std::function<void(base::Result<TargetUnits, std::string>)> done) {
    auto search = std::make_shared<Search>(
        Search{initiator::ChangerClient(initiator, scsi::Lun{}), {}, {}, std::move(done)});
    search->client.report_luns([search](auto luns) {
        if (!luns) return search->done(base::Failure{to_text(luns.error())});
        search->luns = *std::move(luns);
        ask(search, 0);
    });
}

}  // namespace nearline::apps
