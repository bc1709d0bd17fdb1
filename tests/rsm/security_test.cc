// Security descriptors as bytes, whom they let do what, and the two functions that read and write
// them.
#include "rsm/security_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/rsm/service_host.h"

namespace nearline::rsm {
namespace {

using testing::Contains;
using testing::ElementsAre;

const Guid kNobody(1, 2);
constexpr std::uint32_t kOwner = 1;
constexpr std::uint32_t kGroup = 2;
constexpr std::uint32_t kDacl = 4;
constexpr std::uint32_t kSacl = 8;

Ace allowed(const Sid& sid, std::uint32_t mask) {
    return {Ace::Kind::Allowed, 0, mask, sid};
}
Ace denied(const Sid& sid, std::uint32_t mask) {
    return {Ace::Kind::Denied, 0, mask, sid};
}

SecurityDescriptor with_list(const Acl& acl) {
    SecurityDescriptor descriptor;
    descriptor.has_dacl = true;
    descriptor.dacl = acl;
    return descriptor;
}

std::string text_of(const SecurityDescriptor& descriptor) {
    return std::string(base::as_text(to_bytes(descriptor)));
}

// --- bytes

// Owner and group BUILTIN\Administrators; Users are allowed 1. Laid out by hand after [MS-DTYP]
// 2.4.2.2, 2.4.4.2, 2.4.5 and 2.4.6.
constexpr const char* kByHand =
    "01000480"  // revision, padding, control: DACL present, self-relative
    "14000000"
    "24000000"
    "00000000"
    "34000000"
    "01020000000000052000000020020000"  // S-1-5-32-544
    "01020000000000052000000020020000"
    "0200200001000000"  // revision, 32 bytes, one entry
    "0000180001000000"  // allowed, no flags, 24 bytes, mask 1
    "01020000000000052000000021020000";

SecurityDescriptor by_hand() {
    SecurityDescriptor descriptor = with_list({allowed(kBuiltinUsers, kUse)});
    descriptor.owner = kBuiltinAdministrators;
    descriptor.group = kBuiltinAdministrators;
    return descriptor;
}

TEST(SecurityDescriptors, AreTheBytesOfTheSpecification) {
    EXPECT_EQ(base::to_hex(to_bytes(by_hand())), kByHand);
    const auto parsed = parse_descriptor(*base::from_hex(kByHand));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, by_hand());
    EXPECT_EQ(parsed->owner->text(), "S-1-5-32-544");
    EXPECT_EQ(unix_user(1000).text(), "S-1-22-1-1000");
    EXPECT_EQ(unix_group(27).text(), "S-1-22-2-27");
}

TEST(SecurityDescriptors, KnowNoListFromAnEmptyOneFromNoneAtAll) {
    SecurityDescriptor nothing;
    SecurityDescriptor everything;
    everything.has_dacl = true;
    for (const SecurityDescriptor& one : {nothing, everything, with_list({})}) {
        const auto parsed = parse_descriptor(to_bytes(one));
        ASSERT_TRUE(parsed);
        EXPECT_EQ(*parsed, one);
    }
}

TEST(SecurityDescriptors, MayHaveRoomBehindTheLastEntry) {
    base::Bytes bytes = *base::from_hex(kByHand);
    bytes.insert(bytes.end(), 8, 0xEE);  // what DeleteAce leaves behind
    bytes.at(0x36) = 0x28;               // AclSize
    const auto parsed = parse_descriptor(bytes);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, by_hand());
}

