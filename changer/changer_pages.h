// The mode and log pages only a changer has (SMC-3 7.3 and 7.2), made from what it is and counts.
#pragma once

#include <vector>

#include "changer/changer_profile.h"
#include "changer/statistics.h"
#include "changer/tape_alerts.h"
#include "scsi/unit_profile.h"

namespace nearline::changer {

inline constexpr std::uint8_t kElementAddressAssignmentPage = 0x1D;
inline constexpr std::uint8_t kTransportGeometryPage = 0x1E;
inline constexpr std::uint8_t kDeviceCapabilitiesPage = 0x1F;
inline constexpr std::uint8_t kChangerStatisticsLogPage = 0x14;
inline constexpr std::uint8_t kElementStatisticsLogPage = 0x15;
inline constexpr std::uint8_t kTapeAlertLogPage = 0x2E;

scsi::ModePage element_address_assignment(const ElementMap& map, bool is_savable);
scsi::ModePage transport_geometry(const ElementMap& map);
scsi::ModePage device_capabilities(const ElementMap& map, const ChangerProfile& profile);

scsi::LogPage tape_alert(const TapeAlerts& alerts, scsi::NexusId reader);
scsi::LogPage changer_statistics(const ChangerStatistics& statistics);
scsi::LogPage element_statistics(const ChangerStatistics& statistics);

}  // namespace nearline::changer
