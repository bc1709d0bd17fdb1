#include "initiator/changer_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/initiator/msl3040.h"

namespace nearline::initiator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

template <typename T>
struct Answer {
    std::optional<base::Result<T, CommandFailure>> result;
    Reply<T> reply() {
        return [this](auto answer) { result.emplace(std::move(answer)); };
    }
    bool is_fine() const { return result && result->has_value(); }
};

struct ClientWorld {
    explicit ClientWorld(ScriptedInitiator::Script script = msl3040)
        : initiator(std::move(script)), client(initiator, scsi::simple_lun(0)) {}
    ScriptedInitiator initiator;
    ChangerClient client;
};

TEST(ChangerClient, ReadsWhoTheChangerIs) {
    ClientWorld world;
    Answer<InquiryData> answer;
    world.client.inquiry(answer.reply());
    ASSERT_TRUE(answer.is_fine());
    const InquiryData& inquiry = **answer.result;
    EXPECT_TRUE(inquiry.is_medium_changer());
    EXPECT_EQ(inquiry.version, 6);
    EXPECT_EQ(inquiry.vendor, "HPE");
    EXPECT_EQ(inquiry.product, "MSL G3 Series");
    EXPECT_EQ(inquiry.revision, "3350");
    EXPECT_THAT(world.initiator.cdbs(), ElementsAre("12000000ff00"));
}

TEST(ChangerClient, TakesNoInquiryThatIsTooShort) {
    ClientWorld world([](const scsi::Request&) { return good(bytes_of("08 80 06 02")); });
    Answer<InquiryData> answer;
    world.client.inquiry(answer.reply());
    ASSERT_TRUE(answer.result.has_value());
    ASSERT_FALSE(answer.result->has_value());
    EXPECT_EQ(to_text(answer.result->error()), "INQUIRY: 4 bytes");
}

TEST(ChangerClient, ReadsTheElementMapBehindBlockDescriptorsToo) {
    // The first try, with DBD, is refused; the second has a block descriptor and PS set.
    ClientWorld world([](const scsi::Request& request) {
        if (base::to_hex(request.cdb).starts_with("1a08")) return refused(scsi::kInvalidFieldInCdb);
        return good(
            bytes_of("1F 00 00 08 0000000000000000"
                     "9D 12 0000 0001 03E9 0028 0065 0005 0001 0002 0000"));
    });
    Answer<ElementMap> answer;
    world.client.element_map(answer.reply());
    ASSERT_TRUE(answer.is_fine());
    const ElementMap& map = **answer.result;
    EXPECT_EQ(map.slots, (ElementRange{ElementAddress{0x03E9}, 40}));
    EXPECT_EQ(map.stations, (ElementRange{ElementAddress{0x0065}, 5}));
    EXPECT_EQ(map.type_of(ElementAddress{2}), ElementType::DataTransfer);
    EXPECT_EQ(map.type_of(ElementAddress{0x0411}), std::nullopt);
    EXPECT_THAT(world.initiator.cdbs(), ElementsAre("1a081d00ff00", "1a001d00ff00"));
}

TEST(ChangerClient, TakesNoOtherPageForTheOneItAskedFor) {
    for (const char* wrong : {"03 00 00 00", "05 00 00 00 1D", "17 00 00 00 1F 02 0000",
                              "17 00 00 FF 1D 12 0000", "0B 00 00 00 1D 06 0000 0001 03E9"}) {
        ClientWorld world([&](const scsi::Request&) { return good(bytes_of(wrong)); });
        Answer<ElementMap> answer;
        world.client.element_map(answer.reply());
        ASSERT_TRUE(answer.result.has_value());
        EXPECT_FALSE(answer.result->has_value()) << wrong;
    }
}

TEST(ChangerClient, ReadsCapabilities) {
    ClientWorld world;
    Answer<Capabilities> answer;
    world.client.capabilities(answer.reply());
    ASSERT_TRUE(answer.is_fine());
    const Capabilities& capabilities = **answer.result;
    EXPECT_EQ(capabilities.storage, 0x0E);
    EXPECT_TRUE(capabilities.has_volume_tag_reader);
    EXPECT_THAT(capabilities.move_from, ElementsAre(0, 0x0A, 0, 0x0A));
    EXPECT_THAT(capabilities.exchange_from, ElementsAre(0, 0, 0, 0));
}

TEST(ChangerClient, TakesTheInventoryTypeByType) {
    ClientWorld world;
    Answer<Inventory> answer;
    world.client.inventory(answer.reply());
    ASSERT_TRUE(answer.is_fine());
    const Inventory& inventory = **answer.result;
    EXPECT_THAT(inventory.elements, SizeIs(6));
    EXPECT_EQ(inventory.find(ElementAddress{2})->volume_tag, "Z20001L9");
    EXPECT_EQ(inventory.find(ElementAddress{3}), nullptr);
    EXPECT_THAT(inventory.of(ElementType::Storage), SizeIs(3));
    // Of stations, which it has none of, it is not asked; drives are asked with DVCID.
    EXPECT_THAT(world.initiator.cdbs(),
                ElementsAre("1a081d00ff00", "b8120000ffff000010000000", "b8140000ffff010010000000",
                            "b8110000ffff000010000000"));
}

