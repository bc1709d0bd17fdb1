// The functions of Windows that programs for RSM call: rights, text, events and threads, files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "ntmsapi/include/strsafe.h"
#include "ntmsapi/include/windows.h"

namespace nearline::ntmsapi {
namespace {

using testing::StartsWith;

// --- Rights.

class Rights : public testing::Test {
protected:
    void SetUp() override {
        SID_IDENTIFIER_AUTHORITY authority = {SECURITY_NT_AUTHORITY};
        ASSERT_TRUE(AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID,
                                             DOMAIN_ALIAS_RID_USERS, 0, 0, 0, 0, 0, 0, &users_));
        ASSERT_TRUE(AllocateAndInitializeSid(&authority, 1, SECURITY_LOCAL_SYSTEM_RID, 0, 0, 0, 0,
                                             0, 0, 0, &system_));
        ASSERT_TRUE(InitializeAcl(list(), sizeof(list_), ACL_REVISION));
    }
    void TearDown() override {
        FreeSid(users_);
        FreeSid(system_);
    }
    PACL list() { return reinterpret_cast<PACL>(list_.data()); }

    PSID users_ = nullptr;
    PSID system_ = nullptr;
    alignas(8) std::array<BYTE, 64> list_ = {};
};

TEST_F(Rights, ASidHasTheBytesOfTheSpecification) {
    // [MS-DTYP] 2.4.2.2: S-1-5-32-545.
    const std::array<BYTE, 16> expected = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x21, 2, 0, 0};
    ASSERT_EQ(GetLengthSid(users_), expected.size());
    EXPECT_EQ(std::memcmp(users_, expected.data(), expected.size()), 0);
    EXPECT_EQ(*GetSidSubAuthority(users_, 1), DWORD{DOMAIN_ALIAS_RID_USERS});
    EXPECT_EQ(*GetSidSubAuthorityCount(users_), 2);
    EXPECT_FALSE(EqualSid(users_, system_));
    std::array<BYTE, 16> copy = {};
    EXPECT_TRUE(CopySid(copy.size(), copy.data(), users_));
    EXPECT_TRUE(EqualSid(copy.data(), users_));
    EXPECT_FALSE(CopySid(copy.size() - 1, copy.data(), users_));
    EXPECT_EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
}

TEST_F(Rights, WhatIsNoSidIsNoneToAnybody) {
    std::array<BYTE, 16> none = {2, 1};
    EXPECT_FALSE(IsValidSid(none.data()));
    EXPECT_FALSE(IsValidSid(nullptr));
    EXPECT_FALSE(AddAccessAllowedAce(list(), ACL_REVISION, 1, none.data()));
    EXPECT_EQ(GetLastError(), ERROR_INVALID_SID);
}

