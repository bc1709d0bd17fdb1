// Mode page 1Ch: how a host that does not ask learns of a TapeAlert flag (SPC-4 7.5.17,
// SSC-4 8.3.6), and how it tries that out.
#include <bit>

#include "base/bytes.h"
#include "drives/drive_device_server.h"

namespace nearline::drives {
namespace {

using scsi::Bytes;
using scsi::ModePage;

// Places in the values.
constexpr std::uint16_t kSwitches = 0;
constexpr std::uint16_t kMethod = 1;      // MRIE
constexpr std::uint16_t kTestNumber = 6;  // TEST FLAG NUMBER, four bytes; REPORT COUNT without TEST

constexpr std::uint8_t kDisabled = 0x08;  // DEXCPT
constexpr std::uint8_t kTest = 0x04;
constexpr std::uint8_t kMethodBits = 0x0F;

// MRIE.
constexpr std::uint8_t kNobodyIsTold = 0;
constexpr std::uint8_t kUnitAttention = 2;
constexpr std::uint8_t kRecoveredIfAsked = 3;  // PER of page 01h, which no LTO drive has
constexpr std::uint8_t kRecovered = 4;
constexpr std::uint8_t kNoSenseKey = 5;
constexpr std::uint8_t kOnRequest = 6;

constexpr std::int32_t kAllFlags = 32767;
constexpr std::int32_t kFlags = TapeAlerts::kCount;

constexpr Sense kFailurePredicted{scsi::SenseKey::RecoveredError, 0x5D, 0x00};
constexpr Sense kFailurePredictedFalsely{scsi::SenseKey::RecoveredError, 0x5D, 0xFF};

std::int32_t test_number(const Bytes& values) {
    return std::bit_cast<std::int32_t>(
        static_cast<std::uint32_t>(base::load_big_endian(values, kTestNumber, 4)));
}

Sense with_key(Sense sense, scsi::SenseKey key) {
    sense.key = key;
    return sense;
}

bool is_whole(const Bytes& values) {
    constexpr std::size_t kSize = 10;
    return values.size() == kSize;
}

}  // namespace

std::uint8_t DriveDeviceServer::exception_method() const {
    const auto values = mode_page_values(kExceptionsPage.first);
    if (!values || !is_whole(*values)) return kNobodyIsTold;
    const bool is_disabled = ((*values)[kSwitches] & kDisabled) != 0;
    return is_disabled ? kNobodyIsTold : (*values)[kMethod] & kMethodBits;
}

// A flag has been raised, or a host has asked for a trial.
void DriveDeviceServer::tell_exception(const Sense& exception) {
    const std::uint8_t method = exception_method();
    if (method == kUnitAttention) {
        unit_attentions().establish_for_all(with_key(exception, scsi::SenseKey::UnitAttention));
    }
    if (method < kRecoveredIfAsked || method > kNoSenseKey) return;
    const auto key =
        method == kNoSenseKey ? scsi::SenseKey::NoSense : scsi::SenseKey::RecoveredError;
    for (const scsi::NexusId nexus : nexuses()) exceptions_[nexus] = with_key(exception, key);
}

void DriveDeviceServer::flag_raised() {
    tell_exception(kFailurePredicted);
}

// What was lost with a directory is known again at the end of data (scsi-tape sheet 2.2, flag 18).
bool DriveDeviceServer::has_read_through() const {
    return drive_.alerts().is_raised(TapeAlert::DirectoryCorruptedOnLoad) &&
           drive_.state() == DriveState::Ready && drive_.tape().is_at_end_of_data();
}

// The next command that succeeds brings it, done as it is; those that tell who is there do not, nor
// the one that asked for a trial.
void DriveDeviceServer::about_to_answer(const scsi::Task& task, scsi::Outcome& outcome) {
    if (has_read_through()) drive_.alerts().clear({TapeAlert::DirectoryCorruptedOnLoad});
    const scsi::Opcode opcode{task.cdb().opcode()};
    const bool may_tell = opcode != scsi::Inquiry::opcode && opcode != scsi::ReportLuns::opcode &&
                          opcode != scsi::RequestSense::opcode &&
                          opcode != scsi::ModeSelect6::opcode &&
                          opcode != scsi::ModeSelect10::opcode;
    if (!outcome.is_good() || !may_tell) return;
    const auto told = exceptions_.find(task.nexus());
    if (told == exceptions_.end()) return;
    outcome = scsi::check_condition(told->second);
    exceptions_.erase(told);
}

bool DriveDeviceServer::tells_exceptions_on_request() const {
    return exception_method() == kOnRequest && drive_.alerts().as_bits() != 0;
}

std::optional<Sense> DriveDeviceServer::why_not_except(const ModePage& page) const {
    const auto wrong = [](std::uint16_t place, std::uint8_t bit) {
        return scsi::kInvalidFieldInParameterList.at_parameter_byte(place, bit);
    };
    if (!is_whole(page.values)) return std::nullopt;
    const std::uint8_t method = page.values[kMethod] & kMethodBits;
    const bool is_known = method == kNobodyIsTold || method >= kUnitAttention;
    if (!is_known || method > kOnRequest) return wrong(kMethod, 3);
    if ((page.values[kSwitches] & kTest) == 0) return std::nullopt;
    // SSC-4 table 93: no trial while nobody is to be told.
    if ((page.values[kSwitches] & kDisabled) != 0) return wrong(kSwitches, 2);
    const std::int32_t number = test_number(page.values);
    const bool is_flag = number >= -kFlags && number <= kFlags;
    if (!is_flag && number != kAllFlags) return wrong(kTestNumber, 7);
    return std::nullopt;
}

// TEST: with number 0 a false report, else the flag of that number is raised, or cleared when it is
// negative.
void DriveDeviceServer::try_exception(const ModePage& page) {
    if (!is_whole(page.values) || (page.values[kSwitches] & kTest) == 0) return;
    const std::int32_t number = test_number(page.values);
    TapeAlerts& alerts = drive_.alerts();
    const auto flag = [](std::int32_t each) { return static_cast<TapeAlert>(each); };
    if (number == 0) return tell_exception(kFailurePredictedFalsely);
    if (number < 0) return alerts.clear({flag(-number)});
    if (number != kAllFlags) return alerts.raise(flag(number));
    for (std::int32_t each = 1; each <= kFlags; ++each) alerts.raise(flag(each));
}

// A trial is over at once.
void DriveDeviceServer::show_exceptions(ModePage& page) {
    if (!is_whole(page.values) || (page.values[kSwitches] & kTest) == 0) return;
    page.values[kSwitches] &= static_cast<std::uint8_t>(~kTest);
    base::store_big_endian(page.values, kTestNumber, 4, 0);
}

}  // namespace nearline::drives
