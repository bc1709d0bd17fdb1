// `nearline rsm` against a service that holds a few objects: what it asks for, prints and refuses.
#include "apps/rsm/rsm_command.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "apps/rsm/rsm_switches.h"
#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/include/ntmsapi.h"
#include "tests/ntmsapi/fake_service.h"

namespace nearline::apps {
namespace {

using ntmsapi::FakeService;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr int kUsage = 87;

// What a program's status can hold of an error's number.
constexpr int status(DWORD error) {
    return static_cast<int>(error & 0xFF);
}

// "…0007" for 7.
std::string id(unsigned number) {
    const std::string digits = std::to_string(number);
    return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string digits(unsigned number) {
    std::string text = id(number);
    std::erase(text, '-');
    return text;
}

template <typename Message>
Message parsed(const std::string& json) {
    Message message;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &message).ok()) << json;
    return message;
}

std::string to_json(const google::protobuf::Message& message) {
    std::string json;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json).ok());
    return json;
}

// One library with a slot and a drive, a free pool, \App\Daily, a medium in the slot with an
// allocated side, and one in the drive.
class RsmCommand : public testing::Test {
protected:
    static constexpr unsigned kLibrary = 1, kSlot = 2, kDrive = 3, kType = 4, kFree = 5,
                              kFreeLto = 6, kApp = 7, kDaily = 8, kMedium = 9, kSide = 10,
                              kLogical = 11, kOther = 12, kOtherSide = 13, kQueued = 14,
                              kFailed = 15, kAsked = 16;

    RsmCommand() {
        add(kLibrary, NTMS_LIBRARY, "vault", {});
        add(kSlot, NTMS_STORAGESLOT, "Slot 1", {id(kLibrary)})
            .mutable_storage_slot()
            ->set_library(id(kLibrary));
        auto& drive = *add(kDrive, NTMS_DRIVE, "Drive 0", {id(kLibrary)}).mutable_drive();
        drive.set_library(id(kLibrary));
        drive.set_device_name("\\\\.\\Tape4711");
        add(kType, NTMS_MEDIA_TYPE, "LTO Ultrium", {});
        auto& free = *add(kFree, NTMS_MEDIA_POOL, "Free", {""}).mutable_media_pool();
        free.set_pool_type(NTMS_POOLTYPE_SCRATCH);
        auto& free_lto =
            *add(kFreeLto, NTMS_MEDIA_POOL, "LTO Ultrium", {id(kFree)}).mutable_media_pool();
        free_lto.set_pool_type(NTMS_POOLTYPE_SCRATCH);
        free_lto.set_media_type(id(kType));
        add(kApp, NTMS_MEDIA_POOL, "App", {""}).mutable_media_pool();
        add(kDaily, NTMS_MEDIA_POOL, "Daily", {id(kApp)}).mutable_media_pool();
        auto& medium = *add(kMedium, NTMS_PHYSICAL_MEDIA, "NL0001L9", {id(kLibrary), id(kDaily)})
                            .mutable_physical_media();
        medium.set_location(id(kSlot));
        medium.set_media_type(id(kType));
        auto& side = *add(kSide, NTMS_PARTITION, "NL0001L9", {id(kMedium), id(kLogical)})
                          .mutable_partition();
        side.set_physical_media(id(kMedium));
        side.set_logical_media(id(kLogical));
        add(kLogical, NTMS_LOGICAL_MEDIA, "Monday", {id(kDaily), id(kSide)});
        auto& other = *add(kOther, NTMS_PHYSICAL_MEDIA, "NL0002L9", {id(kLibrary), id(kFreeLto)})
                           .mutable_physical_media();
        other.set_location(id(kDrive));
        other.set_media_type(id(kType));
        add(kOtherSide, NTMS_PARTITION, "NL0002L9", {id(kOther)})
            .mutable_partition()
            ->set_physical_media(id(kOther));
        auto& queued = *add(kQueued, NTMS_LIBREQUEST, "", {}).mutable_lib_request();
        queued.set_operation_code(NTMS_LM_EJECT);
        queued.set_application("Backup");
        auto& failed = *add(kFailed, NTMS_LIBREQUEST, "", {}).mutable_lib_request();
        failed.set_operation_code(NTMS_LM_MOUNT);
        failed.set_state(NTMS_LM_FAILED);
        auto& asked = *add(kAsked, NTMS_OPREQUEST, "", {}).mutable_op_request();
        asked.set_request(NTMS_OPREQ_MOVEMEDIA);
        asked.set_state(NTMS_OPSTATE_SUBMITTED);
        asked.set_message("bring it");
        service_.answer_by("EnumerateObject", [this](const auto& json) { return list(json); });
        service_.answer_by("GetObjectInformation", [this](const auto& json) { return get(json); });
        for (const char* method : {"SetObjectInformation", "DeallocateMedia", "DeleteMedia",
                                   "DeleteMediaPool", "MoveToMediaPool", "InventoryLibrary"}) {
            service_.answer(method, "{}");
        }
        service_.answer("AllocateMedia", R"({"mediaId":")" + id(kLogical) + R"("})");
        service_.answer("CreateMediaPool", R"({"poolId":")" + id(kDaily) + R"("})");
        service_.answer("EjectMedia", R"({"ejectOperation":")" + id(99) + R"("})");
    }

