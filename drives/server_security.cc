// SECURITY PROTOCOL IN and OUT: protocol 00h (which there are) and 20h, tape data encryption
// (scsi-tape sheet 1.20; SSC-4 8.5).
#include <openssl/evp.h>

#include <array>

#include "base/check.h"
#include "drives/drive_device_server.h"
#include "drives/encryption.h"
#include "drives/security_commands.h"
#include "drives/server_tape.h"
#include "drives/tape_sense.h"
#include "media/format.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using base::ByteWriter;
using scsi::Task;

constexpr std::uint8_t kSecurityInformation = 0x00;
constexpr std::uint8_t kTapeDataEncryption = 0x20;

enum class SecurityPage : std::uint16_t {
    InSupport = 0x0000,
    OutSupport = 0x0001,
    Capabilities = 0x0010,
    KeyFormats = 0x0011,
    ManagementCapabilities = 0x0012,
    Status = 0x0020,
    NextBlockStatus = 0x0021,
    RandomNumber = 0x0030,
};
constexpr std::array kInPages = {SecurityPage::InSupport,
                                 SecurityPage::OutSupport,
                                 SecurityPage::Capabilities,
                                 SecurityPage::KeyFormats,
                                 SecurityPage::ManagementCapabilities,
                                 SecurityPage::Status,
                                 SecurityPage::NextBlockStatus,
                                 SecurityPage::RandomNumber};
constexpr std::uint16_t kSetDataEncryptionPage = 0x0010;

// Page code, length, `body`.
Bytes page_of(SecurityPage code, const Bytes& body) {
    Bytes page;
    ByteWriter(page).u16(static_cast<std::uint16_t>(code)).u16(body.size()).bytes(body);
    return page;
}

Bytes in_support() {
    Bytes body;
    ByteWriter out(body);
    for (const SecurityPage page : kInPages) out.u16(static_cast<std::uint16_t>(page));
    return page_of(SecurityPage::InSupport, body);
}

Bytes out_support() {
    Bytes body;
    ByteWriter(body).u16(kSetDataEncryptionPage);
    return page_of(SecurityPage::OutSupport, body);
}

Bytes key_formats() {
    return page_of(SecurityPage::KeyFormats, {0x00});  // plain text
}

// LOCK_C, CKOD_C; AITN_C, LOCAL_C, PUBLIC_C (SSC-4 8.5.2.6).
Bytes management_capabilities() {
    Bytes body;
    ByteWriter(body).u8(0x01).u8(0x04).u8(0).u8(0x07).zeros(8);
    return page_of(SecurityPage::ManagementCapabilities, body);
}

// An algorithm descriptor's bits (SSC-4 8.5.2.4).
struct AlgorithmDescriptor {
    static constexpr std::size_t length = 24;
    std::uint8_t index = kAesGcmIndex;
    std::uint16_t descriptor_length = 20;
    bool valid_for_volume = false;
    bool supplemental_keys = false;
    bool authentication_code = true;
    bool tells_encrypted = true;
    std::uint8_t decrypts = 2;  // in hardware
    std::uint8_t encrypts = 2;
    std::uint8_t valid_here = 0;  // 0 nothing is mounted, 1 no, 2 yes
    std::uint8_t nonce = 1;       // the drive makes it
    bool kad_format = true;
    std::uint16_t unauthenticated_kad = DataEncryption::kLongestUnauthenticated;
    std::uint16_t authenticated_kad = DataEncryption::kLongestAuthenticated;
    std::uint16_t key_length = DataEncryption::kKeySize;
    std::uint8_t external = 1;  // no external encryption
    std::uint8_t raw = 4;       // not to be read raw, unless RDMC says so
    bool records_mode = true;
    std::uint32_t algorithm = 0x00010014;  // AES-256-GCM, 128-bit tag

    static constexpr auto fields() {
        using Self = AlgorithmDescriptor;
        return std::tuple{scsi::Field{"ALGORITHM INDEX", &Self::index, 0, 7, 8},
                          scsi::Field{"DESCRIPTOR LENGTH", &Self::descriptor_length, 2, 7, 16},
                          scsi::Field{"AVFMV", &Self::valid_for_volume, 4, 7, 1},
                          scsi::Field{"SDK_C", &Self::supplemental_keys, 4, 6, 1},
                          scsi::Field{"MAC_C", &Self::authentication_code, 4, 5, 1},
                          scsi::Field{"DED_C", &Self::tells_encrypted, 4, 4, 1},
                          scsi::Field{"DECRYPT_C", &Self::decrypts, 4, 3, 2},
                          scsi::Field{"ENCRYPT_C", &Self::encrypts, 4, 1, 2},
                          scsi::Field{"AVFCLP", &Self::valid_here, 5, 7, 2},
                          scsi::Field{"NONCE_C", &Self::nonce, 5, 5, 2},
                          scsi::Field{"KADF_C", &Self::kad_format, 5, 3, 1},
                          scsi::Field{"MAXIMUM UNAUTHENTICATED KEY-ASSOCIATED DATA BYTES",
                                      &Self::unauthenticated_kad, 6, 7, 16},
                          scsi::Field{"MAXIMUM AUTHENTICATED KEY-ASSOCIATED DATA BYTES",
                                      &Self::authenticated_kad, 8, 7, 16},
                          scsi::Field{"ALGORITHM KEY LENGTH", &Self::key_length, 10, 7, 16},
                          scsi::Field{"EEMC_C", &Self::external, 12, 5, 2},
                          scsi::Field{"RDMC_C", &Self::raw, 12, 3, 3},
                          scsi::Field{"EAREM", &Self::records_mode, 12, 0, 1},
                          scsi::Field{"SECURITY ALGORITHM CODE", &Self::algorithm, 20, 7, 32}};
    }
};