TEST(SecurityDescriptors, ThatAreMalformedHaveTheCodeOfWhatIsWrong) {
    struct Spoiled {
        std::size_t at;
        std::uint8_t value;
        Error error;
    };
    const auto descriptor = Error::InvalidSecurityDescriptor;
    const std::vector<Spoiled> cases = {
        {0, 2, descriptor},               // revision
        {1, 1, descriptor},               // padding
        {3, 0, descriptor},               // not self-relative
        {2, 0, descriptor},               // a list that is said not to be there
        {4, 0x08, descriptor},            // owner within the header
        {4, 0x15, descriptor},            // owner at an odd place
        {4, 0xF0, descriptor},            // owner beyond the end
        {16, 0x54, descriptor},           // list at the very end
        {0x14, 2, Error::InvalidSid},     // revision of the owner
        {0x15, 16, Error::InvalidSid},    // more subauthorities than there can be
        {0x25, 15, Error::InvalidSid},    // more than there are bytes
        {0x34, 3, Error::InvalidAcl},     // revision of the list
        {0x35, 1, Error::InvalidAcl},     // padding
        {0x36, 0x21, Error::InvalidAcl},  // longer than there are bytes
        {0x36, 0x07, Error::InvalidAcl},  // shorter than its header
        {0x38, 2, Error::InvalidAcl},     // more entries than fit
        {0x3A, 1, Error::InvalidAcl},     // padding
        {0x3C, 2, Error::InvalidAcl},     // an audit among accesses
        {0x3C, 9, Error::InvalidAcl},     // a kind with a condition
        {0x3D, 0x20, Error::InvalidAcl},  // a flag that is none
        {0x3E, 0x04, Error::InvalidAcl},  // an entry shorter than its header
        {0x3E, 0x14, Error::InvalidSid},  // an entry shorter than its identifier
        {0x44, 9, Error::InvalidSid},     // revision of the entry's identifier
        {0x45, 1, Error::InvalidAcl},     // bytes behind the entry's identifier
    };
    for (const Spoiled& one : cases) {
        base::Bytes bytes = *base::from_hex(kByHand);
        bytes.at(one.at) = one.value;
        const auto parsed = parse_descriptor(bytes);
        ASSERT_FALSE(parsed) << one.at;
        EXPECT_EQ(parsed.error(), one.error) << one.at << " = " << int{one.value};
    }
}

TEST(SecurityDescriptors, ThatShareBytesBetweenTheirPartsAreMalformed) {
    base::Bytes bytes = *base::from_hex(kByHand);
    bytes.at(8) = bytes.at(4);  // the group where the owner is
    EXPECT_TRUE(parse_descriptor(bytes));
    bytes.erase(bytes.begin() + 0x24, bytes.begin() + 0x34);
    bytes.at(16) = 0x24;
    const auto parsed = parse_descriptor(bytes);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error(), Error::InvalidSecurityDescriptor);
}