    int run(std::vector<std::string> words) {
        words.insert(words.begin(), {"--socket", service_.path()});
        out_.str("");
        err_.str("");
        return run_rsm(words, out_, err_);
    }
    std::string out() const { return out_.str(); }
    std::string err() const { return err_.str(); }
    // Without line breaks and what indents.
    std::string joined() const {
        std::string text;
        bool is_indent = false;
        for (const char c : out()) {
            is_indent = c == '\n' || (is_indent && c == ' ');
            if (!is_indent) text += c;
        }
        return text;
    }

    FakeService service_;

private:
    struct Object {
        v1::ObjectInformation information;
        std::vector<std::string> containers;
    };

    v1::ObjectInformation& add(unsigned number, std::uint32_t type, const std::string& name,
                               std::vector<std::string> containers) {
        Object object;
        object.information.set_type(type);
        object.information.set_object_guid(id(number));
        object.information.set_name(name);
        object.containers = std::move(containers);
        objects_.push_back(std::move(object));
        return objects_.back().information;
    }

    // Under the null container stands everything but the pools below others.
    std::string list(const std::string& json) const {
        const auto request = parsed<v1::EnumerateObjectRequest>(json);
        v1::EnumerateObjectAnswer answer;
        for (const Object& object : objects_) {
            const bool is_anywhere =
                request.container_id().empty() && request.type() != NTMS_MEDIA_POOL;
            const auto& in = object.containers;
            const bool is_there =
                std::find(in.begin(), in.end(), request.container_id()) != in.end();
            if (object.information.type() != request.type() || !(is_anywhere || is_there)) continue;
            answer.add_ids(object.information.object_guid());
        }
        answer.set_count(static_cast<std::uint32_t>(answer.ids_size()));
        return to_json(answer);
    }

    std::string get(const std::string& json) const {
        const auto request = parsed<v1::GetObjectInformationRequest>(json);
        v1::GetObjectInformationAnswer answer;
        answer.set_error(ERROR_OBJECT_NOT_FOUND);
        for (const Object& object : objects_) {
            const bool is_wanted =
                request.type() == 0 || request.type() == object.information.type();
            if (object.information.object_guid() != request.object_id() || !is_wanted) continue;
            answer.set_error(ERROR_SUCCESS);
            *answer.mutable_information() = object.information;
        }
        return to_json(answer);
    }

    std::vector<Object> objects_;
    std::ostringstream out_;
    std::ostringstream err_;
};

// --- view

TEST_F(RsmCommand, ViewCountsAndNames) {
    EXPECT_EQ(run({"view", "/tphysical_media"}), 0);
    EXPECT_EQ(out(), "physical_media: 2\nNL0001L9\nNL0002L9\n");
    EXPECT_THAT(err(), IsEmpty());
}

TEST_F(RsmCommand, ViewShowsGuids) {
    EXPECT_EQ(run({"view", "/tlibrary", "/guiddisplay"}), 0);
    EXPECT_EQ(out(), "library: 1\nvault " + digits(kLibrary) + "\n");
}

TEST_F(RsmCommand, ViewIsBareForScripts) {
    EXPECT_EQ(run({"VIEW", "/TPhysical_Media", "/CG" + digits(kLibrary), "/GUIDdisplay", "/B"}), 0);
    EXPECT_EQ(out(), digits(kMedium) + "\n" + digits(kOther) + "\n");
    EXPECT_EQ(run({"view", "/tphysical_media", "/b"}), 0);
    EXPECT_EQ(out(), "NL0001L9\nNL0002L9\n");
}

