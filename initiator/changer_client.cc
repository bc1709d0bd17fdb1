#include "initiator/changer_client.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

#include "base/text.h"

namespace nearline::initiator {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Failure;
using base::Result;
using scsi::Bytes;
using scsi::BytesView;
using scsi::Response;

constexpr std::uint32_t kMostAllocation = 0xFFFFFF;  // 24 bits
constexpr std::uint32_t kLongDescriptor = 164;       // both tags, and an identifier of 64 bytes
constexpr std::uint8_t kElementAddressPage = 0x1D;
constexpr std::uint8_t kDeviceCapabilitiesPage = 0x1F;

unsigned number(ElementAddress address) {
    return static_cast<unsigned>(address);
}

// --- CDBs.

Bytes six_bytes(std::uint8_t opcode, std::uint8_t byte1 = 0, std::uint8_t byte2 = 0,
                std::uint16_t bytes3 = 0) {
    Bytes cdb;
    ByteWriter(cdb).u8(opcode).u8(byte1).u8(byte2).u16(bytes3).u8(0);
    return cdb;
}

// SPC-4 6.6: without block descriptors, of which old clients and odd changers make a mess.
Bytes mode_sense_6(std::uint8_t page, bool without_block_descriptors) {
    return six_bytes(0x1A, without_block_descriptors ? 0x08 : 0x00, page, 0x00FF);
}

Bytes report_luns_cdb(std::uint32_t allocation) {
    Bytes cdb;
    ByteWriter(cdb).u8(0xA0).zeros(5).u32(allocation).zeros(2);
    return cdb;
}

// SMC-3 6.11.
Bytes read_element_status(const ChangerClient::ElementQuery& query, std::uint32_t allocation) {
    const unsigned byte1 =
        (query.with_volume_tags ? 0x10U : 0U) | static_cast<unsigned>(query.type);
    const unsigned byte6 =
        (query.from_cache_only ? 0x02U : 0U) | (query.with_identifiers ? 1U : 0U);
    Bytes cdb;
    ByteWriter(cdb).u8(0xB8).u8(byte1).u16(number(query.start)).u16(query.count).u8(byte6);
    ByteWriter(cdb).u24(allocation).zeros(2);
    return cdb;
}

// SMC-3 6.5.
Bytes move_medium(ElementAddress robot, ElementAddress source, ElementAddress destination) {
    Bytes cdb;
    ByteWriter(cdb).u8(0xA5).u8(0).u16(number(robot)).u16(number(source));
    ByteWriter(cdb).u16(number(destination)).zeros(4);
    return cdb;
}

// SMC-3 6.2.
Bytes exchange_medium(ElementAddress robot, ElementAddress source, ElementAddress first,
                      ElementAddress second) {
    Bytes cdb;
    ByteWriter(cdb).u8(0xA6).u8(0).u16(number(robot)).u16(number(source));
    ByteWriter(cdb).u16(number(first)).u16(number(second)).zeros(2);
    return cdb;
}

// SMC-3 6.8.
Bytes position_to_element(ElementAddress robot, ElementAddress destination) {
    Bytes cdb;
    ByteWriter(cdb).u8(0x2B).u8(0).u16(number(robot)).u16(number(destination)).zeros(4);
    return cdb;
}

// SMC-3 6.4, with RANGE.
Bytes initialize_with_range(ElementRange range) {
    Bytes cdb;
    ByteWriter(cdb).u8(0x37).u8(1).u16(number(range.first)).zeros(2).u16(range.count).zeros(2);
    return cdb;
}

// --- Answers.

CommandFailure nonsense(std::string command, std::string what) {
    return {std::move(command), {}, std::move(what)};
}

bool is_illegal_request(const CommandFailure& failure) {
    return !failure.is_transport_failure() &&
           failure.response.status == scsi::Status::CheckCondition &&
           failure.response.sense.key == scsi::SenseKey::IllegalRequest;
}

// INQUIRY texts are for people: padding goes, and what is no text is shown as '?'.
std::string text_at(BytesView data, std::size_t offset, std::size_t width) {
    if (data.size() <= offset) return {};
    const BytesView field = data.subspan(offset, std::min(width, data.size() - offset));
    std::string text(base::as_text(field));
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return text;
}

// The page in a MODE SENSE (6) answer, behind however many block descriptors there are.
std::optional<Bytes> page_in(BytesView data, std::uint8_t page) {
    ByteReader in(data);
    in.skip(3);
    in.skip(in.u8());
    const BytesView body = data.subspan(in.position());
    // Bit 7 is PS: some changers set it (SPC-4 7.5.6).
    const std::uint8_t code = in.u8() & 0x3F;
    const std::size_t length = std::min<std::size_t>(body.size(), 2U + in.u8());
    if (!in.ok() || code != page) return std::nullopt;
    return Bytes(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(length));
}

std::optional<ElementMap> map_in(BytesView page) {
    ByteReader in(page);
    in.skip(2);
    ElementMap map;
    for (ElementRange* range : {&map.robots, &map.slots, &map.stations, &map.drives}) {
        range->first = ElementAddress{in.u16()};
        range->count = in.u16();
    }
    return in.ok() ? std::optional(map) : std::nullopt;
}

std::optional<Capabilities> capabilities_in(BytesView page) {
    constexpr std::uint8_t kVolumeTagReader = 0x02;
    ByteReader in(page);
    in.skip(2);
    Capabilities capabilities;
    capabilities.storage = in.u8();
    capabilities.has_volume_tag_reader = (in.u8() & kVolumeTagReader) != 0;
    for (std::uint8_t& targets : capabilities.move_from) targets = in.u8() & 0x0F;
    if (!in.ok()) return std::nullopt;
    in.skip(4);
    // Absent in the short form of the page: then there is no exchange.
    for (std::uint8_t& targets : capabilities.exchange_from) targets = in.u8() & 0x0F;
    return capabilities;
}

std::vector<scsi::Lun> luns_in(BytesView data) {
    ByteReader in(data);
    const std::size_t length = in.u32();
    in.skip(4);
    std::vector<scsi::Lun> luns;
    while (in.remaining() >= 8 && luns.size() < length / 8) luns.push_back(scsi::Lun{in.u64()});
    return luns;
}

void take_identifiers(std::vector<Element>& elements, const std::vector<Element>& identified) {
    for (const Element& from : identified) {
        const auto to = std::find_if(elements.begin(), elements.end(), [&](const Element& element) {
            return element.address == from.address;
        });
        if (to == elements.end()) continue;
        to->identifier_type = from.identifier_type;
        to->identifier = from.identifier;
    }
}

}  // namespace