// External data encryption control: none, and nothing of it configured (SSC-4 8.5.2.4).
Bytes capabilities(const AlgorithmDescriptor& algorithm) {
    Bytes body;
    ByteWriter(body).u8(0).zeros(15).bytes(scsi::encode_fields(algorithm));
    return page_of(SecurityPage::Capabilities, body);
}

void add_kad(ByteWriter& out, std::uint8_t type, std::uint8_t authentication, const Bytes& kad) {
    if (!kad.empty()) out.u8(type).u8(authentication).u16(kad.size()).bytes(kad);
}

constexpr std::uint8_t kNotAuthenticated = 1;  // the tag does not cover it

// Without its key, which never comes back (SSC-4 8.5.2.7).
Bytes encryption_status(const KeyRing& keys, scsi::NexusId nexus) {
    constexpr unsigned kNotControlledFromOutside = 1U << 4;
    const DataEncryption& now = keys.of(nexus);
    const bool is_on = !now.key.empty() || now.decryption != DecryptionMode::Disable;
    const unsigned scopes = static_cast<unsigned>(keys.scope_of(nexus)) << 5 |
                            static_cast<unsigned>(keys.key_scope_of(nexus));
    const unsigned checks = static_cast<unsigned>(now.check_mode) << 1;
    const unsigned raw = is_on && !now.is_raw_read_enabled ? 1 : 0;
    Bytes body;
    ByteWriter out(body);
    out.u8(scopes).u8(static_cast<std::uint8_t>(now.encryption));
    out.u8(static_cast<std::uint8_t>(now.decryption)).u8(is_on ? kAesGcmIndex : 0);
    out.u32(now.instance).u8(kNotControlledFromOutside | checks | raw).u8(now.kad_format);
    out.zeros(10);
    add_kad(out, 0, 0, now.unauthenticated_kad);
    add_kad(out, 1, 0, now.authenticated_kad);
    return page_of(SecurityPage::Status, body);
}

// What the next block is, as far as the form tells (scsi-tape sheet 1.20).
struct BlockStatus {
    unsigned compression = 1;  // cannot tell
    unsigned encryption = 1;
    const media::Encryption* kad = nullptr;
};

BlockStatus status_of(media::ObjectKind kind, const media::MediumResult<media::BlockForm>& form,
                      const DataEncryption& parameters) {
    if (kind != media::ObjectKind::Block) return {2, 2, nullptr};
    if (!form) return {};
    BlockStatus status;
    status.compression = form->compression == media::Compression::None ? 3 : 4;
    status.encryption = 3;
    if (!form->encryption) return status;
    status.encryption = is_key_of(parameters, *form->encryption) ? 5 : 6;
    status.kad = &*form->encryption;
    return status;
}

Bytes next_block_status(Tape& tape, const DataEncryption& parameters) {
    const media::Position at = tape.position();
    const media::ObjectKind kind = tape.medium().kind(at);
    media::MediumResult<media::BlockForm> form = media::BlockForm{};
    if (kind == media::ObjectKind::Block) form = tape.medium().form(at);
    const BlockStatus status = status_of(kind, form, parameters);
    Bytes body;
    ByteWriter out(body);
    out.u64(at.object).u8(status.compression << 4 | status.encryption);
    if (status.kad == nullptr) {
        out.zeros(3);
    } else {
        out.u8(kAesGcmIndex)
            .u8(status.kad->is_raw_read_disabled ? 1 : 0)
            .u8(status.kad->kad_format);
        add_kad(out, 0, kNotAuthenticated, status.kad->unauthenticated_kad);
        add_kad(out, 1, 0, status.kad->authenticated_kad);
    }
    return page_of(SecurityPage::NextBlockStatus, body);
}

// A run's numbers come again with the run: nobody outside the simulation may rely on them.
Bytes random_number(const std::string& serial, sim::Time now, std::uint64_t count) {
    Bytes material;
    ByteWriter(material).text(serial);
    ByteWriter(material).u64(static_cast<std::uint64_t>(now.time_since_epoch().count())).u64(count);
    constexpr std::size_t kSize = 32;
    Bytes digest(kSize);
    unsigned length = 0;
    CHECK(EVP_Digest(material.data(), material.size(), digest.data(), &length, EVP_sha256(),
                     nullptr) == 1);
    return page_of(SecurityPage::RandomNumber, digest);
}

}  // namespace

