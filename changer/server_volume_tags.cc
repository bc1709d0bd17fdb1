// Finding cartridges by their labels: SEND VOLUME TAG and REQUEST VOLUME ELEMENT ADDRESS.
#include <utility>

#include "changer/changer_device_server.h"
#include "changer/element_status.h"
#include "changer/volume_search.h"

namespace nearline::changer {
namespace {

bool is_search(VolumeTagAction action) {
    const auto code = static_cast<unsigned>(action);
    return code <= 2 || (code >= 4 && code <= 6);
}

// Nothing here has an alternate label.
bool is_about_alternates(VolumeTagAction action) {
    return action == VolumeTagAction::TranslateAlternate ||
           action == VolumeTagAction::TranslateAlternateIgnoringSequence;
}

std::optional<ElementType> type_of(std::uint8_t code) {
    if (code == 0) return std::nullopt;
    return static_cast<ElementType>(code);
}

constexpr std::uint8_t kLastType = static_cast<std::uint8_t>(ElementType::DataTransfer);

// SMC-3 table 50. Labels without a sequence number have number 0.
struct VolumeTemplate {
    static constexpr std::size_t length = SendVolumeTag::kListLength;
    static constexpr std::size_t kIdentifier = 32;
    std::uint16_t minimum_sequence = 0;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"MINIMUM VOLUME SEQUENCE NUMBER",
                                      &VolumeTemplate::minimum_sequence, 34, 7, 16}};
    }
};

}  // namespace

void ChangerDeviceServer::on(const SendVolumeTag& command, scsi::Task& task) {
    const auto refusal = search(command, task);
    return refusal ? task.refuse(*refusal) : task.good();
}

// Linux states a list of 255 bytes and sends 40: what is there is enough (changer sheet 4.9).
std::optional<Sense> ChangerDeviceServer::search(const SendVolumeTag& command, scsi::Task& task) {
    if (command.element_type > kLastType)
        return scsi::invalid_field<SendVolumeTag>("ELEMENT TYPE CODE");
    if (!is_search(command.action)) return scsi::invalid_field<SendVolumeTag>("SEND ACTION CODE");
    const ElementTable& table = mechanics_.table();
    if (static_cast<std::uint16_t>(command.starting_element) > table.highest_address()) {
        const auto at = scsi::position_of<SendVolumeTag>("STARTING ELEMENT ADDRESS");
        return scsi::kInvalidElementAddress.at_byte(at.byte);
    }
    const scsi::BytesView list = task.data_out();
    if (list.size() < SendVolumeTag::kListLength) return scsi::kParameterListLengthError;
    const scsi::BytesView identifier = list.first(VolumeTemplate::kIdentifier);
    const auto wanted = LabelTemplate::from(std::string(identifier.begin(), identifier.end()));
    if (!wanted) return scsi::kInvalidFieldInParameterList.at_parameter_byte(0);
    if (!mechanics_.has_inventory()) {
        return mechanics_.not_ready().value_or(scsi::kBecomingReady);
    }
    const bool ignores_sequence = static_cast<unsigned>(command.action) >= 4;
    const bool is_in_sequence =
        ignores_sequence || scsi::decode_fields<VolumeTemplate>(list).minimum_sequence == 0;
    Search& search = searches_[task.nexus()];
    search = {command.action, {}};
    if (is_about_alternates(command.action) || !is_in_sequence) return std::nullopt;
    search.found = find_volumes(
        table, [this](Place place) { return mechanics_.condition_of(place); },
        type_of(command.element_type), command.starting_element, *wanted);
    return std::nullopt;
}

// Each element found is told once; what did not fit, the next time.
void ChangerDeviceServer::on(const RequestVolumeElementAddress& command, scsi::Task& task) {
    if (command.element_type > kLastType) {
        return task.refuse(scsi::invalid_field<RequestVolumeElementAddress>("ELEMENT TYPE CODE"));
    }
    const auto made = searches_.find(task.nexus());
    if (made == searches_.end()) return task.refuse(scsi::kCommandSequenceError);
    const ElementTable& table = mechanics_.table();
    std::vector<Place>& left = made->second.found;
    std::vector<Place> asked;
    for (const Place place : left) {
        const bool is_asked =
            (command.element_type == 0 || type_of(command.element_type) == place.type) &&
            table.address_of(place) >= command.starting_element;
        if (is_asked && asked.size() < command.number_of_elements) asked.push_back(place);
    }
    ElementStatusQuery query;
    query.with_volume_tags = command.voltag;
    query.action = static_cast<std::uint8_t>(made->second.action);
    query.found = asked;
    task.data_in() = element_status(
        table, profile_, [this](Place place) { return mechanics_.condition_of(place); }, query,
        command.allocation_length);
    // Both are in the order of the search.
    const std::size_t told = elements_in(task.data_in());
    std::size_t next = 0;
    std::vector<Place> untold;
    for (const Place place : std::exchange(left, {})) {
        const bool is_told = next < told && place == asked[next];
        if (is_told) {
            ++next;
        } else {
            untold.push_back(place);
        }
    }
    left = std::move(untold);
    task.good();
}

}  // namespace nearline::changer