TEST_F(Rights, EntriesAreAddedFoundAndDeleted) {
    EXPECT_TRUE(AddAccessAllowedAce(list(), ACL_REVISION, 7, users_));
    EXPECT_TRUE(AddAccessDeniedAce(list(), ACL_REVISION, 2, system_));
    ACL_SIZE_INFORMATION size = {};
    ASSERT_TRUE(GetAclInformation(list(), &size, sizeof(size), AclSizeInformation));
    EXPECT_EQ(size.AceCount, 2U);
    EXPECT_EQ(size.AclBytesInUse, 8U + 24 + 20);
    EXPECT_EQ(size.AclBytesFree, 64U - 52);
    LPVOID ace = nullptr;
    ASSERT_TRUE(GetAce(list(), 1, &ace));
    auto* denied = static_cast<ACCESS_DENIED_ACE*>(ace);
    EXPECT_EQ(denied->Header.AceType, ACCESS_DENIED_ACE_TYPE);
    EXPECT_EQ(denied->Mask, 2U);
    EXPECT_TRUE(EqualSid(&denied->SidStart, system_));
    ASSERT_TRUE(DeleteAce(list(), 0));
    EXPECT_EQ(list()->AceCount, 1);
    ASSERT_TRUE(GetAce(list(), 0, &ace));
    EXPECT_TRUE(EqualSid(&static_cast<ACCESS_DENIED_ACE*>(ace)->SidStart, system_));
    EXPECT_FALSE(GetAce(list(), 1, &ace));
    EXPECT_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

TEST_F(Rights, AnEntryThatHasNoRoomIsNotAdded) {
    EXPECT_TRUE(AddAccessAllowedAce(list(), ACL_REVISION, 7, users_));
    EXPECT_TRUE(AddAccessAllowedAce(list(), ACL_REVISION, 7, users_));
    EXPECT_FALSE(AddAccessAllowedAce(list(), ACL_REVISION, 7, users_));
    EXPECT_EQ(GetLastError(), ERROR_ALLOTTED_SPACE_EXCEEDED);
    EXPECT_EQ(list()->AceCount, 2);
    EXPECT_TRUE(IsValidAcl(list()));
}

TEST_F(Rights, EntriesOfOneListCanBePutBeforeThoseOfAnother) {
    alignas(8) std::array<BYTE, 64> other_bytes = {};
    auto* other = reinterpret_cast<PACL>(other_bytes.data());
    ASSERT_TRUE(InitializeAcl(other, sizeof(other_bytes), ACL_REVISION));
    ASSERT_TRUE(AddAccessAllowedAce(other, ACL_REVISION, 1, system_));
    ASSERT_TRUE(AddAccessAllowedAce(list(), ACL_REVISION, 7, users_));
    LPVOID ace = nullptr;
    ASSERT_TRUE(GetAce(other, 0, &ace));
    ASSERT_TRUE(AddAce(list(), ACL_REVISION, 0, ace, 20));
    ASSERT_TRUE(GetAce(list(), 0, &ace));
    EXPECT_EQ(static_cast<ACCESS_ALLOWED_ACE*>(ace)->Mask, 1U);
    ASSERT_TRUE(GetAce(list(), 1, &ace));
    EXPECT_EQ(static_cast<ACCESS_ALLOWED_ACE*>(ace)->Mask, 7U);
    EXPECT_FALSE(AddAce(list(), ACL_REVISION, 0, ace, 19));
}

TEST_F(Rights, AListWhoseEntriesDoNotFitIsNone) {
    ASSERT_TRUE(AddAccessAllowedAce(list(), ACL_REVISION, 7, users_));
    LPVOID ace = nullptr;
    ASSERT_TRUE(GetAce(list(), 0, &ace));
    static_cast<ACE_HEADER*>(ace)->AceSize = 60;
    EXPECT_FALSE(IsValidAcl(list()));
    EXPECT_FALSE(GetAce(list(), 0, &ace));
    EXPECT_EQ(GetLastError(), ERROR_INVALID_ACL);
}

TEST_F(Rights, ADescriptorBecomesSelfRelativeAndIsReadLikeTheOther) {
    SECURITY_DESCRIPTOR absolute = {};
    ASSERT_TRUE(AddAccessAllowedAce(list(), ACL_REVISION, 7, users_));
    ASSERT_TRUE(InitializeSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION));
    ASSERT_TRUE(SetSecurityDescriptorDacl(&absolute, TRUE, list(), FALSE));
    ASSERT_TRUE(SetSecurityDescriptorOwner(&absolute, system_, FALSE));
    ASSERT_TRUE(SetSecurityDescriptorGroup(&absolute, users_, TRUE));
    DWORD size = 0;
    EXPECT_FALSE(MakeSelfRelativeSD(&absolute, nullptr, &size));
    EXPECT_EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(size, 20U + 12 + 16 + 64);
    EXPECT_EQ(GetSecurityDescriptorLength(&absolute), size);
    alignas(8) std::array<BYTE, 112> relative = {};
    ASSERT_TRUE(MakeSelfRelativeSD(&absolute, relative.data(), &size));
    PACL dacl = nullptr;
    PSID owner = nullptr;
    PSID group = nullptr;
    BOOL is_present = FALSE;
    BOOL is_default = FALSE;
    ASSERT_TRUE(GetSecurityDescriptorDacl(relative.data(), &is_present, &dacl, &is_default));
    EXPECT_TRUE(is_present);
    EXPECT_EQ(std::memcmp(dacl, list(), sizeof(list_)), 0);
    ASSERT_TRUE(GetSecurityDescriptorOwner(relative.data(), &owner, &is_default));
    EXPECT_TRUE(EqualSid(owner, system_));
    ASSERT_TRUE(GetSecurityDescriptorGroup(relative.data(), &group, &is_default));
    EXPECT_TRUE(EqualSid(group, users_));
    EXPECT_TRUE(is_default);
    EXPECT_TRUE(IsValidSecurityDescriptor(relative.data()));
    // Only an absolute one can be set.
    EXPECT_FALSE(SetSecurityDescriptorDacl(relative.data(), FALSE, nullptr, FALSE));
    EXPECT_EQ(GetLastError(), ERROR_INVALID_SECURITY_DESCR);
}