TEST(SecurityDescriptors, FitWhileTheirListsAreNotTooLong) {
    // 20 bytes an entry, behind 28 of headers.
    SecurityDescriptor longest = with_list(Acl(3'275, allowed(kEveryone, kUse)));
    EXPECT_TRUE(fits(longest));
    EXPECT_TRUE(parse_descriptor(to_bytes(longest)));
    longest.dacl->push_back(allowed(kEveryone, kUse));
    EXPECT_FALSE(fits(longest));
}

TEST(SecurityDescriptors, CutAnywhereAreMalformed) {
    const base::Bytes bytes = *base::from_hex(kByHand);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        EXPECT_FALSE(parse_descriptor(base::BytesView(bytes).first(length))) << length;
    }
    EXPECT_FALSE(parse_descriptor(base::Bytes(0x10001, 0)));
}

// --- who may

TEST(AccessLists, AreReadInOrderAndTheFirstWordOnARightCounts) {
    const Sid me = unix_user(1);
    const Sid us = unix_group(2);
    const std::vector<Sid> sids = {me, us, kEveryone};
    EXPECT_TRUE(allows(with_list({allowed(us, kUse | kModify)}), sids, kUse | kModify));
    EXPECT_TRUE(allows(with_list({allowed(me, kUse), allowed(us, kModify)}), sids, kUse | kModify));
    EXPECT_FALSE(allows(with_list({allowed(unix_user(2), kUse)}), sids, kUse));
    EXPECT_FALSE(allows(with_list({denied(kEveryone, kUse), allowed(me, kUse)}), sids, kUse));
    EXPECT_TRUE(allows(with_list({allowed(me, kUse), denied(kEveryone, kUse)}), sids, kUse));
    EXPECT_TRUE(allows(with_list({denied(kEveryone, kModify), allowed(me, kUse)}), sids, kUse));
    Ace for_children = allowed(me, kUse);
    for_children.flags = Ace::kInheritOnly;
    EXPECT_FALSE(allows(with_list({for_children}), sids, kUse));
}

TEST(AccessLists, ThatAreEmptyLetNobodyAndThatAreNullLetEverybody) {
    EXPECT_FALSE(allows(with_list({}), {kEveryone}, kUse));
    SecurityDescriptor null_list;
    null_list.has_dacl = true;
    EXPECT_TRUE(allows(null_list, {kEveryone}, kUse | kControl));
    EXPECT_FALSE(allows(SecurityDescriptor{}, {kEveryone}, kUse));
}

TEST(AccessLists, CannotLockOutTheOwner) {
    SecurityDescriptor mine = with_list({denied(kEveryone, kReadControl | kWriteDac)});
    mine.owner = unix_user(1);
    EXPECT_TRUE(allows(mine, {unix_user(1), kEveryone}, kReadControl | kWriteDac));
    EXPECT_FALSE(allows(mine, {unix_user(1), kEveryone}, kUse));
    EXPECT_FALSE(allows(mine, {unix_user(2), kEveryone}, kReadControl));
}

TEST(AccessLists, HaveGenericRightsTurnedIntoTheServersOwn) {
    Acl acl = {allowed(kEveryone, 0x80000000), allowed(kEveryone, 0x40000000),
               allowed(kEveryone, 0x20000000), allowed(kEveryone, 0x10000000)};
    map_generic_rights(acl);
    EXPECT_EQ(acl.at(0).mask, 0x20001U);
    EXPECT_EQ(acl.at(1).mask, 0x40003U);
    EXPECT_EQ(acl.at(2).mask, 0x60007U);
    EXPECT_EQ(acl.at(3).mask, 0x60007U);
}

class SecureWorld : public World {
public:
    Error get(const Id& id, std::uint32_t parts, const Caller& caller = kAdministrator) {
        bytes.clear();
        return call(caller, [&](Context& context) {
            return object_security(context, {id, parts}, bytes);
        });
    }
    Error set(const Id& id, std::uint32_t parts, const SecurityDescriptor& descriptor,
              const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) {
            return set_object_security(context, {id, parts}, text_of(descriptor));
        });
    }
    SecurityDescriptor descriptor_of(const Guid& id) {
        SecurityDescriptor found;
        in([&](Store& store) { found = store.descriptor(id).value_or(SecurityDescriptor{}); });
        return found;
    }
    Error create(const std::string& path, const Id& type, const std::string& descriptor,
                 const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) {
            return create_media_pool(context, {path, type, kCreateNew, descriptor}, made);
        });
    }
    Guid root() {
        Guid id;
        in([&](Store& store) { id = store.root_pool().id; });
        return id;
    }
    Guid computer() {
        Guid id;
        in([&](Store& store) { id = store.computer().id; });
        return id;
    }
    std::string bytes;
    Guid made;
};

TEST(Identities, AreThoseOfTheSystemAndOfItsGroups) {
    World world;
    Policy policy{27, 34, Edition::Server2003};
    const Caller operator_caller{1000, {100, 34}, 1};
    const Rights rights(*world.store, operator_caller, policy);
    EXPECT_THAT(rights.sids(), ElementsAre(unix_user(1000), kEveryone, kBuiltinUsers,
                                           unix_group(100), unix_group(34), kBackupOperators));
    const Caller root{0, {}, 1};
    EXPECT_THAT(
        Rights(*world.store, root, policy).sids(),
        ElementsAre(unix_user(0), kEveryone, kBuiltinUsers, kLocalSystem, kBuiltinAdministrators));
    const Rights administrator(*world.store, kAdministrator, policy);
    EXPECT_THAT(administrator.sids(), Contains(kBuiltinAdministrators));
    EXPECT_TRUE(administrator.passes_every_check());
    policy.edition = Edition::Xp;
    EXPECT_FALSE(Rights(*world.store, kAdministrator, policy).passes_every_check());
}