std::string to_text(const CommandFailure& failure) {
    const Response& response = failure.response;
    std::string text = failure.command + ": ";
    if (failure.is_transport_failure()) return text + response.failure;
    if (!failure.nonsense.empty()) return text + failure.nonsense;
    if (response.status != scsi::Status::CheckCondition) {
        return text + std::string(scsi::to_text(response.status));
    }
    return text + scsi::to_text(response.sense) + " (" +
           std::string(scsi::to_text(response.sense.key)) + ")";
}

bool ElementRange::contains(ElementAddress address) const {
    return number(address) >= number(first) && number(address) - number(first) < count;
}

const ElementRange& ElementMap::of(ElementType type) const {
    switch (type) {
        case ElementType::MediumTransport:
            return robots;
        case ElementType::ImportExport:
            return stations;
        case ElementType::DataTransfer:
            return drives;
        case ElementType::Storage:
        case ElementType::All:
            break;
    }
    return slots;
}

std::optional<ElementType> ElementMap::type_of(ElementAddress address) const {
    for (const ElementType type : {ElementType::Storage, ElementType::ImportExport,
                                   ElementType::DataTransfer, ElementType::MediumTransport}) {
        if (of(type).contains(address)) return type;
    }
    return std::nullopt;
}

const Element* Inventory::find(ElementAddress address) const {
    const auto found = std::find_if(elements.begin(), elements.end(), [&](const Element& element) {
        return element.address == address;
    });
    return found == elements.end() ? nullptr : &*found;
}

std::vector<const Element*> Inventory::of(ElementType type) const {
    std::vector<const Element*> matching;
    for (const Element& element : elements) {
        if (element.type == type) matching.push_back(&element);
    }
    return matching;
}

void ChangerClient::send(Bytes cdb, std::uint32_t data_in_length, Answered done) {
    initiator_->execute({lun_, std::move(cdb), {}, data_in_length}, std::move(done));
}

// A command that only succeeds or fails.
void ChangerClient::order(std::string command, Bytes cdb, Reply<std::monostate> done) {
    send(std::move(cdb), 0, [command = std::move(command), done](Response response) {
        if (response.is_good()) return done(std::monostate{});
        done(Failure{CommandFailure{command, std::move(response), {}}});
    });
}