// --- Text.

TEST(WideText, HasTheFunctionsOfWcharH) {
    std::array<WCHAR, 16> text = {};
    EXPECT_EQ(NearlineWcslen(u"four"), 4U);
    EXPECT_EQ(NearlineWcscmp(NearlineWcscpy(text.data(), u"Simple"), u"Simple"), 0);
    EXPECT_EQ(NearlineWcsncmp(u"Simple Tape", u"Simple Label", 7), 0);
    EXPECT_LT(NearlineWcscmp(u"a", u"b"), 0);
    EXPECT_GT(NearlineWcsncmp(u"b", u"a", 5), 0);
    EXPECT_EQ(NearlineWcsicmp(u"TAPE0", u"tape0"), 0);
    NearlineWcscat(text.data(), u"Tape");
    EXPECT_EQ(std::u16string(text.data()), u"SimpleTape");
    EXPECT_EQ(NearlineWcschr(text.data(), u'T'), text.data() + 6);
    EXPECT_EQ(NearlineWcsrchr(text.data(), u'e'), text.data() + 9);
    EXPECT_EQ(NearlineWcsstr(text.data(), u"Tap"), text.data() + 6);
    EXPECT_EQ(NearlineWcschr(text.data(), u'x'), nullptr);
    NearlineWcsncpy(text.data(), u"ab", 5);
    EXPECT_EQ(text[4], u'\0');
}

std::u16string printed(const WCHAR* format, const WCHAR* wide, const char* narrow, int number) {
    std::array<WCHAR, 64> text = {};
    NearlineSwprintf(text.data(), text.size(), format, wide, narrow, number);
    return text.data();
}

TEST(WideText, IsFormattedAsWindowsDoesIt) {
    EXPECT_EQ(printed(u"%s|%S|%d", u"w", "n", -3), u"w|n|-3");
    EXPECT_EQ(printed(u"%ls|%hs|%04X", u"w", "n", 0xAB), u"w|n|00AB");
    EXPECT_EQ(printed(u"%-4s|%3S|%u%%", u"w", "n", 7), u"w   |  n|7%");
    EXPECT_EQ(printed(u"%.1s|%hs|%3d", u"wide", "n", 2), u"w|n|  2");
    std::array<WCHAR, 32> text = {};
    NearlineSwprintf(text.data(), text.size(), u"%I64u %c %.2f", 1ULL << 40, 'x', 1.5);
    EXPECT_EQ(std::u16string(text.data()), u"1099511627776 x 1.50");
    EXPECT_EQ(NearlineSwprintf(text.data(), 3, u"%s", u"long"), -1);
    EXPECT_EQ(std::u16string(text.data()), u"lo");
}

TEST(SafeText, IsCutAtItsBuffersEndAndSaysSo) {
    std::array<CHAR, 5> text = {};
    EXPECT_EQ(StringCchCopyA(text.data(), text.size(), "abc"), S_OK);
    EXPECT_EQ(StringCchCatA(text.data(), text.size(), "de"), STRSAFE_E_INSUFFICIENT_BUFFER);
    EXPECT_STREQ(text.data(), "abcd");
    EXPECT_EQ(StringCchCopyA(text.data(), 0, ""), STRSAFE_E_INVALID_PARAMETER);
    EXPECT_EQ(StringCchPrintfA(text.data(), text.size(), "%d", 12345),
              STRSAFE_E_INSUFFICIENT_BUFFER);
    std::array<WCHAR, 5> wide = {};
    EXPECT_EQ(StringCchPrintfW(wide.data(), wide.size(), u"%s", u"abcde"),
              STRSAFE_E_INSUFFICIENT_BUFFER);
    size_t length = 0;
    EXPECT_EQ(StringCchLengthW(wide.data(), wide.size(), &length), S_OK);
    EXPECT_EQ(length, 4U);
    EXPECT_EQ(StringCchLengthA("abc", 3, &length), STRSAFE_E_INVALID_PARAMETER);
}