TEST(DefaultSecurity, LetsUsersUseAndOperatorsWork) {
    SecureWorld world;
    world.policy.backup_operator_group = 34;
    const Caller backup{3000, {34}, 3};
    for (const Guid& id : {world.computer(), world.library.id, world.offline.id, world.free.id,
                           world.import.id, world.root()}) {
        const auto may = [&](const Caller& caller, std::uint32_t mask) {
            return world.call(caller, [&](Context& context) {
                return context.rights.allow(id, mask) ? Error::Success : Error::AccessDenied;
            }) == Error::Success;
        };
        EXPECT_TRUE(may(kStranger, kUse | kReadControl));
        EXPECT_FALSE(may(kStranger, kModify));
        EXPECT_FALSE(may(kStranger, kControl));
        EXPECT_TRUE(may(backup, kUse | kModify | kControl));
        EXPECT_FALSE(may(backup, kWriteDac));
        EXPECT_TRUE(may(kAdministrator, kAllAccess));
    }
}

TEST(AdministratorsOfServer2003, PassWhateverTheListSaysAndThoseOfXpDoNot) {
    SecureWorld world;
    ASSERT_EQ(world.set(world.pool, kDacl, with_list({denied(kEveryone, kAllAccess)})),
              Error::Success);
    const auto medium =
        world.add_medium("NL0001L9", world.pool, World::Where::Outside, {SideState::Available});
    const auto remove = [&] {
        return world.call([&](Context& context) { return check_deletion(context, medium.id); });
    };
    EXPECT_EQ(remove(), Error::Success);
    world.policy.edition = Edition::Xp;
    EXPECT_EQ(remove(), Error::AccessDenied);
}

// --- new pools

TEST(CreateMediaPool, MakesThePoolItsMakersAndTheSystemsBelowTheRoot) {
    SecureWorld world;
    ASSERT_EQ(world.create("App", std::nullopt, ""), Error::Success);
    const SecurityDescriptor made = world.descriptor_of(world.made);
    EXPECT_EQ(made.owner, unix_user(kAdministrator.user));
    EXPECT_THAT(*made.dacl, ElementsAre(allowed(unix_user(kAdministrator.user), kAllAccess),
                                        allowed(kLocalSystem, kAllAccess)));
}

TEST(CreateMediaPool, InheritsTheListOfAParentThatIsNotTheRoot) {
    SecureWorld world;
    ASSERT_EQ(world.create("App", std::nullopt, ""), Error::Success);
    const Guid parent = world.made;
    ASSERT_EQ(world.set(parent, kDacl, with_list({allowed(unix_group(5), kUse)})), Error::Success);
    ASSERT_EQ(world.create("App\\Daily", world.lto.id, ""), Error::Success);
    Ace inherited = allowed(unix_group(5), kUse);
    inherited.flags = Ace::kInherited;
    EXPECT_THAT(*world.descriptor_of(world.made).dacl,
                ElementsAre(allowed(unix_user(kAdministrator.user), kAllAccess),
                            allowed(kLocalSystem, kAllAccess), inherited));
}

TEST(CreateMediaPool, OfXpInheritsTheRootsListToo) {
    SecureWorld world;
    world.policy.edition = Edition::Xp;
    Ace inherited = allowed(kBuiltinUsers, kUse | kReadControl);
    inherited.flags = Ace::kInherited;
    ASSERT_EQ(world.create("App", std::nullopt, ""), Error::Success);
    EXPECT_THAT(*world.descriptor_of(world.made).dacl, Contains(inherited));
}

TEST(CreateMediaPool, TakesTheDescriptorOfItsMaker) {
    SecureWorld world;
    SecurityDescriptor given = with_list({allowed(unix_group(5), 0x10000000)});
    ASSERT_EQ(world.create("App", std::nullopt, text_of(given)), Error::Success);
    const SecurityDescriptor made = world.descriptor_of(world.made);
    EXPECT_THAT(*made.dacl, ElementsAre(allowed(unix_group(5), kAllAccess)));
    EXPECT_EQ(made.owner, unix_user(kAdministrator.user));
}

