#include "ntmsapi/values.h"

#include <gtest/gtest.h>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/object_information.h"

namespace nearline::ntmsapi {
namespace {

constexpr GUID kId = {0x6E9A0C1E, 0x0F5B, 0x4C1D, {0x9B, 0x7E, 0x1F, 0x2A, 0x3B, 0x4C, 0x5D, 0x6E}};
const std::string kText = "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e";

TEST(Guid, IsWrittenAsItIsPrinted) {
    EXPECT_EQ(to_text(kId), kText);
    EXPECT_EQ(to_text(kNullGuid), "00000000-0000-0000-0000-000000000000");
}

TEST(Guid, IsReadInAnyUsualForm) {
    for (const char* form :
         {"6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e", "{6E9A0C1E-0F5B-4C1D-9B7E-1F2A3B4C5D6E}",
          "6e9a0c1e0f5b4c1d9b7e1f2a3b4c5d6e"}) {
        const auto id = parse_guid(form);
        ASSERT_TRUE(id) << form;
        EXPECT_TRUE(*id == kId) << form;
    }
    EXPECT_TRUE(parse_guid("") == kNullGuid);
}

TEST(Guid, IsNotReadFromAnythingElse) {
    for (const char* form :
         {"6e9a0c1e", "{6e9a0c1e0f5b4c1d9b7e1f2a3b4c5d6e", "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6",
          "-", "6e9a0c1e-0f5b-4c1d-9b7e1-f2a3b4c5d6e", "xe9a0c1e0f5b4c1d9b7e1f2a3b4c5d6e"}) {
        EXPECT_FALSE(parse_guid(form)) << form;
    }
}

// U+00E9 takes two bytes, U+20AC three, U+1F4FC four and a surrogate pair.
TEST(Text, CrossesBetweenUtf8AndUtf16) {
    const std::string utf8 = "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x93\xBC";
    const std::u16string utf16 = u"caf\u00E9 \u20AC \U0001F4FC";
    EXPECT_EQ(to_utf16(utf8), utf16);
    EXPECT_EQ(to_utf8(std::u16string_view(utf16)), utf8);
    EXPECT_EQ(to_utf8(std::string_view(utf8)), utf8);
}

TEST(Text, ThatIsNotWellFormedIsRefusedOnItsWayIn) {
    for (const char* text : {"\x80", "\xC3", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80",
                             "\xF4\x90\x80\x80", "\xFF", "a\xC3(", "\xE0\x80\xAF"}) {
        EXPECT_FALSE(to_utf8(std::string_view(text))) << text;
    }
    const char16_t lone_high[] = {0xD83D, 0};
    const char16_t lone_low[] = {0xDCFC, u'a', 0};
    EXPECT_FALSE(to_utf8(std::u16string_view(lone_high)));
    EXPECT_FALSE(to_utf8(std::u16string_view(lone_low)));
}

TEST(Text, ThatIsNotWellFormedIsShownOnItsWayOut) {
    EXPECT_EQ(to_utf16("a\xFFz"), u"a\uFFFDz");
}

TEST(CopyText, CutsBeforeACharacterThatDoesNotFit) {
    CHAR narrow[4];
    copy_text("ab\xC3\xA9", narrow);
    EXPECT_STREQ(narrow, "ab");
    copy_text("abcd", narrow);
    EXPECT_STREQ(narrow, "abc");
    WCHAR wide[4];
    copy_text("ab\xF0\x9F\x93\xBC", wide);
    EXPECT_EQ(std::u16string(wide), u"ab");
    copy_text("a\xF0\x9F\x93\xBC", wide);
    EXPECT_EQ(std::u16string(wide), u"a\U0001F4FC");
}

TEST(TextOf, EndsWithTheArrayWhenThereIsNoZero) {
    const CHAR full[3] = {'a', 'b', 'c'};
    EXPECT_EQ(text_of(full), "abc");
    const CHAR shorter[3] = {'a', 0, 'c'};
    EXPECT_EQ(text_of(shorter), "a");
}

TEST(SystemTime, IsUtcWithItsDayOfTheWeek) {
    // 2026-11-24 13:14:15.016 UTC, a Tuesday (date -u -d @1795526055).
    const SYSTEMTIME time = to_system_time(1'795'526'055'016);
    EXPECT_EQ(time.wYear, 2026);
    EXPECT_EQ(time.wMonth, 11);
    EXPECT_EQ(time.wDay, 24);
    EXPECT_EQ(time.wDayOfWeek, 2);
    EXPECT_EQ(time.wHour, 13);
    EXPECT_EQ(time.wMinute, 14);
    EXPECT_EQ(time.wSecond, 15);
    EXPECT_EQ(time.wMilliseconds, 16);
}

TEST(SystemTime, OfNeverIsAllZeros) {
    for (const std::uint64_t never : {std::uint64_t{0}, ~std::uint64_t{0}}) {
        EXPECT_EQ(to_system_time(never).wYear, 0);
        EXPECT_EQ(to_system_time(never).wMonth, 0);
    }
}

// --- Objects.

v1::ObjectInformation a_side() {
    v1::ObjectInformation side;
    side.set_type(NTMS_PARTITION);
    side.set_created(1'795'526'055'016);
    side.set_object_guid(kText);
    side.set_enabled(true);
    side.set_operational_state(NTMS_READY);
    side.set_name("NL0001L9");
    side.set_description("caf\xC3\xA9");
    auto& partition = *side.mutable_partition();
    partition.set_physical_media(kText);
    partition.set_state(NTMS_PARTSTATE_IMPORT);
    partition.set_side(1);
    partition.set_omid_label_id(std::string("\x01\x00\xFF", 3));
    partition.set_omid_label_type("Simple Tape Label (STL)");
    partition.set_mount_count(7);
    partition.set_capacity(18'000'000'000'000);
    return side;
}

template <typename Information>
Information filled(const v1::ObjectInformation& from) {
    Information information;
    std::memset(&information, 0xAB, sizeof(information));
    information.dwSize = sizeof(information);
    fill(information, from);
    return information;
}

template <typename Information>
void expect_the_side(const Information& side) {
    EXPECT_EQ(side.dwSize, sizeof(Information));
    EXPECT_EQ(side.dwType, DWORD{NTMS_PARTITION});
    EXPECT_EQ(side.Created.wYear, 2026);
    EXPECT_EQ(side.Modified.wYear, 0);
    EXPECT_TRUE(side.ObjectGuid == kId);
    EXPECT_EQ(side.Enabled, TRUE);
    EXPECT_EQ(to_utf8(text_of(side.szName)), "NL0001L9");
    EXPECT_EQ(to_utf8(text_of(side.szDescription)), "caf\xC3\xA9");
    const auto& partition = side.Info.Partition;
    EXPECT_TRUE(partition.PhysicalMedia == kId);
    EXPECT_TRUE(NTMS_IS_NULLGUID(partition.LogicalMedia));
    EXPECT_EQ(partition.State, DWORD{NTMS_PARTSTATE_IMPORT});
    EXPECT_EQ(partition.Side, 1);
    EXPECT_EQ(partition.dwOmidLabelIdLength, 3U);
    EXPECT_EQ(partition.OmidLabelId[2], 0xFF);
    EXPECT_EQ(partition.OmidLabelId[3], 0);
    EXPECT_EQ(to_utf8(text_of(partition.szOmidLabelType)), "Simple Tape Label (STL)");
    EXPECT_EQ(partition.dwMountCount, 7U);
    EXPECT_EQ(partition.Capacity.QuadPart, 18'000'000'000'000);
}

TEST(ObjectInformation, FillsTheAForm) {
    expect_the_side(filled<NTMS_OBJECTINFORMATIONA>(a_side()));
}

TEST(ObjectInformation, FillsTheWForm) {
    expect_the_side(filled<NTMS_OBJECTINFORMATIONW>(a_side()));
}

TEST(ObjectInformation, CutsALabelIdThatIsTooLong) {
    v1::ObjectInformation side = a_side();
    side.mutable_partition()->set_omid_label_id(std::string(300, 'x'));
    const auto information = filled<NTMS_OBJECTINFORMATIONA>(side);
    EXPECT_EQ(information.Info.Partition.dwOmidLabelIdLength, DWORD{NTMS_OMIDLABELID_LENGTH});
    EXPECT_STREQ(information.Info.Partition.szOmidLabelType, "Simple Tape Label (STL)");
}

TEST(ObjectInformation, OfTheOfflineLibrary) {
    v1::ObjectInformation offline;
    offline.set_type(NTMS_LIBRARY);
    offline.mutable_library()->set_library_type(NTMS_LIBRARYTYPE_OFFLINE);
    offline.mutable_library()->set_flags(NTMS_LIBRARYFLAG_FIXEDOFFLINE);
    const auto information = filled<NTMS_OBJECTINFORMATIONW>(offline);
    EXPECT_EQ(information.Info.Library.LibraryType, DWORD{NTMS_LIBRARYTYPE_OFFLINE});
    EXPECT_EQ(information.Info.Library.dwFlags, DWORD{NTMS_LIBRARYFLAG_FIXEDOFFLINE});
    EXPECT_EQ(information.Info.Library.dwNumberOfSlots, 0U);
}

TEST(ObjectInformation, GivesWhatMaySetAndNoMore) {
    NTMS_OBJECTINFORMATIONW pool = {};
    pool.dwType = NTMS_MEDIA_POOL;
    pool.Enabled = TRUE;
    copy_text("Backup", pool.szName);
    pool.Info.MediaPool.PoolType = NTMS_POOLTYPE_APPLICATION;
    pool.Info.MediaPool.MediaType = kId;
    pool.Info.MediaPool.AllocationPolicy = NTMS_ALLOCATE_FROMSCRATCH;
    pool.Info.MediaPool.dwMaxAllocates = 5;
    v1::ObjectInformation message;
    ASSERT_TRUE(read(pool, message));
    EXPECT_EQ(message.ShortDebugString(), R"(type: 12 name: "Backup" media_pool { media_type: ")" +
                                              kText +
                                              R"(" allocation_policy: 1 max_allocates: 5 })");
}

TEST(ObjectInformation, WithTextThatIsNotWellFormedIsRefused) {
    NTMS_OBJECTINFORMATIONA drive = {};
    drive.dwType = NTMS_DRIVE;
    copy_text("x", drive.szDescription);
    drive.szDescription[0] = '\xFF';
    v1::ObjectInformation message;
    EXPECT_FALSE(read(drive, message));
}

}  // namespace
}  // namespace nearline::ntmsapi