void ChangerClient::report_luns(Reply<std::vector<scsi::Lun>> done) {
    constexpr std::uint32_t kAllocation = 8 + 8 * 1024;
    send(report_luns_cdb(kAllocation), kAllocation, [done](Response response) {
        if (!response.is_good()) {
            return done(Failure{CommandFailure{"REPORT LUNS", std::move(response), {}}});
        }
        done(luns_in(response.data_in));
    });
}

void ChangerClient::inquiry(Reply<InquiryData> done) {
    constexpr std::uint8_t kAllocation = 0xFF;  // all of it, and fits where byte 3 is reserved
    send(six_bytes(0x12, 0, 0, kAllocation), kAllocation, [done](Response response) {
        if (!response.is_good()) {
            return done(Failure{CommandFailure{"INQUIRY", std::move(response), {}}});
        }
        const Bytes& data = response.data_in;
        ByteReader in(data);
        const std::uint8_t peripheral = in.u8();
        in.skip(1);
        const std::uint8_t version = in.u8();
        in.skip(2);
        if (!in.ok()) {
            return done(Failure{nonsense("INQUIRY", std::to_string(data.size()) + " bytes")});
        }
        done(InquiryData{static_cast<std::uint8_t>(peripheral >> 5),
                         static_cast<std::uint8_t>(peripheral & 0x1F), version, text_at(data, 8, 8),
                         text_at(data, 16, 16), text_at(data, 32, 4), data});
    });
}

void ChangerClient::vital_product_page(std::uint8_t code, Reply<VitalProductPage> done) {
    constexpr std::uint16_t kAllocation = 0x1000;
    send(six_bytes(0x12, 1, code, kAllocation), kAllocation, [code, done](Response response) {
        const std::string command =
            "INQUIRY, page " + base::to_upper(base::to_hex(BytesView(&code, 1))) + "h";
        if (!response.is_good()) {
            return done(Failure{CommandFailure{command, std::move(response), {}}});
        }
        ByteReader in(response.data_in);
        in.skip(1);
        const std::uint8_t returned = in.u8();
        const std::size_t length = in.u16();
        if (!in.ok() || returned != code) return done(Failure{nonsense(command, "not that page")});
        const BytesView body = in.bytes(std::min(length, in.remaining()));
        done(VitalProductPage{code, Bytes(body.begin(), body.end())});
    });
}

void ChangerClient::test_unit_ready(Reply<std::monostate> done) {
    order("TEST UNIT READY", six_bytes(0x00), std::move(done));
}

// Without block descriptors first; a changer that refuses that is asked once more (as the Linux
// ch driver does it the other way round).
void ChangerClient::mode_page(std::uint8_t page, Reply<Bytes> done) {
    const std::string command =
        "MODE SENSE, page " + base::to_upper(base::to_hex(BytesView(&page, 1))) + "h";
    const auto finish = [page, command, done](Response response) {
        if (!response.is_good()) {
            return done(Failure{CommandFailure{command, std::move(response), {}}});
        }
        auto found = page_in(response.data_in, page);
        if (!found) return done(Failure{nonsense(command, "the answer does not hold the page")});
        done(std::move(*found));
    };
    send(mode_sense_6(page, true), 0xFF, [this, page, command, finish](Response response) {
        if (!is_illegal_request({command, response, {}})) return finish(std::move(response));
        send(mode_sense_6(page, false), 0xFF, finish);
    });
}

void ChangerClient::element_map(Reply<ElementMap> done) {
    mode_page(kElementAddressPage, [done](auto page) {
        if (!page) return done(Failure{page.error()});
        const auto map = map_in(*page);
        if (!map) return done(Failure{nonsense("MODE SENSE, page 1Dh", "the page is too short")});
        done(*map);
    });
}

void ChangerClient::capabilities(Reply<Capabilities> done) {
    mode_page(kDeviceCapabilitiesPage, [done](auto page) {
        if (!page) return done(Failure{page.error()});
        const auto found = capabilities_in(*page);
        if (!found) return done(Failure{nonsense("MODE SENSE, page 1Fh", "the page is too short")});
        done(*found);
    });
}

void ChangerClient::element_status(ElementQuery query, Reply<ElementReport> done) {
    constexpr std::uint32_t kLeast = 4096;
    const std::uint32_t guess =
        std::clamp(64 + query.expected * kLongDescriptor, kLeast, kMostAllocation);
    ask_elements(query, guess, [this, query, guess, done](auto report) {
        if (!report) return done(std::move(report));
        const std::uint64_t whole = std::uint64_t{8} + report->byte_count;
        if (whole <= guess) return done(std::move(report));
        ask_elements(query,
                     static_cast<std::uint32_t>(std::min<std::uint64_t>(whole, kMostAllocation)),
                     done);
    });
}