TEST_F(RsmCommand, ViewLooksIntoContainersByName) {
    EXPECT_EQ(run({"view", "/tphysical_media", "/cfApp\\Daily", "/b"}), 0);
    EXPECT_EQ(out(), "NL0001L9\n");
    EXPECT_EQ(run({"view", "/tlogical_media", "/cfNL0001L9", "/b"}), 0);
    EXPECT_EQ(out(), "Monday\n");
    EXPECT_EQ(run({"view", "/tdrive", "/cfattic"}), status(ERROR_OBJECT_NOT_FOUND));
    EXPECT_THAT(err(), HasSubstr("ERROR_OBJECT_NOT_FOUND (4312)"));
}

TEST_F(RsmCommand, ViewOfAnUnknownTypeIsBadUsage) {
    EXPECT_EQ(run({"view", "/ttape"}), kUsage);
    EXPECT_EQ(run({"view"}), kUsage);
    EXPECT_THAT(err(), StartsWith("rsm view: /t is missing\nusage: nearline rsm view /tTYPE"));
}

// --- allocate, deallocate

TEST_F(RsmCommand, AllocatePrintsTheLogicalMedium) {
    EXPECT_EQ(run({"allocate", "/mApp\\Daily", "/onew", "/oerrunavail", "/t50", "/b"}), 0);
    EXPECT_EQ(out(), digits(kLogical) + "\n");
    const auto request = parsed<v1::AllocateMediaRequest>(service_.request("AllocateMedia"));
    EXPECT_EQ(request.pool_id(), id(kDaily));
    EXPECT_EQ(request.options(), NTMS_ALLOCATE_NEW | NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE);
    EXPECT_EQ(request.timeout_ms(), 50'000U);
    EXPECT_THAT(service_.requests("SetObjectInformation"), SizeIs(0));
}

TEST_F(RsmCommand, AllocateTakesASideAndWaitsForEver) {
    EXPECT_EQ(run({"allocate", "/m", "\\App\\Daily", "/pfNL0002L9"}), 0);
    EXPECT_EQ(out(), "allocated " + digits(kLogical) + "\n");
    const auto request = parsed<v1::AllocateMediaRequest>(service_.request("AllocateMedia"));
    EXPECT_EQ(request.partition_id(), id(kOtherSide));
    EXPECT_EQ(request.timeout_ms(), INFINITE);
}

TEST_F(RsmCommand, AllocateNextNamesTheMediumBefore) {
    EXPECT_EQ(run({"allocate", "/mApp\\Daily", "/onext", "/lfMonday"}), 0);
    const auto request = parsed<v1::AllocateMediaRequest>(service_.request("AllocateMedia"));
    EXPECT_EQ(request.media_id(), id(kLogical));
    EXPECT_EQ(run({"allocate", "/mApp\\Daily", "/onext"}), kUsage);
    EXPECT_EQ(run({"allocate", "/mApp\\Daily", "/lfMonday"}), kUsage);
    EXPECT_EQ(run({"allocate", "/mApp\\Daily", "/osome"}), kUsage);
    EXPECT_EQ(run({"allocate", "/mApp\\Daily", "/tsoon"}), kUsage);
}

TEST_F(RsmCommand, AllocateGivesNames) {
    EXPECT_EQ(run({"allocate", "/mApp\\Daily", "/lnTuesday", "/pdthe blue one"}), 0);
    const auto requests = service_.requests("SetObjectInformation");
    ASSERT_THAT(requests, SizeIs(2));
    const auto logical = parsed<v1::SetObjectInformationRequest>(requests.front());
    EXPECT_EQ(logical.object_id(), id(kLogical));
    EXPECT_EQ(logical.information().name(), "Tuesday");
    const auto side = parsed<v1::SetObjectInformationRequest>(requests.back());
    EXPECT_EQ(side.object_id(), id(kSide));
    EXPECT_EQ(side.information().name(), "NL0001L9");  // as it was
    EXPECT_EQ(side.information().description(), "the blue one");
}

TEST_F(RsmCommand, AllocateTellsARefusal) {
    service_.answer("AllocateMedia", R"({"error":4308})");
    EXPECT_EQ(run({"allocate", "/mApp\\Daily", "/oerrunavail"}), status(ERROR_MEDIA_UNAVAILABLE));
    EXPECT_EQ(err(), "rsm allocate: ERROR_MEDIA_UNAVAILABLE (4308)\n");
    EXPECT_THAT(out(), IsEmpty());
    EXPECT_EQ(run({"allocate", "/mapp\\daily"}),
              status(ERROR_OBJECT_NOT_FOUND));  // names keep their case
    EXPECT_EQ(err(),
              "rsm allocate: ERROR_OBJECT_NOT_FOUND (4312): no media_pool is called 'app'\n");
}

TEST_F(RsmCommand, DeallocateTakesTheMediumOrItsSide) {
    EXPECT_EQ(run({"deallocate", "/lg{" + id(kLogical) + "}"}), 0);
    EXPECT_EQ(run({"deallocate", "/pfNL0001L9"}), 0);
    for (const std::string& json : service_.requests("DeallocateMedia")) {
        EXPECT_EQ(parsed<v1::DeallocateMediaRequest>(json).media_id(), id(kLogical));
    }
    EXPECT_EQ(run({"deallocate", "/pfNL0002L9"}), status(ERROR_INVALID_MEDIA));
    EXPECT_EQ(err(), "rsm deallocate: ERROR_INVALID_MEDIA (4300): the side is not allocated\n");
    EXPECT_EQ(run({"deallocate", "/lfMonday", "/pfNL0001L9"}), kUsage);
    EXPECT_EQ(run({"deallocate", "/lfMonday", "/lg" + id(kLogical)}), kUsage);
    EXPECT_EQ(run({"deallocate", "/lgMonday"}), status(ERROR_OBJECT_NOT_FOUND));
    EXPECT_THAT(err(), EndsWith("'Monday' is no GUID\n"));
}

// --- eject, deletemedia

TEST_F(RsmCommand, EjectTakesTheMediumOrItsPlace) {
    EXPECT_EQ(run({"eject", "/pfNL0001L9", "/astart", "/b"}), 0);
    EXPECT_EQ(out(), digits(99) + "\n");
    EXPECT_EQ(run({"eject", "/sfSlot 1", "/lfvault"}), 0);
    EXPECT_EQ(out(), "ejecting " + digits(99) + "\n");
    EXPECT_EQ(run({"eject", "/dfDrive 0", "/lfvault", "/aqueue"}), 0);
    EXPECT_THAT(out(), IsEmpty());
    const auto requests = service_.requests("EjectMedia");
    ASSERT_THAT(requests, SizeIs(3));
    EXPECT_EQ(parsed<v1::EjectMediaRequest>(requests[0]).media_id(), id(kMedium));
    EXPECT_EQ(parsed<v1::EjectMediaRequest>(requests[1]).media_id(), id(kMedium));
    const auto queued = parsed<v1::EjectMediaRequest>(requests[2]);
    EXPECT_EQ(queued.media_id(), id(kOther));
    EXPECT_EQ(queued.action(), DWORD{NTMS_EJECT_QUEUE});
}

TEST_F(RsmCommand, EjectStopsTheOperationItNames) {
    EXPECT_EQ(run({"eject", "/pfNL0001L9", "/astop", "/o" + digits(99)}), 0);
    const auto request = parsed<v1::EjectMediaRequest>(service_.request("EjectMedia"));
    EXPECT_EQ(request.action(), DWORD{NTMS_EJECT_STOP});
    EXPECT_EQ(request.eject_operation(), id(99));
    EXPECT_EQ(run({"eject", "/pfNL0001L9", "/astop"}), kUsage);
    EXPECT_EQ(run({"eject", "/pfNL0001L9", "/astart", "/o" + digits(99)}), kUsage);
}

TEST_F(RsmCommand, EjectNeedsToKnowWhat) {
    EXPECT_EQ(run({"eject", "/lfvault"}), kUsage);  // it holds two media
    EXPECT_EQ(run({"eject", "/sfSlot 1"}), kUsage);
    EXPECT_EQ(run({"eject", "/sfSlot 1", "/dfDrive 0", "/lfvault"}), kUsage);
    EXPECT_EQ(run({"eject", "/aqueue"}), kUsage);
    EXPECT_THAT(service_.requests("EjectMedia"), SizeIs(0));
    EXPECT_EQ(run({"eject"}), 0);  // starts what was queued
    EXPECT_EQ(parsed<v1::EjectMediaRequest>(service_.request("EjectMedia")).media_id(), id(0));
}

TEST_F(RsmCommand, DeleteMediaDeletesAndTellsWhyNot) {
    EXPECT_EQ(run({"deletemedia", "/pfNL0001L9"}), 0);
    EXPECT_EQ(parsed<v1::DeleteMediaRequest>(service_.request("DeleteMedia")).media_id(),
              id(kMedium));
    EXPECT_THAT(out() + err(), IsEmpty());
    service_.answer("DeleteMedia", R"({"error":5023})");
    EXPECT_EQ(run({"deletemedia", "/pg" + digits(kMedium)}), status(ERROR_INVALID_STATE));
    EXPECT_EQ(err(), "rsm deletemedia: ERROR_INVALID_STATE (5023)\n");
    EXPECT_EQ(run({"deletemedia"}), kUsage);
    EXPECT_THAT(err(), StartsWith("rsm deletemedia: /pg or /pf is missing\n"));
}

// --- Pools and libraries.

TEST_F(RsmCommand, CreatePoolSetsItsPolicies) {
    EXPECT_EQ(run({"createpool", "/mApp\\Daily", "/aalways", "/tfLTO Ultrium", "/d", "/r"}), 0);
    const auto created = parsed<v1::CreateMediaPoolRequest>(service_.request("CreateMediaPool"));
    EXPECT_EQ(created.name(), "App\\Daily");
    EXPECT_EQ(created.media_type(), id(kType));
    EXPECT_EQ(created.action(), DWORD{NTMS_OPEN_ALWAYS});
    const auto set =
        parsed<v1::SetObjectInformationRequest>(service_.request("SetObjectInformation"));
    EXPECT_EQ(set.object_id(), id(kDaily));
    EXPECT_EQ(set.information().media_pool().allocation_policy(), DWORD{NTMS_ALLOCATE_FROMSCRATCH});
    EXPECT_EQ(set.information().media_pool().deallocation_policy(),
              DWORD{NTMS_DEALLOCATE_TOSCRATCH});
    EXPECT_EQ(run({"createpool", "/mApp"}), kUsage);
    EXPECT_EQ(run({"createpool", "/mApp", "/asometimes"}), kUsage);
}

TEST_F(RsmCommand, DeletePoolFindsItByPath) {
    EXPECT_EQ(run({"deletepool", "/m\\App\\Daily"}), 0);
    EXPECT_EQ(parsed<v1::DeleteMediaPoolRequest>(service_.request("DeleteMediaPool")).pool_id(),
              id(kDaily));
}

TEST_F(RsmCommand, FreeMediaDeallocatesFirst) {
    EXPECT_EQ(run({"freemedia", "/lfMonday"}), 0);
    EXPECT_THAT(service_.requests("DeallocateMedia"), SizeIs(1));
    const auto moved = parsed<v1::MoveToMediaPoolRequest>(service_.request("MoveToMediaPool"));
    EXPECT_EQ(moved.media_id(), id(kMedium));
    EXPECT_EQ(moved.pool_id(), id(kFreeLto));
    EXPECT_EQ(run({"freemedia", "/pfNL0002L9"}), 0);
    EXPECT_THAT(service_.requests("DeallocateMedia"), SizeIs(1));
}

TEST_F(RsmCommand, InventoryNamesItsMethod) {
    EXPECT_EQ(run({"inventory", "/lfvault", "/aFull"}), 0);
    const auto request = parsed<v1::InventoryLibraryRequest>(service_.request("InventoryLibrary"));
    EXPECT_EQ(request.library_id(), id(kLibrary));
    EXPECT_EQ(request.action(), DWORD{NTMS_INVENTORY_OMID});
}

TEST_F(RsmCommand, FreeMediaFindsWhatIsInASlot) {
    EXPECT_EQ(run({"freemedia", "/sfSlot 1", "/dfDrive 0"}), 0);
    EXPECT_EQ(parsed<v1::MoveToMediaPoolRequest>(service_.request("MoveToMediaPool")).media_id(),
              id(kMedium));
    EXPECT_EQ(run({"freemedia", "/sfSlot 1", "/lfMonday"}), kUsage);
}

// --- Drives.

TEST_F(RsmCommand, MountPrintsTheDrive) {
    service_.answer("MountMedia", R"({"driveIds":[")" + id(kDrive) + R"("]})");
    EXPECT_EQ(run({"mount", "/lfMonday", "/owrite", "/oerrunavail", "/rlow", "/t600", "/b"}), 0);
    EXPECT_EQ(out(), digits(kDrive) + "\n");
    auto request = parsed<v1::MountMediaRequest>(service_.request("MountMedia"));
    EXPECT_EQ(request.media_ids(0), id(kLogical));
    EXPECT_EQ(request.options(), NTMS_MOUNT_WRITE | NTMS_MOUNT_ERROR_NOT_AVAILABLE);
    EXPECT_EQ(request.priority(), NTMS_PRIORITY_LOW);
    EXPECT_EQ(request.timeout_ms(), 600'000U);
    EXPECT_EQ(run({"mount", "/pfNL0002L9", "/dfDrive 0"}), 0);
    EXPECT_EQ(out(), "mounted " + digits(kDrive) + "\n");
    request = parsed<v1::MountMediaRequest>(service_.requests("MountMedia").back());
    EXPECT_EQ(request.drive_ids(0), id(kDrive));
    EXPECT_EQ(request.options(), DWORD{NTMS_MOUNT_SPECIFIC_DRIVE});
}

TEST_F(RsmCommand, MountTakesWhatIsInASlot) {
    service_.answer("MountMedia", R"({"driveIds":[")" + id(kDrive) + R"("]})");
    EXPECT_EQ(run({"--json", "mount", "/sfSlot 1", "/oread"}), 0);
    EXPECT_EQ(joined(), R"({"mounted": ")" + id(kDrive) + "\"}");
    EXPECT_EQ(parsed<v1::MountMediaRequest>(service_.request("MountMedia")).media_ids(0),
              id(kSide));
}

TEST_F(RsmCommand, MountNeedsOneMediumAndWordsThatAreKnown) {
    EXPECT_EQ(run({"mount"}), kUsage);
    EXPECT_EQ(run({"mount", "/lfMonday", "/pfNL0001L9"}), kUsage);
    EXPECT_EQ(run({"mount", "/lfMonday", "/ofast"}), kUsage);
    EXPECT_EQ(run({"mount", "/lfMonday", "/rsoon"}), kUsage);
    EXPECT_EQ(run({"mount", "/lfMonday", "/odrive"}), kUsage);
    EXPECT_THAT(service_.requests("MountMedia"), SizeIs(0));
}

TEST_F(RsmCommand, DismountIsImmediateUnlessItIsDeferred) {
    service_.answer("DismountMedia", "{}");
    EXPECT_EQ(run({"dismount", "/lfMonday"}), 0);
    EXPECT_EQ(run({"dismount", "/pfNL0001L9", "/oDeferred"}), 0);
    EXPECT_EQ(run({"dismount", "/lfMonday", "/o"}), 0);
    const auto requests = service_.requests("DismountMedia");
    ASSERT_THAT(requests, SizeIs(3));
    EXPECT_EQ(parsed<v1::DismountMediaRequest>(requests[0]).options(), 2U);
    EXPECT_EQ(parsed<v1::DismountMediaRequest>(requests[1]).options(), 1U);
    EXPECT_EQ(parsed<v1::DismountMediaRequest>(requests[1]).media_ids(0), id(kSide));
    EXPECT_EQ(run({"dismount", "/lfMonday", "/olater"}), kUsage);
}

TEST_F(RsmCommand, EraseGivesTheDriveBackWhateverCameOfIt) {
    service_.answer("MountMedia", R"({"driveIds":[")" + id(kDrive) + R"("]})");
    service_.answer("DismountMedia", "{}");
    // The drive of the test has no device.
    EXPECT_EQ(run({"erase", "/pfNL0002L9", "/b"}), status(ERROR_FILE_NOT_FOUND));
    EXPECT_THAT(err(), HasSubstr("cannot be opened"));
    EXPECT_EQ(parsed<v1::MountMediaRequest>(service_.request("MountMedia")).options(),
              DWORD{NTMS_MOUNT_WRITE});
    EXPECT_THAT(service_.requests("DismountMedia"), SizeIs(1));
}

TEST_F(RsmCommand, RefreshLooksOnceAtWhatItNames) {
    service_.answer("SetDeviceChangeDetection", "{}");
    EXPECT_EQ(run({"refresh", "/lfvault"}), 0);
    const auto request =
        parsed<v1::SetDeviceChangeDetectionRequest>(service_.request("SetDeviceChangeDetection"));
    EXPECT_EQ(request.ids(0), id(kLibrary));
    EXPECT_EQ(request.type(), DWORD{NTMS_LIBRARY});
    EXPECT_THAT(request.detection(), IsEmpty());
    EXPECT_EQ(run({"refresh", "/lfvault", "/pfNL0001L9"}), kUsage);
}

TEST_F(RsmCommand, EjectAtapiNeedsNoService) {
    service_.stop();
    EXPECT_EQ(run({"ejectatapi", "/n0"}), status(ERROR_FILE_NOT_FOUND));
    EXPECT_EQ(err(), "rsm ejectatapi: ERROR_FILE_NOT_FOUND (2): there is no \\\\.\\CdChanger0\n");
    EXPECT_EQ(run({"ejectatapi", "/nx"}), kUsage);
}

// --- Objects and what becomes of them.

TEST_F(RsmCommand, RenameChangesNameAndDescription) {
    EXPECT_EQ(run({"rename", "/lfMonday", "/nTuesday", "/dthe blue one"}), 0);
    const auto set =
        parsed<v1::SetObjectInformationRequest>(service_.request("SetObjectInformation"));
    EXPECT_EQ(set.object_id(), id(kLogical));
    EXPECT_EQ(set.information().name(), "Tuesday");
    EXPECT_EQ(set.information().description(), "the blue one");
    EXPECT_EQ(run({"rename", "/mApp\\Daily", "/nWeekly"}), 0);
    EXPECT_EQ(run({"rename", "/g" + digits(kDrive), "/dleft"}), 0);
    EXPECT_EQ(run({"rename", "/lfMonday"}), kUsage);
    EXPECT_EQ(run({"rename", "/lfMonday", "/mApp", "/nx"}), kUsage);
}

TEST_F(RsmCommand, InfoShowsAllThatIsKnown) {
    EXPECT_EQ(run({"info", "/g" + digits(kMedium)}), 0);
    EXPECT_THAT(out(), StartsWith("physical_media\nid: " + id(kMedium) + "\nname: NL0001L9\n"));
    EXPECT_THAT(out(), HasSubstr("\nlocation: " + id(kSlot) + "\n"));
    EXPECT_EQ(run({"info", "/g" + digits(kLibrary), "--json"}), 0);
    EXPECT_THAT(joined(), StartsWith(R"({"type": "library","id": ")" + id(kLibrary) +
                                     R"(","name": "vault")"));
    EXPECT_EQ(run({"info", "/gvault"}), kUsage);
}

TEST_F(RsmCommand, ViewAsJsonShowsAllMembers) {
    EXPECT_EQ(run({"view", "--json", "/tphysical_media", "/cfvault"}), 0);
    EXPECT_THAT(joined(), StartsWith(R"([{"type": "physical_media","id": ")" + id(kMedium)));
    EXPECT_THAT(joined(), HasSubstr(R"("media_state": 0)"));
}

TEST_F(RsmCommand, UiNamesDestinationsOfTheComputerOrALibrary) {
    service_.answer("SetUIOptions", "{}");
    service_.answer("GetUIOptions", R"({"destinations":["one","two"]})");
    EXPECT_EQ(run({"ui", "/trequest", "/aadd", "/ddesk", "/lfvault"}), 0);
    const auto request = parsed<v1::SetUIOptionsRequest>(service_.request("SetUIOptions"));
    EXPECT_EQ(request.object_id(), id(kLibrary));
    EXPECT_EQ(request.destination(), "desk");
    EXPECT_EQ(run({"ui", "/terror", "/adeleteall", "/lfvault"}), 0);
    EXPECT_EQ(run({"ui", "/terror", "/aadd", "/lfvault"}), kUsage);
    EXPECT_EQ(run({"view", "/tui_destination", "/cfvault"}), 0);
    EXPECT_EQ(out(), "ui_destination: 2\none\ntwo\n");
    EXPECT_EQ(run({"view", "/tui_destination", "/cfvault", "/kinfo", "--json"}), 0);
    EXPECT_EQ(joined(), "[\"one\",\"two\"]");
    // There is no computer in the test.
    EXPECT_EQ(run({"view", "/tui_destination"}), status(ERROR_OBJECT_NOT_FOUND));
}

TEST_F(RsmCommand, RequestsListsWhatIsToBeDone) {
    EXPECT_EQ(run({"requests"}), 0);
    EXPECT_EQ(out(), digits(kQueued) + " library eject queued Backup\n" + digits(kAsked) +
                         " operator move_media submitted bring it\n");
    EXPECT_EQ(run({"requests", "/all", "--json"}), 0);
    EXPECT_THAT(joined(), HasSubstr(R"("operation": "mount")"));
    EXPECT_THAT(joined(), HasSubstr(R"("state": "failed")"));
}

TEST_F(RsmCommand, RequestsAnswersForTheOperator) {
    service_.answer("SatisfyOperatorRequest", "{}");
    service_.answer("CancelOperatorRequest", R"({"error":5023})");
    service_.answer("CancelLibraryRequest", "{}");
    EXPECT_EQ(run({"requests", "/satisfy" + digits(kAsked)}), 0);
    EXPECT_EQ(parsed<v1::SatisfyOperatorRequestRequest>(service_.request("SatisfyOperatorRequest"))
                  .request_id(),
              id(kAsked));
    EXPECT_EQ(run({"requests", "/refuse" + digits(kAsked)}), status(ERROR_INVALID_STATE));
    EXPECT_EQ(run({"requests", "/cancel" + digits(kQueued)}), 0);
    EXPECT_EQ(run({"requests", "/cancelnone"}), kUsage);
}

TEST_F(RsmCommand, WatchTellsChangesUntilThereAreEnoughOrNone) {
    service_.answer("OpenNotification", R"({"notification":"n1"})");
    service_.answer("CloseNotification", "{}");
    service_.answer("WaitForNotification", R"({"operation":1,"objectId":")" + id(kDrive) + R"("})");
    EXPECT_EQ(run({"watch", "/kdrive", "/n2", "/t5"}), 0);
    const std::string line = "update " + digits(kDrive) + " Drive 0\n";
    EXPECT_EQ(out(), line + line);
    EXPECT_EQ(run({"watch", "/kdrive", "/n1", "--json"}), 0);
    EXPECT_EQ(out(),
              R"({"change": "update","id": ")" + id(kDrive) + R"(","name": "Drive 0"})" + "\n");
    service_.answer("WaitForNotification", R"({"error":1460})");
    EXPECT_EQ(run({"watch", "/kdrive", "/t0"}), 0);
    EXPECT_THAT(out(), IsEmpty());
    service_.answer("WaitForNotification", R"({"error":232})");
    EXPECT_EQ(run({"watch", "/kdrive"}), status(ERROR_NO_DATA));
    EXPECT_EQ(run({"watch", "/ktape"}), kUsage);
}

// --- The command line.

TEST_F(RsmCommand, AnUnknownVerbIsBadUsage) {
    EXPECT_EQ(run({"prepare"}), kUsage);
    EXPECT_THAT(err(), StartsWith("rsm: there is no verb 'prepare'\nusage: nearline rsm "));
    EXPECT_EQ(run({}), kUsage);
    EXPECT_EQ(run({"view", "/tlibrary", "/x"}), kUsage);
    EXPECT_THAT(err(), StartsWith("rsm view: there is no switch '/x' here\n"));
    EXPECT_THAT(service_.requests("OpenSession"), SizeIs(0));
}

TEST_F(RsmCommand, HelpIsNoError) {
    EXPECT_EQ(run({"/?"}), 0);
    EXPECT_THAT(out(), HasSubstr("deletemedia /p{g|f}MEDIUM"));
    EXPECT_EQ(run({"eject", "/?"}), 0);
    EXPECT_THAT(out(), StartsWith("usage: nearline rsm eject {/p{g|f}MEDIUM"));
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_THAT(out(), HasSubstr("watch /kTYPE"));
}

TEST(RsmCommandLine, WithoutAServiceHasItsOwnStatus) {
    std::ostringstream out;
    std::ostringstream err;
    const std::vector<std::string> words = {"view", "/tlibrary", "--socket=/nowhere/rsm.sock"};
    EXPECT_EQ(run_rsm(words, out, err), status(ERROR_NOT_CONNECTED));
    EXPECT_EQ(err.str(),
              "rsm view: ERROR_NOT_CONNECTED (2250): no RSM service at "
              "unix:/nowhere/rsm.sock\n");
    const std::vector<std::string> incomplete = {"view", "/tlibrary", "--socket"};
    EXPECT_EQ(run_rsm(incomplete, out, err), kUsage);
}

TEST(RsmSwitches, AreTheLongestThatMatch) {
    const std::vector<RsmSwitch> known = {{"p"}, {"pg"}, {"b", RsmValue::None}};
    const std::vector<std::string> words = {"/pGuid", "/pX", "/b"};
    const auto switches = RsmSwitches::parse(known, words);
    ASSERT_TRUE(switches);
    EXPECT_EQ(switches->value("pg"), "uid");
    EXPECT_EQ(switches->value("p"), "X");
    EXPECT_TRUE(switches->has("b"));
}

TEST(RsmSwitches, RefuseWhatTheyCannotMean) {
    const std::vector<RsmSwitch> known = {{"m"}, {"b", RsmValue::None}};
    const auto error_of = [&](std::vector<std::string> words) {
        const auto switches = RsmSwitches::parse(known, words);
        return switches ? std::string() : switches.error();
    };
    EXPECT_EQ(error_of({"m"}), "'m' is no switch");
    EXPECT_EQ(error_of({"/bare"}), "there is no switch '/bare' here");
    EXPECT_EQ(error_of({"/m"}), "/m lacks its value");
    EXPECT_EQ(error_of({"/m", "/b"}), "/m lacks its value");
    EXPECT_EQ(error_of({"/mA", "/mB"}), "/m is given twice");
    EXPECT_EQ(error_of({"/m", "A", "/b"}), "");
}

}  // namespace
}  // namespace nearline::apps
