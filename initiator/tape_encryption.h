// What a drive that encrypts says and takes (SSC-4 8.5), and which densities it knows: the pages as
// values, none of what comes believed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace nearline::initiator {

// One density descriptor of REPORT DENSITY SUPPORT.
struct Density {
    std::uint8_t code = 0;
    bool is_writable = false;
    bool is_default = false;
    std::uint32_t bits_per_mm = 0;
    std::uint16_t tracks = 0;
    std::uint32_t capacity_mb = 0;
    std::string organization;
    std::string name;
    std::string description;
};
// Nothing when the list is cut, or none.
std::optional<std::vector<Density>> parse_densities(base::BytesView data);

// What is recorded along with an encrypted block, and comes back without the key.
struct KeyAssociatedData {
    base::Bytes unauthenticated;
    base::Bytes authenticated;
};

// The Data Encryption Status page.
struct EncryptionStatus {
    enum class Encryption : std::uint8_t { Off = 0, External = 1, On = 2 };
    enum class Decryption : std::uint8_t { Off = 0, Raw = 1, On = 2, Mixed = 3 };
    enum class Scope : std::uint8_t { Nobody = 0, OneInitiator = 1, AllInitiators = 2 };
    Encryption encryption = Encryption::Off;
    Decryption decryption = Decryption::Off;
    Scope scope = Scope::Nobody;  // of the key in use
    std::uint8_t algorithm_index = 0;
    std::uint32_t key_instance = 0;
    bool is_raw_read_disabled = false;  // of what is written now
    KeyAssociatedData kad;
};
std::optional<EncryptionStatus> parse_encryption_status(base::BytesView page);

// The Next Block Encryption Status page.
struct NextBlock {
    enum class Encryption : std::uint8_t {
        NotTold = 0,
        NotKnown = 1,
        NoBlock = 2,
        Plain = 3,
        OtherAlgorithm = 4,
        ThisKey = 5,
        OtherKey = 6,
    };
    std::uint64_t object = 0;
    Encryption encryption = Encryption::NotTold;
    bool is_raw_read_disabled = false;
    KeyAssociatedData kad;
};
std::optional<NextBlock> parse_next_block(base::BytesView page);

// One algorithm of the Data Encryption Capabilities page.
struct EncryptionAlgorithm {
    static constexpr std::uint32_t kAes256Gcm = 0x00010014;
    std::uint8_t index = 0;
    std::uint32_t code = 0;
    bool has_kad_format = false;
    std::uint16_t longest_unauthenticated = 0;
    std::uint16_t longest_authenticated = 0;
    std::uint16_t key_length = 0;
};
std::optional<std::vector<EncryptionAlgorithm>> parse_algorithms(base::BytesView page);

enum class RawRead { Disabled, Enabled };

// The Set Data Encryption page for all initiators.
base::Bytes encryption_on(const EncryptionAlgorithm& algorithm, base::BytesView key,
                          base::BytesView unauthenticated_kad, RawRead raw_read);
base::Bytes encryption_off();

}  // namespace nearline::initiator
