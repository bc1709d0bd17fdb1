// What each verb of `nearline rsm` does.
#pragma once

#include <ostream>

#include "apps/rsm/rsm_objects.h"
#include "apps/rsm/rsm_switches.h"

namespace nearline::apps {

// One command line at work. The switches that its verb needs are there.
struct RsmCommand {
    const RsmSwitches& switches;
    const RsmObjects& rsm;
    std::ostream& out;
};

// The error of a refusal that is not RSM's: the words are wrong.
constexpr DWORD kRsmWrongUsage = 0xFFFFFFFF;

RsmResult<void> rsm_allocate(const RsmCommand& command);
RsmResult<void> rsm_create_pool(const RsmCommand& command);
RsmResult<void> rsm_deallocate(const RsmCommand& command);
RsmResult<void> rsm_delete_media(const RsmCommand& command);
RsmResult<void> rsm_delete_pool(const RsmCommand& command);
RsmResult<void> rsm_dismount(const RsmCommand& command);
RsmResult<void> rsm_eject(const RsmCommand& command);
RsmResult<void> rsm_eject_atapi(const RsmCommand& command);
RsmResult<void> rsm_erase(const RsmCommand& command);
RsmResult<void> rsm_free_media(const RsmCommand& command);
RsmResult<void> rsm_info(const RsmCommand& command);
RsmResult<void> rsm_inventory(const RsmCommand& command);
RsmResult<void> rsm_mount(const RsmCommand& command);
RsmResult<void> rsm_refresh(const RsmCommand& command);
RsmResult<void> rsm_rename(const RsmCommand& command);
RsmResult<void> rsm_requests(const RsmCommand& command);
RsmResult<void> rsm_ui(const RsmCommand& command);
RsmResult<void> rsm_view(const RsmCommand& command);
RsmResult<void> rsm_watch(const RsmCommand& command);

}  // namespace nearline::apps