TEST(Conversion, IsBetweenUtf8AndUtf16) {
    std::array<WCHAR, 4> wide = {};
    EXPECT_EQ(MultiByteToWideChar(CP_UTF8, 0, "\xE2\x82\xAC", -1, wide.data(), 4), 2);
    EXPECT_EQ(std::u16string(wide.data()), u"\u20AC");
    EXPECT_EQ(MultiByteToWideChar(CP_ACP, 0, "abc", 3, nullptr, 0), 3);
    EXPECT_EQ(MultiByteToWideChar(CP_UTF8, 0, "abc", 3, wide.data(), 2), 0);
    EXPECT_EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xFF", 1, wide.data(), 4), 0);
    EXPECT_EQ(GetLastError(), ERROR_NO_UNICODE_TRANSLATION);
    std::array<CHAR, 8> narrow = {};
    EXPECT_EQ(WideCharToMultiByte(CP_UTF8, 0, u"\u20AC", -1, narrow.data(), 8, nullptr, nullptr),
              4);
    EXPECT_STREQ(narrow.data(), "\xE2\x82\xAC");
}

TEST(Guids, AreMadeWrittenAndRead) {
    GUID id = {};
    GUID again = {};
    ASSERT_EQ(UuidCreate(&id), RPC_S_OK);
    EXPECT_EQ(id.Data3 >> 12, 4);
    RPC_CSTR text = nullptr;
    ASSERT_EQ(UuidToStringA(&id, &text), RPC_S_OK);
    EXPECT_EQ(UuidFromStringA(text, &again), RPC_S_OK);
    EXPECT_TRUE(IsEqualGUID(id, again));
    RpcStringFreeA(&text);
    EXPECT_EQ(text, nullptr);
    std::array<WCHAR, 39> braces = {};
    EXPECT_EQ(StringFromGUID2(id, braces.data(), 39), 39);
    EXPECT_EQ(braces[0], u'{');
    EXPECT_EQ(StringFromGUID2(id, braces.data(), 38), 0);
    unsigned char wrong[] = "no id";
    EXPECT_EQ(UuidFromStringA(wrong, &again), RPC_S_INVALID_STRING_UUID);
}

TEST(Messages, NameTheError) {
    std::array<CHAR, 64> text = {};
    EXPECT_GT(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, nullptr, ERROR_INVALID_MEDIA, 0,
                             text.data(), text.size(), nullptr),
              0U);
    EXPECT_STREQ(text.data(), "ERROR_INVALID_MEDIA (4300)");
    LPSTR allocated = nullptr;
    FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, nullptr, 60'000, 0,
                   reinterpret_cast<LPSTR>(&allocated), 0, nullptr);
    EXPECT_STREQ(allocated, "error (60000)");
    LocalFree(allocated);
}

// --- Events and threads.

DWORD WINAPI wait_and_set(LPVOID parameter) {
    auto* events = static_cast<HANDLE*>(parameter);
    if (WaitForSingleObject(events[0], INFINITE) != WAIT_OBJECT_0) return 1;
    SetEvent(events[1]);
    return 42;
}

