#include "initiator/iscsi_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearline::initiator {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(IscsiUrl, NamesPortalTargetAndUnit) {
    const auto url = parse_iscsi_url("iscsi://127.0.0.1:3260/iqn.2026-11.test.nearline:vault/0");
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(url->portal.address, "127.0.0.1:3260");
    EXPECT_EQ(url->target, "iqn.2026-11.test.nearline:vault");
    EXPECT_EQ(url->lun, scsi::simple_lun(0));
    EXPECT_EQ(url->portal.user, "");
}

TEST(IscsiUrl, KeepsLunsFromTwoHundredFiftySixOnInFlatSpace) {
    const auto url = parse_iscsi_url("iscsi://[::1]:3260/iqn.2026-11.test.nearline:vault/300");
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(url->portal.address, "[::1]:3260");
    EXPECT_EQ(url->lun, scsi::Lun{0x412C'0000'0000'0000});
}

TEST(IscsiUrl, ShowsNoSecretInMessages) {
    const auto url = parse_iscsi_url("iscsi://me%secret@localhost/iqn.2026-11.test.nearline:v/1");
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(url->portal.user, "me");
    EXPECT_EQ(url->portal.password, "secret");
    EXPECT_THAT(to_text(*url), Not(HasSubstr("secret")));

    const auto wrong = parse_iscsi_url("iscsi://me%secret@localhost?target_password=hidden");
    ASSERT_FALSE(wrong.has_value());
    EXPECT_THAT(wrong.error(), Not(HasSubstr("secret")));
    EXPECT_THAT(wrong.error(), Not(HasSubstr("hidden")));
}

TEST(IscsiUrl, OfAnotherFormIsRefusedInWords) {
    for (const char* text : {"", "http://127.0.0.1/", "iscsi://", "iscsi://127.0.0.1",
                             "iscsi://127.0.0.1/iqn.2026-11.test.nearline:v",
                             "iscsi://127.0.0.1/iqn.2026-11.test.nearline:v/16384",
                             "iscsi://127.0.0.1/iqn.2026-11.test.nearline:v/-1"}) {
        const auto url = parse_iscsi_url(text);
        ASSERT_FALSE(url.has_value()) << text;
        EXPECT_THAT(url.error(), HasSubstr(text));
    }
    EXPECT_FALSE(parse_iscsi_url("iscsi://" + std::string(5000, 'h') + "/t/0").has_value());
}

TEST(PortalUrl, IsAHostAndPerhapsAPort) {
    const auto portal = parse_portal_url("iscsi://127.0.0.1:4000");
    ASSERT_TRUE(portal.has_value());
    EXPECT_EQ(portal->address, "127.0.0.1:4000");
    EXPECT_FALSE(parse_portal_url("127.0.0.1:4000").has_value());
}

}  // namespace
}  // namespace nearline::initiator
