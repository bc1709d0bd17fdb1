// MODE SENSE and MODE SELECT of PrimaryDeviceServer, and what mode pages it keeps.
#include <algorithm>
#include <utility>

#include "scsi/primary_device_server.h"

namespace nearline::scsi {
namespace {

constexpr std::uint8_t kControlPage = 0x0A;
constexpr std::uint8_t kAllPages = 0x3F;

const ModePage* find_page(const std::vector<ModePage>& pages, const ModePageKey& key) {
    const auto found = std::find_if(pages.begin(), pages.end(),
                                    [&](const ModePage& page) { return key_of(page) == key; });
    return found == pages.end() ? nullptr : &*found;
}

bool is_any_savable(const std::vector<ModePage>& pages) {
    return std::any_of(pages.begin(), pages.end(),
                       [](const ModePage& page) { return page.is_savable; });
}

// Ascending, and page 00h last (SPC-4 6.13).
void sort_as_sent(std::vector<ModePage>& pages) {
    std::sort(pages.begin(), pages.end(), [](const ModePage& a, const ModePage& b) {
        return std::pair(a.code == 0, key_of(a)) < std::pair(b.code == 0, key_of(b));
    });
}

// A field pointer into a part of the list, moved by where that part begins.
Sense moved_by(Sense sense, std::uint16_t offset) {
    if (sense.field && sense.field->in == FieldIn::ParameterData) {
        sense.field->byte = static_cast<std::uint16_t>(sense.field->byte + offset);
    }
    return sense;
}

}  // namespace

void PrimaryDeviceServer::on(const ModeSense6& command, Task& task) {
    answer(ModeSense{ModeHeaderForm::Six, command.dbd, command.page_control, command.page_code,
                     command.subpage_code, command.allocation_length},
           task);
}

void PrimaryDeviceServer::on(const ModeSense10& command, Task& task) {
    answer(ModeSense{ModeHeaderForm::Ten, command.dbd, command.page_control, command.page_code,
                     command.subpage_code, command.allocation_length},
           task);
}

void PrimaryDeviceServer::on(const ModeSelect6& command, Task& task) {
    answer(ModeSelect{ModeHeaderForm::Six, command.pf, command.sp, command.parameter_list_length},
           task);
}

void PrimaryDeviceServer::on(const ModeSelect10& command, Task& task) {
    answer(ModeSelect{ModeHeaderForm::Ten, command.pf, command.sp, command.parameter_list_length},
           task);
}

void PrimaryDeviceServer::answer(const ModeSense& request, Task& task) {
    const auto pages = asked_mode_pages(request);
    if (!pages) return task.refuse(pages.error());
    const Bytes descriptor = request.dbd ? Bytes{} : block_descriptor();
    const Bytes list = encode_mode_parameters(
        request.form, {medium_type(), device_specific_parameter()}, descriptor, *pages);
    // MODE DATA LENGTH of the (6) form counts to 255 (SPC-4 6.13).
    constexpr std::size_t kMostOfSix = 256;
    if (request.form == ModeHeaderForm::Six && list.size() > kMostOfSix) {
        return task.refuse(kInvalidFieldInCdb.at_byte(2));
    }
    task.respond(list, request.allocation_length);
    task.good();
}

Result<std::vector<ModePage>, Sense> PrimaryDeviceServer::asked_mode_pages(
    const ModeSense& request) const {
    std::vector<ModePage> asked;
    bool is_page_known = request.page_code == kAllPages;
    for (ModePage& page : current_mode_pages()) {
        is_page_known = is_page_known || page.code == request.page_code;
        if (is_asked_for(page, request.page_code, request.subpage_code)) {
            asked.push_back(std::move(page));
        }
    }
    // Page 00h has no format (SPC-4 7.5.1). Hosts ask drives for it to have no page at all, but
    // what stands before the pages: Linux learns density, block length and buffering so.
    const bool asks_for_none = request.page_code == 0 && request.subpage_code == 0 && !request.dbd;
    if (asked.empty() && asks_for_none && !block_descriptor().empty()) return asked;
    if (asked.empty()) {
        // PAGE CODE and SUBPAGE CODE have the same place in both CDB sizes.
        const std::string_view field = is_page_known ? "SUBPAGE CODE" : "PAGE CODE";
        return Failure{invalid_field<ModeSense6>(field)};
    }
    if (request.page_control == ModePageControl::Saved && !is_any_savable(asked)) {
        return Failure{kSavingParametersNotSupported};
    }
    for (ModePage& page : asked) page.values = values_for(request.page_control, page);
    sort_as_sent(asked);
    return asked;
}

Bytes PrimaryDeviceServer::values_for(ModePageControl control, const ModePage& page) const {
    switch (control) {
        case ModePageControl::Current:
            return page.values;
        case ModePageControl::Changeable:
            return merge_bits(page.changeable, page.changeable, Bytes(page.values.size()));
        case ModePageControl::Default:
            return default_values(page);
        case ModePageControl::Saved:
            break;
    }
    const auto saved = saved_modes_.find(key_of(page));
    if (saved == saved_modes_.end()) return default_values(page);
    return merge_bits(saved->second, page.changeable, page.values);
}

Bytes PrimaryDeviceServer::default_values(const ModePage& page) const {
    const auto changed = changed_modes_.find(key_of(page));
    if (changed == changed_modes_.end()) return page.values;
    return merge_bits(changed->second.original, page.changeable, page.values);
}

std::vector<ModePage> PrimaryDeviceServer::current_mode_pages() const {
    std::vector<ModePage> pages = mode_pages();
    for (ModePage& page : pages) {
        const auto changed = changed_modes_.find(key_of(page));
        if (changed != changed_modes_.end()) {
            page.values = merge_bits(changed->second.current, page.changeable, page.values);
        }
        show(page);
    }
    return pages;
}

void PrimaryDeviceServer::answer(const ModeSelect& request, Task& task) {
    const BytesView came = task.data_out();
    const BytesView list = came.first(std::min(came.size(), request.list_length));
    if (request.sp && !is_any_savable(mode_pages())) {
        return task.refuse(invalid_field<ModeSelect6>("SP"));
    }
    if (request.list_length == 0) return task.good();
    const auto parameters = decode_mode_parameters(request.form, list);
    if (!parameters) return task.refuse(parameters.error());
    // Nothing takes effect unless everything may.
    const auto pages = checked_pages(request, *parameters);
    if (!pages) return task.refuse(pages.error());
    const Bytes descriptor_before = block_descriptor();
    const std::uint8_t parameter_before = device_specific_parameter();
    if (const auto refusal = checked_descriptor(*parameters)) return task.refuse(*refusal);
    device_specific_parameter_selected(parameters->header.device_specific);
    bool has_changed =
        block_descriptor() != descriptor_before || device_specific_parameter() != parameter_before;
    for (const ModePage& page : *pages) has_changed = change(page) || has_changed;
    const bool is_kept = !request.sp || save_modes();
    if (has_changed) {
        unit_attentions().establish_for_others(task.nexus(), kModeParametersChanged);
    }
    if (!is_kept) return task.refuse(kInternalTargetFailure);
    mode_selected(task);
}

// The pages of the list as they shall be.
Result<std::vector<ModePage>, Sense> PrimaryDeviceServer::checked_pages(
    const ModeSelect& request, const ModeParameters& parameters) const {
    if (!request.pf && !parameters.pages.empty()) {
        // Without PF what follows the descriptors is a vendor's own, and we have none.
        return Failure{invalid_field<ModeSelect6>("PF")};
    }
    const std::vector<ModePage> current = current_mode_pages();
    std::vector<ModePage> pages;
    for (const SelectedModePage& selected : parameters.pages) {
        const ModePage* page = find_page(current, selected.key);
        if (page == nullptr) {
            return Failure{kInvalidFieldInParameterList.at_parameter_byte(selected.offset, 5)};
        }
        if (!keeps_mode_page(selected.key)) {
            if (const auto reason = why_not_select(selected, *page)) return Failure{*reason};
        }
        ModePage changed = *page;
        changed.values = selected.values;
        if (const auto reason = why_not_change(changed)) {
            return Failure{moved_by(*reason, selected.values_offset())};
        }
        pages.push_back(std::move(changed));
    }
    return pages;
}

std::optional<Sense> PrimaryDeviceServer::checked_descriptor(const ModeParameters& parameters) {
    if (parameters.block_descriptor.empty()) return std::nullopt;
    constexpr std::size_t kDescriptorSize = 8;
    if (!profile_.has_block_descriptor || parameters.block_descriptor.size() != kDescriptorSize) {
        return kInvalidFieldInParameterList.at_parameter_byte(
            parameters.block_descriptor_length_offset);
    }
    const auto refusal = select_block_descriptor(parameters.block_descriptor);
    if (!refusal) return std::nullopt;
    return moved_by(*refusal, parameters.block_descriptor_offset);
}

bool PrimaryDeviceServer::change(const ModePage& page) {
    const std::vector<ModePage> before = current_mode_pages();
    const ModePage* old = find_page(before, key_of(page));
    if (old == nullptr || old->values == page.values) return false;
    if (!keeps_mode_page(key_of(page))) {
        changed_modes_.try_emplace(key_of(page), ChangedModePage{old->values, {}});
        changed_modes_[key_of(page)].current = page.values;
    }
    mode_page_changed(page);
    return true;
}

// SP saves all savable pages, those of the list or not (SPC-4 6.11).
bool PrimaryDeviceServer::save_modes() {
    for (const ModePage& page : current_mode_pages()) {
        if (page.is_savable) saved_modes_[key_of(page)] = page.values;
    }
    return !mode_keeper_ || mode_keeper_(saved_modes_);
}

void PrimaryDeviceServer::restore_saved_mode_pages(const SavedModePages& pages) {
    saved_modes_.clear();
    for (const ModePage& page : mode_pages()) {
        const auto saved = pages.find(key_of(page));
        if (saved == pages.end() || !page.is_savable) continue;
        if (saved->second.size() != page.values.size()) continue;
        saved_modes_[key_of(page)] = saved->second;
    }
    fall_back_to_saved_modes();
}

void PrimaryDeviceServer::fall_back_to_saved_modes() {
    for (ModePage& page : current_mode_pages()) {
        if (keeps_mode_page(key_of(page))) continue;  // the unit's own affair
        page.values =
            values_for(page.is_savable ? ModePageControl::Saved : ModePageControl::Default, page);
        change(page);
        if (!saved_modes_.contains(key_of(page))) changed_modes_.erase(key_of(page));
    }
}

std::vector<ModePage> PrimaryDeviceServer::mode_pages() const {
    return profile_.mode_pages;
}

std::optional<Bytes> PrimaryDeviceServer::mode_page_values(std::uint8_t code,
                                                           std::uint8_t subpage) const {
    const std::vector<ModePage> pages = current_mode_pages();
    const ModePage* page = find_page(pages, {code, subpage});
    if (page == nullptr) return std::nullopt;
    return page->values;
}

Bytes PrimaryDeviceServer::block_descriptor() const {
    constexpr std::size_t kDescriptorSize = 8;
    return Bytes(profile_.has_block_descriptor ? kDescriptorSize : 0);
}

std::optional<Sense> PrimaryDeviceServer::select_block_descriptor(BytesView descriptor) {
    const Bytes current = block_descriptor();
    if (std::equal(descriptor.begin(), descriptor.end(), current.begin(), current.end())) {
        return std::nullopt;
    }
    return kInvalidFieldInParameterList.at_parameter_byte(0);
}

// D_SENSE of the control mode page (SPC-4 7.5.8), where there is one.
SenseFormat PrimaryDeviceServer::sense_format() const {
    constexpr std::uint8_t kDescriptorSense = 0x04;
    const auto control = mode_page_values(kControlPage);
    const bool is_descriptor = control && !control->empty()
                                   ? (control->front() & kDescriptorSense) != 0
                                   : profile_.sends_descriptor_sense;
    return is_descriptor ? SenseFormat::Descriptor : SenseFormat::Fixed;
}

}  // namespace nearline::scsi