void ChangerClient::ask_elements(ElementQuery query, std::uint32_t allocation,
                                 Reply<ElementReport> done) {
    send(read_element_status(query, allocation), allocation, [done](Response response) {
        if (!response.is_good()) {
            return done(Failure{CommandFailure{"READ ELEMENT STATUS", std::move(response), {}}});
        }
        auto report = parse_element_report(response.data_in);
        if (!report) return done(Failure{nonsense("READ ELEMENT STATUS", report.error())});
        done(std::move(*report));
    });
}

// IBM TS3500 and others refuse labels and serial numbers in one report: once with labels, once
// with identifiers, and a changer that has neither still tells what is full.
void ChangerClient::drives_in_two_reports(ElementQuery query, Reply<ElementReport> done) {
    query.with_identifiers = false;
    element_status(query, [this, query, done](auto labelled) {
        if (!labelled) {
            if (!is_illegal_request(labelled.error())) return done(std::move(labelled));
            ElementQuery plain = query;
            plain.with_volume_tags = false;
            return element_status(plain, done);
        }
        ElementQuery identities = query;
        identities.with_volume_tags = false;
        identities.with_identifiers = true;
        auto report = std::make_shared<ElementReport>(std::move(*labelled));  // until the answer
        element_status(identities, [report, done](auto identified) {
            if (identified) take_identifiers(report->elements, identified->elements);
            done(std::move(*report));
        });
    });
}

void ChangerClient::inventory(Reply<Inventory> done) {
    element_map([this, done](auto map) {
        if (!map) return done(Failure{map.error()});
        auto inventory = std::make_shared<Inventory>();  // handed from answer to answer
        inventory->map = *map;
        next_type(std::move(inventory), 0, done);
    });
}

void ChangerClient::next_type(std::shared_ptr<Inventory> inventory, std::size_t index,
                              Reply<Inventory> done) {
    constexpr ElementType kOrder[] = {ElementType::Storage, ElementType::ImportExport,
                                      ElementType::DataTransfer, ElementType::MediumTransport};
    if (index == std::size(kOrder)) return done(std::move(*inventory));
    const ElementType type = kOrder[index];
    const std::uint16_t count = inventory->map.of(type).count;
    // Some changers refuse to report on a type they have nothing of.
    if (count == 0) return next_type(std::move(inventory), index + 1, std::move(done));
    ElementQuery query;
    query.type = type;
    query.expected = count;
    query.with_identifiers = type == ElementType::DataTransfer;
    const Reply<ElementReport> take = [this, inventory, index, type, done](auto report) {
        if (!report) return done(Failure{report.error()});
        // tgt and others answer with more types than were asked for.
        std::copy_if(report->elements.begin(), report->elements.end(),
                     std::back_inserter(inventory->elements),
                     [type](const Element& element) { return element.type == type; });
        next_type(inventory, index + 1, done);
    };
    element_status(query, [this, query, take](auto report) {
        if (report || !is_illegal_request(report.error())) return take(std::move(report));
        drives_in_two_reports(query, take);
    });
}

void ChangerClient::move(ElementAddress robot, ElementAddress source, ElementAddress destination,
                         Reply<std::monostate> done) {
    order("MOVE MEDIUM", move_medium(robot, source, destination), std::move(done));
}

void ChangerClient::exchange(ElementAddress robot, ElementAddress source,
                             ElementAddress first_destination, ElementAddress second_destination,
                             Reply<std::monostate> done) {
    order("EXCHANGE MEDIUM", exchange_medium(robot, source, first_destination, second_destination),
          std::move(done));
}

void ChangerClient::position(ElementAddress robot, ElementAddress destination,
                             Reply<std::monostate> done) {
    order("POSITION TO ELEMENT", position_to_element(robot, destination), std::move(done));
}

void ChangerClient::initialize_element_status(Reply<std::monostate> done) {
    order("INITIALIZE ELEMENT STATUS", six_bytes(0x07), std::move(done));
}

void ChangerClient::initialize_element_status(ElementRange range, Reply<std::monostate> done) {
    order("INITIALIZE ELEMENT STATUS WITH RANGE", initialize_with_range(range), std::move(done));
}

}  // namespace nearline::initiator