// returns: ERROR_INVALID_ACL
TEST(CreateMediaPool, InvalidAclWhenTheInheritedListGetsTooLong) {
    SecureWorld world;
    ASSERT_EQ(world.create("App", std::nullopt, ""), Error::Success);
    const Acl longest(3'273, allowed(kEveryone, kUse));
    ASSERT_EQ(world.set(world.made, kDacl, with_list(longest)), Error::Success);
    EXPECT_EQ(world.create("App\\Daily", world.lto.id, ""), Error::InvalidAcl);
}

// returns: ERROR_INVALID_SECURITY_DESCR
TEST(CreateMediaPool, InvalidSecurityDescriptorForBytesThatAreNone) {
    SecureWorld world;
    EXPECT_EQ(world.create("App", std::nullopt, "no descriptor"), Error::InvalidSecurityDescriptor);
    EXPECT_EQ(world.call([&](Context& context) {
        return create_media_pool(context, {"App", {}, kOpenExisting, ""}, world.made);
    }),
              Error::ObjectNotFound);
}

// --- GetNtmsObjectSecurity

// returns: ERROR_SUCCESS
TEST(GetObjectSecurity, SuccessGivesThePartsAskedFor) {
    SecureWorld world;
    ASSERT_EQ(world.get(world.library.id, kOwner | kDacl), Error::Success);
    auto told = parse_descriptor(base::as_bytes(world.bytes));
    ASSERT_TRUE(told);
    EXPECT_EQ(told->owner, kBuiltinAdministrators);
    EXPECT_FALSE(told->group);
    EXPECT_EQ(told->dacl, default_descriptor(kUse).dacl);
    ASSERT_EQ(world.get(world.library.id, kGroup), Error::Success);
    told = parse_descriptor(base::as_bytes(world.bytes));
    ASSERT_TRUE(told);
    EXPECT_FALSE(told->has_dacl);
    EXPECT_EQ(told->group, kBuiltinAdministrators);
}

// returns: ERROR_ACCESS_DENIED
TEST(GetObjectSecurity, AccessDeniedWithoutReadControlAndForAuditsWithoutThePrivilege) {
    SecureWorld world;
    EXPECT_EQ(world.get(world.library.id, kDacl, kStranger), Error::Success);
    EXPECT_EQ(world.get(world.library.id, kDacl | kSacl, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.get(world.library.id, kDacl | kSacl), Error::Success);
    ASSERT_EQ(world.set(world.library.id, kDacl, with_list({allowed(kEveryone, kUse)})),
              Error::Success);
    EXPECT_EQ(world.get(world.library.id, kDacl, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.get(world.slot.id, kDacl, kStranger), Error::AccessDenied);
    world.policy.edition = Edition::Xp;  // asks for nothing
    EXPECT_EQ(world.get(world.library.id, kDacl, kStranger), Error::Success);
}

// returns: ERROR_INVALID_PARAMETER
TEST(GetObjectSecurity, InvalidParameterWithoutAnIdOrForPartsThatAreNone) {
    SecureWorld world;
    EXPECT_EQ(world.get(std::nullopt, kDacl), Error::InvalidParameter);
    EXPECT_EQ(world.get(world.library.id, 0), Error::InvalidParameter);
    EXPECT_EQ(world.get(world.library.id, 16), Error::InvalidParameter);
}

// returns: ERROR_NO_SECURITY_ON_OBJECT
TEST(GetObjectSecurity, NoSecurityOnObjectForWhatAnotherProtects) {
    SecureWorld world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, World::Where::Outside, {SideState::Available});
    for (const Guid& id : {medium.id, medium.sides.front(), world.slot.id, world.lto.id}) {
        EXPECT_EQ(world.get(id, kDacl), Error::NoSecurityOnObject);
    }
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(GetObjectSecurity, ObjectNotFoundForAnIdNobodyHas) {
    SecureWorld world;
    EXPECT_EQ(world.get(kNobody, kDacl), Error::ObjectNotFound);
}

// --- SetNtmsObjectSecurity

// returns: ERROR_SUCCESS
TEST(SetObjectSecurity, SuccessReplacesThePartsNamedAndNoOthers) {
    SecureWorld world;
    SecurityDescriptor given = with_list({allowed(kEveryone, 0x10000000)});
    given.owner = unix_user(5);
    ASSERT_EQ(world.set(world.library.id, kDacl, given), Error::Success);
    EXPECT_EQ(world.descriptor_of(world.library.id).owner, kBuiltinAdministrators);
    EXPECT_THAT(*world.descriptor_of(world.library.id).dacl,
                ElementsAre(allowed(kEveryone, kAllAccess)));
    ASSERT_EQ(world.set(world.library.id, kOwner, given), Error::Success);
    EXPECT_EQ(world.descriptor_of(world.library.id).owner, unix_user(5));
}

TEST(SetObjectSecurity, SuccessForTheOwnerWhateverTheListSays) {
    SecureWorld world;
    SecurityDescriptor strangers = with_list({});
    strangers.owner = unix_user(kStranger.user);
    ASSERT_EQ(world.set(world.pool, kOwner | kDacl, strangers), Error::Success);
    EXPECT_EQ(world.set(world.pool, kDacl, with_list({allowed(kEveryone, kUse)}), kStranger),
              Error::Success);
}

TEST(SetObjectSecurity, SuccessAsTheSampleProgramsTakeRightsFromUsers) {
    SecureWorld world;
    world.policy.edition = Edition::Xp;
    const Guid root = world.root();
    world.in([&](Store& store) {
        store.set_descriptor(root, default_descriptor(kUse | kModify | kControl));
    });
    ASSERT_EQ(world.create("API_Sample_Pool", world.lto.id, "", kStranger), Error::Success);
    ASSERT_EQ(world.get(world.made, kDacl, kStranger), Error::Success);
    auto told = parse_descriptor(base::as_bytes(world.bytes));
    ASSERT_TRUE(told);
    for (Ace& ace : *told->dacl) {
        if (ace.sid == kBuiltinUsers) ace.mask &= ~(kModify | kControl);
    }
    ASSERT_EQ(world.set(world.made, kDacl, *told, kStranger), Error::Success);
    const auto may = [&](const Caller& caller, std::uint32_t mask) {
        return world.call(caller, [&](Context& context) {
            return context.rights.allow(world.made, mask) ? Error::Success : Error::AccessDenied;
        });
    };
    EXPECT_EQ(may(kStranger, kUse | kModify | kControl), Error::Success);
    const Caller other{3000, {}, 3};
    EXPECT_EQ(may(other, kUse), Error::Success);
    EXPECT_EQ(may(other, kModify), Error::AccessDenied);
}

// returns: ERROR_ACCESS_DENIED
TEST(SetObjectSecurity, AccessDeniedWithoutTheRightForThePart) {
    SecureWorld world;
    const SecurityDescriptor open = with_list({allowed(kEveryone, kUse | kWriteDac)});
    EXPECT_EQ(world.set(world.library.id, kDacl, open, kStranger), Error::AccessDenied);
    ASSERT_EQ(world.set(world.library.id, kDacl, open), Error::Success);
    EXPECT_EQ(world.set(world.library.id, kDacl, open, kStranger), Error::Success);
    EXPECT_EQ(world.set(world.library.id, kSacl, open, kStranger), Error::AccessDenied);
    SecurityDescriptor mine = open;
    mine.owner = unix_user(kStranger.user);
    EXPECT_EQ(world.set(world.library.id, kOwner, mine, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.set(world.library.id, kGroup, mine, kStranger), Error::AccessDenied);
    const SecurityDescriptor wider = with_list({allowed(kEveryone, kUse | kWriteOwner)});
    ASSERT_EQ(world.set(world.library.id, kDacl, wider), Error::Success);
    EXPECT_EQ(world.set(world.library.id, kOwner, mine, kStranger), Error::Success);
}

// returns: ERROR_INVALID_OWNER
TEST(SetObjectSecurity, InvalidOwnerForOneTheCallerIsNot) {
    SecureWorld world;
    ASSERT_EQ(world.set(world.pool, kDacl, with_list({allowed(kEveryone, kWriteOwner)})),
              Error::Success);
    SecurityDescriptor others = with_list({});
    others.owner = unix_user(4711);
    EXPECT_EQ(world.set(world.pool, kOwner, others, kStranger), Error::InvalidOwner);
    others.owner.reset();
    EXPECT_EQ(world.set(world.pool, kOwner, others), Error::InvalidOwner);
}

// returns: ERROR_INVALID_PARAMETER
TEST(SetObjectSecurity, InvalidParameterWithoutIdDescriptorOrPart) {
    SecureWorld world;
    EXPECT_EQ(world.set(std::nullopt, kDacl, with_list({})), Error::InvalidParameter);
    EXPECT_EQ(world.set(world.pool, 0, with_list({})), Error::InvalidParameter);
    EXPECT_EQ(world.set(world.pool, 0x80000004, with_list({})), Error::InvalidParameter);
    EXPECT_EQ(world.call([&](Context& context) {
        return set_object_security(context, {world.pool, kDacl}, "");
    }),
              Error::InvalidParameter);
}

// returns: ERROR_INVALID_SECURITY_DESCR
// returns: ERROR_INVALID_ACL
// returns: ERROR_INVALID_SID
TEST(SetObjectSecurity, InvalidSecurityDescriptorAclOrSidForBytesThatAreMalformed) {
    SecureWorld world;
    const auto set = [&](std::size_t at, std::uint8_t value) {
        base::Bytes bytes = *base::from_hex(kByHand);
        bytes.at(at) = value;
        return world.call([&](Context& context) {
            return set_object_security(context, {world.pool, kDacl},
                                       std::string(base::as_text(bytes)));
        });
    };
    const SecurityDescriptor before = world.descriptor_of(world.pool);
    EXPECT_EQ(set(0, 2), Error::InvalidSecurityDescriptor);
    EXPECT_EQ(set(0x34, 3), Error::InvalidAcl);
    EXPECT_EQ(set(0x44, 9), Error::InvalidSid);
    EXPECT_EQ(world.descriptor_of(world.pool), before);
}

// returns: ERROR_NO_SECURITY_ON_OBJECT
TEST(SetObjectSecurity, NoSecurityOnObjectForWhatAnotherProtects) {
    SecureWorld world;
    EXPECT_EQ(world.set(world.slot.id, kDacl, with_list({})), Error::NoSecurityOnObject);
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(SetObjectSecurity, ObjectNotFoundForAnIdNobodyHas) {
    SecureWorld world;
    EXPECT_EQ(world.set(kNobody, kDacl, with_list({})), Error::ObjectNotFound);
}

TEST(SetObjectSecurity, CarriesBytesThroughTheService) {
    ServiceHost<ManualDelays> host;
    const std::string computer = host.list(ObjectType::Computer).front();
    v1::SetObjectSecurityRequest set;
    set.set_session(host.session);
    set.set_object_id(computer);
    set.set_information(kDacl);
    set.set_security_descriptor(text_of(with_list({})));
    EXPECT_EQ(host.call<v1::SetObjectSecurityAnswer>("SetObjectSecurity", set).error(), kOk);
    v1::GetObjectSecurityRequest get;
    get.set_session(host.session);
    get.set_object_id(computer);
    get.set_information(kDacl);
    EXPECT_EQ(
        host.call<v1::GetObjectSecurityAnswer>("GetObjectSecurity", get).security_descriptor(),
        set.security_descriptor());
    // Nobody but administrators may use it now.
    v1::OpenSessionRequest open;
    EXPECT_EQ(host.call<v1::OpenSessionAnswer>("OpenSession", open, kStranger).error(),
              code(Error::AccessDenied));
    EXPECT_EQ(host.call<v1::OpenSessionAnswer>("OpenSession", open).error(), kOk);
}

}  // namespace
}  // namespace nearline::rsm