TEST(ChangerClient, AsksForLabelsAndSerialNumbersApartWhereBothAreRefused) {
    ClientWorld world([](const scsi::Request& request) {
        const std::string cdb = base::to_hex(request.cdb);
        if (cdb.starts_with("b8140000ffff01")) return refused(scsi::kInvalidFieldInCdb);
        if (cdb.starts_with("b804")) {
            return good(bytes_of(with_report_header(
                "04 00 0032 00 000032 0001 09 00 0000 000000 81 040A 02 01 00 22" +
                    hex_of_text("IBM     ULT3580-TD9     0123456789"),
                "1")));
        }
        return msl3040(request);
    });
    Answer<Inventory> answer;
    world.client.inventory(answer.reply());
    ASSERT_TRUE(answer.is_fine());
    const Element* drive = (**answer.result).find(ElementAddress{1});
    ASSERT_NE(drive, nullptr);
    EXPECT_EQ(drive->volume_tag, "S30002L9");
    EXPECT_EQ(drive->drive_serial(), "0123456789");
}

TEST(ChangerClient, AsksAgainWhenAReportIsLongerThanItGuessed) {
    // 5000 bytes follow the header; the first guess is 4096.
    ClientWorld world([](const scsi::Request&) {
        scsi::Bytes data = bytes_of("03E9 0060 00 001388 02 80 0034 00 001380");
        data.resize(5008);
        return good(std::move(data));
    });
    Answer<ElementReport> answer;
    ChangerClient::ElementQuery query;
    query.type = ElementType::Storage;
    world.client.element_status(query, answer.reply());
    ASSERT_TRUE(answer.is_fine());
    EXPECT_THAT((**answer.result).elements, SizeIs(0x1380 / 0x34));
    EXPECT_THAT(world.initiator.cdbs(),
                ElementsAre("b8120000ffff000010000000", "b8120000ffff000013900000"));
}

TEST(ChangerClient, SendsMovesAsSmcThreeHasThem) {
    ClientWorld world([](const scsi::Request&) { return good(); });
    Answer<std::monostate> answer;
    const auto at = [](std::uint16_t address) { return ElementAddress{address}; };
    world.client.move(at(1), at(0x1000), at(0x0100), answer.reply());
    world.client.exchange(at(1), at(0x1000), at(0x0100), at(0x1001), answer.reply());
    world.client.position(at(1), at(0x1000), answer.reply());
    world.client.initialize_element_status(answer.reply());
    world.client.initialize_element_status({at(0x1000), 4}, answer.reply());
    EXPECT_THAT(world.initiator.cdbs(),
                ElementsAre("a50000011000010000000000", "a60000011000010010010000",
                            "2b000001100000000000", "070000000000", "37011000000000040000"));
    EXPECT_TRUE(answer.is_fine());
}

TEST(ChangerClient, SaysWhatWasRefusedAndWhy) {
    ClientWorld world(
        [](const scsi::Request&) { return refused(scsi::kMediumSourceElementEmpty); });
    Answer<std::monostate> answer;
    world.client.move({}, ElementAddress{1}, ElementAddress{2}, answer.reply());
    ASSERT_TRUE(answer.result.has_value());
    ASSERT_FALSE(answer.result->has_value());
    EXPECT_THAT(to_text(answer.result->error()), HasSubstr("MOVE MEDIUM: 5/3B/0E"));
    EXPECT_THAT(to_text(answer.result->error()), HasSubstr("ILLEGAL REQUEST"));
}

TEST(ChangerClient, PassesOnALostConnectionInItsWords) {
    ClientWorld world([](const scsi::Request&) { return lost("the connection was lost"); });
    Answer<Inventory> answer;
    world.client.inventory(answer.reply());
    ASSERT_TRUE(answer.result.has_value());
    ASSERT_FALSE(answer.result->has_value());
    EXPECT_TRUE(answer.result->error().is_transport_failure());
    EXPECT_EQ(to_text(answer.result->error()), "MODE SENSE, page 1Dh: the connection was lost");
}

TEST(ChangerClient, ListsTheUnitsOfATarget) {
    ClientWorld world([](const scsi::Request&) {
        return good(bytes_of("00000010 00000000 0000000000000000 0001000000000000"));
    });
    Answer<std::vector<scsi::Lun>> answer;
    world.client.report_luns(answer.reply());
    ASSERT_TRUE(answer.is_fine());
    EXPECT_THAT(**answer.result, ElementsAre(scsi::simple_lun(0), scsi::simple_lun(1)));
}

}  // namespace
}  // namespace nearline::initiator
