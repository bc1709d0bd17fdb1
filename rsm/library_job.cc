#include "rsm/library_job.h"

#include <array>

namespace nearline::rsm {

Error LibraryJob::transact(const std::function<Error(Store&)>& work) {
    return at_.store().transact(at_.now(), [&] { return work(at_.store()); });
}

std::unique_ptr<LibraryJob> job_for(Workplace& at, const LibRequest& request) {
    struct Maker {
        Operation operation;
        std::unique_ptr<LibraryJob> (*make)(Workplace& at, const LibRequest& request);
    };
    constexpr auto kMakers = std::to_array<Maker>({
        {Operation::Inventory, inventory_job},
        {Operation::DoorAccess, door_job},
        {Operation::Inject, inject_job},
        {Operation::InjectCleaner, inject_cleaner_job},
        {Operation::EjectCleaner, eject_cleaner_job},
        {Operation::CleanDrive, clean_drive_job},
        {Operation::Eject, eject_job},
        {Operation::ProcessOmid, identify_job},
        {Operation::Classify, identify_job},
        {Operation::Dismount, dismount_job},
        {Operation::Mount, mount_job},
        {Operation::WriteFreeLabel, label_job},
    });
    for (const Maker& maker : kMakers) {
        if (maker.operation == request.operation) return maker.make(at, request);
    }
    return nullptr;
}

std::optional<std::uint16_t> free_port(const Reading& reading) {
    for (const SeenElement& element : reading.elements) {
        const bool is_free = element.kind == ElementKind::Port && !element.is_full;
        if (is_free && element.is_accessible && element.can_export) return element.address;
    }
    return std::nullopt;
}

std::optional<std::uint16_t> element_of(Store& store, const PhysicalMedium& medium) {
    std::optional<std::uint32_t> element;
    if (medium.location_type == ObjectType::StorageSlot) {
        if (const auto slot = store.find<StorageSlot>(medium.location)) element = slot->element;
    } else if (medium.location_type == ObjectType::IEPort) {
        if (const auto port = store.find<IEPort>(medium.location)) element = port->element;
    } else if (const auto drive = store.find<Drive>(medium.location)) {
        element = drive->element;
    }
    if (!element) return std::nullopt;
    return static_cast<std::uint16_t>(*element);
}

Error error_of(const Trouble& trouble, Error otherwise) {
    switch (trouble.kind) {
        case Trouble::Kind::Unreachable:
            return Error::ResourceNotPresent;
        case Trouble::Kind::NotReady:
            return Error::NotReady;
        case Trouble::Kind::Nonsense:
            return otherwise;
        case Trouble::Kind::Refused:
            break;
    }
    if (trouble.sense.is(scsi::kMediumSourceElementEmpty)) return Error::MediumNotAccessible;
    if (trouble.sense.is(scsi::kMediumDestinationElementFull)) return Error::IEPortFull;
    if (trouble.sense.is(scsi::kMediumRemovalPrevented)) return Error::UnableToEjectMountedMedia;
    return otherwise;
}

bool tells_of_wrong_medium(const Trouble& trouble) {
    constexpr std::uint8_t kIncompatibleMedium = 0x30;
    const bool is_told =
        trouble.kind == Trouble::Kind::Refused || trouble.kind == Trouble::Kind::NotReady;
    return is_told && trouble.sense.asc == kIncompatibleMedium;
}

bool tells_of_change(const Trouble& trouble) {
    return trouble.kind == Trouble::Kind::Refused &&
           trouble.sense.key == scsi::SenseKey::UnitAttention;
}

}  // namespace nearline::rsm
