// A client of a medium changer, over any scsi::Initiator: what it is, what is where, and moving
// cartridges. Knows what real changers answer differently, and tries the other way once.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "initiator/element_status.h"
#include "scsi/initiator.h"

namespace nearline::initiator {

// A command that did not do what was asked: refused by the target, lost by the transport, or
// answered with something that makes no sense.
struct CommandFailure {
    std::string command;  // "MOVE MEDIUM"
    scsi::Response response;
    std::string nonsense;  // of an answer with GOOD that cannot be read
    bool is_transport_failure() const {
        return response.delivery == scsi::Delivery::TransportFailed;
    }
};
std::string to_text(const CommandFailure& failure);  // "MOVE MEDIUM: 5/3B/0E MEDIUM SOURCE …"

template <typename T>
using Reply = std::function<void(base::Result<T, CommandFailure>)>;

struct InquiryData {
    static constexpr std::uint8_t kSequentialAccess = 0x01;
    static constexpr std::uint8_t kMediumChanger = 0x08;
    std::uint8_t qualifier = 0;
    std::uint8_t device_type = 0;
    std::uint8_t version = 0;
    std::string vendor;
    std::string product;
    std::string revision;
    scsi::Bytes raw;
    bool is_medium_changer() const { return qualifier == 0 && device_type == kMediumChanger; }
};

struct ElementRange {
    ElementAddress first{};
    std::uint16_t count = 0;
    bool contains(ElementAddress address) const;
    bool operator==(const ElementRange&) const = default;
};

// Mode page 1Dh.
struct ElementMap {
    ElementRange robots;
    ElementRange slots;
    ElementRange stations;
    ElementRange drives;
    const ElementRange& of(ElementType type) const;
    std::optional<ElementType> type_of(ElementAddress address) const;
};

// Mode page 1Fh. Bits 0 to 3: robot, slot, station, drive.
struct Capabilities {
    std::uint8_t storage = 0;                 // what may hold a cartridge
    bool has_volume_tag_reader = false;       // VTRP
    std::array<std::uint8_t, 4> move_from{};  // index: robot, slot, station, drive
    std::array<std::uint8_t, 4> exchange_from{};
};

struct Inventory {
    ElementMap map;
    std::vector<Element> elements;  // slots, stations, drives, robots
    const Element* find(ElementAddress address) const;
    std::vector<const Element*> of(ElementType type) const;
};

// A page of VPD, as sent; `body` is what follows the four bytes of its header.
struct VitalProductPage {
    std::uint8_t code = 0;
    scsi::Bytes body;
};

// The initiator must outlive it, and it must outlive its commands (or the initiator goes first).
class ChangerClient {
public:
    ChangerClient(scsi::Initiator& initiator, scsi::Lun lun) : initiator_(&initiator), lun_(lun) {}

    scsi::Lun lun() const { return lun_; }
    // Of another unit behind the same session.
    ChangerClient at(scsi::Lun lun) const { return {*initiator_, lun}; }

    void report_luns(Reply<std::vector<scsi::Lun>> done);
    void inquiry(Reply<InquiryData> done);
    void vital_product_page(std::uint8_t code, Reply<VitalProductPage> done);
    void test_unit_ready(Reply<std::monostate> done);

    void element_map(Reply<ElementMap> done);
    void capabilities(Reply<Capabilities> done);

    struct ElementQuery {
        ElementType type = ElementType::All;
        ElementAddress start{};
        std::uint16_t count = 0xFFFF;
        bool with_volume_tags = true;
        bool with_identifiers = false;  // DVCID
        bool from_cache_only = false;   // CURDATA: without moving the robot
        std::uint32_t expected = 0;     // elements, for a first guess of the length
    };
    // One report, asked for again when the first guess of its length was too small.
    void element_status(ElementQuery query, Reply<ElementReport> done);
    // The map and every element, drives with their identity.
    void inventory(Reply<Inventory> done);

    // Robot address 0 is the default one (SMC-3 6.5).
    void move(ElementAddress robot, ElementAddress source, ElementAddress destination,
              Reply<std::monostate> done);
    void exchange(ElementAddress robot, ElementAddress source, ElementAddress first_destination,
                  ElementAddress second_destination, Reply<std::monostate> done);
    void position(ElementAddress robot, ElementAddress destination, Reply<std::monostate> done);
    void initialize_element_status(Reply<std::monostate> done);
    void initialize_element_status(ElementRange range, Reply<std::monostate> done);

private:
    using Answered = std::function<void(scsi::Response)>;

    void send(scsi::Bytes cdb, std::uint32_t data_in_length, Answered done);
    void order(std::string command, scsi::Bytes cdb, Reply<std::monostate> done);
    void mode_page(std::uint8_t page, Reply<scsi::Bytes> done);
    void ask_elements(ElementQuery query, std::uint32_t allocation, Reply<ElementReport> done);
    void drives_in_two_reports(ElementQuery query, Reply<ElementReport> done);
    void next_type(std::shared_ptr<Inventory> inventory, std::size_t index, Reply<Inventory> done);

    scsi::Initiator* initiator_;
    scsi::Lun lun_;
};

}  // namespace nearline::initiator