TEST(Threads, WaitForEventsAndForEachOther) {
    HANDLE events[] = {CreateEventA(nullptr, FALSE, FALSE, nullptr),
                       CreateEventA(nullptr, TRUE, FALSE, nullptr)};
    DWORD number = 0;
    const HANDLE thread = CreateThread(nullptr, 0, wait_and_set, events, 0, &number);
    ASSERT_NE(thread, nullptr);
    EXPECT_NE(number, GetCurrentThreadId());
    EXPECT_EQ(WaitForSingleObject(events[1], 0), DWORD{WAIT_TIMEOUT});
    SetEvent(events[0]);
    EXPECT_EQ(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    DWORD code = 0;
    EXPECT_TRUE(GetExitCodeThread(thread, &code));
    EXPECT_EQ(code, 42U);
    // The first resets itself, the second does not.
    EXPECT_EQ(WaitForMultipleObjects(2, events, FALSE, 0), WAIT_OBJECT_0 + 1);
    EXPECT_EQ(WaitForMultipleObjects(2, events, TRUE, 0), DWORD{WAIT_TIMEOUT});
    EXPECT_TRUE(ResetEvent(events[1]));
    EXPECT_EQ(WaitForSingleObject(events[1], 0), DWORD{WAIT_TIMEOUT});
    for (const HANDLE handle : {events[0], events[1], thread}) EXPECT_TRUE(CloseHandle(handle));
    EXPECT_FALSE(CloseHandle(thread));
    EXPECT_EQ(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT_EQ(WaitForSingleObject(thread, 0), WAIT_FAILED);
}

TEST(CriticalSections, MayBeEnteredAgainByTheirOwner) {
    CRITICAL_SECTION section;
    InitializeCriticalSection(&section);
    EnterCriticalSection(&section);
    EnterCriticalSection(&section);
    LeaveCriticalSection(&section);
    LeaveCriticalSection(&section);
    DeleteCriticalSection(&section);
}

// --- Files.

class Files : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "windows-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    std::string directory_;
};

TEST_F(Files, AreMadeWrittenAndRead) {
    const std::string path = directory_ + "\\file";  // backslashes are what they are there
    HANDLE file = CreateFileA(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr);
    ASSERT_NE(file, INVALID_HANDLE_VALUE);
    DWORD count = 0;
    EXPECT_TRUE(WriteFile(file, "hello", 5, &count, nullptr));
    EXPECT_EQ(count, 5U);
    EXPECT_TRUE(FlushFileBuffers(file));
    EXPECT_EQ(SetTapePosition(file, TAPE_REWIND, 0, 0, 0, FALSE), ERROR_INVALID_FUNCTION);
    EXPECT_TRUE(CloseHandle(file));
    EXPECT_EQ(CreateFileA(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr),
              INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_FILE_EXISTS);
    file = CreateFileA(path.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    std::array<CHAR, 8> text = {};
    EXPECT_TRUE(ReadFile(file, text.data(), text.size(), &count, nullptr));
    EXPECT_EQ(count, 5U);
    EXPECT_STREQ(text.data(), "hello");
    EXPECT_TRUE(ReadFile(file, text.data(), text.size(), &count, nullptr));
    EXPECT_EQ(count, 0U);
    EXPECT_FALSE(WriteFile(file, "x", 1, &count, nullptr));
    EXPECT_TRUE(CloseHandle(file));
}

TEST_F(Files, NamedLikeADriveAreLookedForWhereTheDrivesAre) {
    ::setenv("NEARLINE_TAPES", (directory_ + "/nst").c_str(), 1);
    EXPECT_EQ(CreateFileW(u"\\\\.\\tape7", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr),
              INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_FILE_NOT_FOUND);
    const std::string path = directory_ + "/nst7";
    CloseHandle(CreateFileA(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr));
    const HANDLE drive =
        CreateFileW(u"\\\\.\\TAPE7", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    ASSERT_NE(drive, INVALID_HANDLE_VALUE);
    // It is a file only, and no drive.
    EXPECT_EQ(GetTapeStatus(drive), ERROR_NOT_SUPPORTED);
    DWORD size = 0;
    TAPE_GET_MEDIA_PARAMETERS media = {};
    EXPECT_EQ(GetTapeParameters(drive, GET_TAPE_MEDIA_INFORMATION, &size, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetTapeParameters(drive, 7, &size, &media), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(PrepareTape(drive, 9, FALSE), ERROR_INVALID_PARAMETER);
    EXPECT_TRUE(CloseHandle(drive));
    ::unsetenv("NEARLINE_TAPES");
}

TEST(Handles, OfNothingAreRefused) {
    DWORD count = 7;
    EXPECT_FALSE(ReadFile(nullptr, &count, 1, &count, nullptr));
    EXPECT_EQ(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT_FALSE(SetEvent(INVALID_HANDLE_VALUE));
    EXPECT_EQ(GetTapeStatus(nullptr), ERROR_INVALID_HANDLE);
}

}  // namespace
}  // namespace nearline::ntmsapi
