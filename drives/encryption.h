// Encryption of what goes onto the tape (SSC-4 4.2.22, scsi-tape sheet 1.20): the parameters hosts
// have set, for whom they hold, and the codec that does as they say with AES-256-GCM. Keys are kept
// here alone: never on the medium, in the state or in a trace.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "drives/block_codec.h"
#include "scsi/types.h"

namespace nearline::drives {

// For whom parameters hold: SCOPE of the Set Data Encryption page.
enum class KeyScope : std::uint8_t { Public = 0, Local = 1, AllNexuses = 2 };
enum class EncryptionMode : std::uint8_t { Disable = 0, Encrypt = 2 };
enum class DecryptionMode : std::uint8_t { Disable = 0, Raw = 1, Decrypt = 2, Mixed = 3 };
enum class KeyLock { Open, Locked };

struct DataEncryption {
    static constexpr std::size_t kKeySize = 32;
    static constexpr std::size_t kLongestUnauthenticated = 32;  // KAD, bytes
    static constexpr std::size_t kLongestAuthenticated = 12;

    EncryptionMode encryption = EncryptionMode::Disable;
    DecryptionMode decryption = DecryptionMode::Disable;
    std::uint8_t check_mode = 0;         // CEEM
    bool is_raw_read_enabled = false;    // of what is written (RDMC)
    bool is_cleared_on_demount = false;  // CKOD
    std::uint8_t kad_format = 0;
    base::Bytes key;
    base::Bytes unauthenticated_kad;
    base::Bytes authenticated_kad;
    std::uint32_t instance = 0;  // the key instance counter's value when they were set
};

// The Set Data Encryption page, checked.
struct KeyRequest {
    KeyScope scope = KeyScope::Public;
    KeyLock lock = KeyLock::Open;
    DataEncryption parameters;  // of scope Public: none
};
// Field pointers count from the beginning of the parameter list.
Result<KeyRequest, Sense> parse_key_request(base::BytesView list);

class KeyRing {
public:
    // What holds for a nexus: its own, or the ones for all, or none.
    const DataEncryption& of(scsi::NexusId nexus) const;
    // What the nexus has asked for, and where what holds for it comes from.
    KeyScope scope_of(scsi::NexusId nexus) const;
    KeyScope key_scope_of(scsi::NexusId nexus) const;
    bool has_keys() const;

    void set(scsi::NexusId nexus, KeyRequest request);
    // A nexus that locked its parameters may not go on with others (7/2A/13) until it sets some.
    std::optional<Sense> why_not_use(scsi::NexusId nexus) const;

    // The cartridge leaves the tape path: parameters with CKOD go.
    void demounted();
    void clear();
    void forget(scsi::NexusId nexus);

private:
    struct Holder {
        KeyScope scope = KeyScope::Public;
        std::optional<std::uint32_t> locked_instance;
        std::optional<DataEncryption> own;
    };
    DataEncryption none();

    std::map<scsi::NexusId, Holder> holders_;
    DataEncryption shared_;
    bool is_shared_set_ = false;
    std::uint32_t instances_ = 0;
};

class EncryptingCodec final : public BlockCodec {
public:
    // `inner` compresses; it must outlive the codec.
    explicit EncryptingCodec(BlockCodec& inner) : inner_(inner) {}
    // From now on as these say; they must outlive their use.
    void use(const DataEncryption& parameters) { parameters_ = &parameters; }

    Result<EncodedBlock, Sense> encode(base::BytesView block) override;
    std::optional<Sense> why_not_decode(const media::BlockForm& form) const override;
    Result<void, Sense> decode(const media::BlockForm& form, base::BytesView stored,
                               base::MutableBytes block) override;
    std::uint32_t host_length(const media::BlockForm& form) const override;

private:
    bool is_raw() const { return parameters_->decryption == DecryptionMode::Raw; }

    BlockCodec& inner_;
    const DataEncryption* parameters_ = nullptr;
};

// Whether it is this key that a block was encrypted with.
bool is_key_of(const DataEncryption& parameters, const media::Encryption& block);

inline constexpr Sense kUnableToDecrypt{scsi::SenseKey::DataProtect, 0x74, 0x01};
inline constexpr Sense kUnencryptedData{scsi::SenseKey::DataProtect, 0x74, 0x02};
inline constexpr Sense kIncorrectKey{scsi::SenseKey::DataProtect, 0x74, 0x03};
inline constexpr Sense kIntegrityFailed{scsi::SenseKey::DataProtect, 0x74, 0x04};
inline constexpr Sense kErrorDecrypting{scsi::SenseKey::DataProtect, 0x74, 0x05};
inline constexpr Sense kRawReadDisabled{scsi::SenseKey::DataProtect, 0x74, 0x0A};
inline constexpr Sense kKeyInstanceChanged{scsi::SenseKey::DataProtect, 0x2A, 0x13};
inline constexpr Sense kEncryptionParametersChanged{scsi::SenseKey::UnitAttention, 0x2A, 0x11};

inline constexpr std::uint8_t kAesGcmIndex = 1;

}  // namespace nearline::drives