void DriveDeviceServer::on(const SecurityProtocolIn& command, Task& task) {
    using Command = SecurityProtocolIn;
    if (command.counts_512) return task.refuse(scsi::invalid_field<Command>("INC_512"));
    if (command.protocol == kTapeDataEncryption) return tell_encryption(command, task);
    if (command.protocol != kSecurityInformation) {
        return task.refuse(scsi::invalid_field<Command>("SECURITY PROTOCOL"));
    }
    Bytes data;
    ByteWriter out(data);
    constexpr std::uint16_t kProtocols = 0x0000;
    constexpr std::uint16_t kCertificates = 0x0001;
    if (command.page == kProtocols) {
        out.zeros(6).u16(2).u8(kSecurityInformation).u8(kTapeDataEncryption);
    } else if (command.page == kCertificates) {
        out.zeros(4);  // none
    } else {
        return task.refuse(scsi::invalid_field<Command>("SECURITY PROTOCOL SPECIFIC"));
    }
    task.respond(data, command.allocation_length);
    task.good();
}

void DriveDeviceServer::tell_encryption(const SecurityProtocolIn& command, Task& task) {
    const scsi::NexusId nexus = task.nexus();
    const auto tell = [&](const Bytes& page) {
        task.respond(page, command.allocation_length);
        task.good();
    };
    switch (static_cast<SecurityPage>(command.page)) {
        case SecurityPage::InSupport:
            return tell(in_support());
        case SecurityPage::OutSupport:
            return tell(out_support());
        case SecurityPage::Capabilities: {
            AlgorithmDescriptor algorithm;
            if (drive_.state() == DriveState::Ready) {
                algorithm.valid_for_volume = can_encrypt_volume();
                algorithm.valid_here = algorithm.valid_for_volume ? 2 : 1;
            }
            return tell(capabilities(algorithm));
        }
        case SecurityPage::KeyFormats:
            return tell(key_formats());
        case SecurityPage::ManagementCapabilities:
            return tell(management_capabilities());
        case SecurityPage::Status:
            return tell(encryption_status(keys_, nexus));
        case SecurityPage::NextBlockStatus:
            return use_tape(task, [this, &task, command, nexus](Tape& tape) {
                task.respond(next_block_status(tape, keys_.of(nexus)), command.allocation_length);
                queue_.finish({});
            });
        case SecurityPage::RandomNumber:
            return tell(random_number(profile().serial, drive_.now(), ++random_numbers_));
    }
    task.refuse(scsi::invalid_field<SecurityProtocolIn>("SECURITY PROTOCOL SPECIFIC"));
}

void DriveDeviceServer::on(const SecurityProtocolOut& command, Task& task) {
    using Command = SecurityProtocolOut;
    if (command.counts_512) return task.refuse(scsi::invalid_field<Command>("INC_512"));
    if (command.protocol != kTapeDataEncryption) {
        return task.refuse(scsi::invalid_field<Command>("SECURITY PROTOCOL"));
    }
    if (command.page != kSetDataEncryptionPage) {
        return task.refuse(scsi::invalid_field<Command>("SECURITY PROTOCOL SPECIFIC"));
    }
    if (command.list_length > Command::kLongestList) {
        return task.refuse(scsi::invalid_field<Command>("TRANSFER LENGTH"));
    }
    auto request = parse_key_request(task.data_out());
    if (!request) return task.refuse(request.error());
    const bool is_for_all = request->scope == KeyScope::AllNexuses;
    keys_.set(task.nexus(), std::move(request).value());
    if (is_for_all) tell_of_keys(task.nexus());
    task.good();
}

// To those for whom other parameters hold now (SSC-4 4.2.22.8).
void DriveDeviceServer::tell_of_keys(scsi::NexusId cause) {
    for (const scsi::NexusId nexus : nexuses()) {
        const bool is_concerned = nexus != cause && keys_.key_scope_of(nexus) != KeyScope::Local;
        if (is_concerned) unit_attentions().establish(nexus, kEncryptionParametersChanged);
    }
}

bool DriveDeviceServer::can_encrypt_volume() const {
    const media::Format* format = media::format_of(drive_.cartridge()->description().generation);
    return format != nullptr && format->has_encryption;
}

// The codec does as the nexus of `task` has it done.
std::optional<Sense> DriveDeviceServer::why_not_cipher(const Task& task, Activity activity) {
    if (const auto reason = keys_.why_not_use(task.nexus())) return reason;
    const DataEncryption& parameters = keys_.of(task.nexus());
    const bool encrypts =
        activity == Activity::Writing && parameters.encryption != EncryptionMode::Disable;
    if (encrypts && !can_encrypt_volume()) return kCannotWriteFormat;
    cipher_.use(parameters);
    return std::nullopt;
}

void DriveDeviceServer::note_encryption_failure(const scsi::Outcome& outcome) {
    constexpr std::uint8_t kSecurityError = 0x74;
    const Sense& sense = outcome.sense;
    if (sense.key != SenseKey::DataProtect || sense.asc != kSecurityError) return;
    drive_.alerts().raise(TapeAlert::EncryptionPolicyViolation);
}

void DriveDeviceServer::demounted() {
    keys_.demounted();
}

}  // namespace nearline::drives
