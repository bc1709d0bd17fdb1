#include "drives/encryption.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/check.h"
#include "scsi/field.h"

namespace nearline::drives {
namespace {

using base::ByteReader;
using base::Bytes;
using base::BytesView;
using base::ByteWriter;
using base::MutableBytes;

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kKeyCheckSize = 8;
constexpr std::size_t kDigestSize = 32;  // SHA-256

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

Bytes hmac(BytesView key, BytesView data, std::size_t size) {
    Bytes digest(kDigestSize);
    unsigned length = 0;
    const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(),
                            data.size(), digest.data(), &length);
    CHECK(done != nullptr);
    digest.resize(size);
    return digest;
}

Bytes key_check_of(BytesView key) {
    return hmac(key, base::as_bytes("nearline key check"), kKeyCheckSize);
}

// What the tag covers besides the block: the form, so that no other can be claimed for it, and the
// authenticated key-associated data.
Bytes associated_data(const media::BlockForm& form) {
    const media::Encryption& encryption = *form.encryption;
    Bytes data;
    ByteWriter(data)
        .u32(form.length)
        .u8(static_cast<std::uint8_t>(form.compression))
        .u8(encryption.kad_format)
        .u8(encryption.is_raw_read_disabled ? 1 : 0)
        .bytes(encryption.authenticated_kad);
    return data;
}

// Made of the key, the block and what goes with it: it repeats only with all of them, and a run
// repeats with it. A counter would begin anew in every process, under the same key.
Bytes nonce_of(BytesView key, BytesView associated, BytesView block) {
    Bytes material = hmac(key, base::as_bytes("nearline nonce"), kDigestSize);
    const Bytes nonce_key = std::exchange(material, Bytes(kDigestSize));
    unsigned length = 0;
    CHECK(EVP_Digest(block.data(), block.size(), material.data(), &length, EVP_sha256(), nullptr) ==
          1);
    ByteWriter(material).bytes(associated);
    return hmac(nonce_key, material, kNonceSize);
}

enum class Way : int { Decrypt = 0, Encrypt = 1 };

CipherContext begin(Way way, BytesView key, BytesView nonce, BytesView associated) {
    CHECK(key.size() == DataEncryption::kKeySize);
    CHECK(nonce.size() == kNonceSize);
    CipherContext context(EVP_CIPHER_CTX_new());
    CHECK(context != nullptr);
    CHECK(EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data(),
                            static_cast<int>(way)) == 1);
    int length = 0;
    CHECK(EVP_CipherUpdate(context.get(), nullptr, &length, associated.data(),
                           static_cast<int>(associated.size())) == 1);
    return context;
}

void pass(EVP_CIPHER_CTX* context, BytesView from, MutableBytes to) {
    CHECK(from.size() == to.size());
    int length = 0;
    CHECK(EVP_CipherUpdate(context, to.data(), &length, from.data(),
                           static_cast<int>(from.size())) == 1);
    CHECK(static_cast<std::size_t>(length) == to.size());
}

// The tag.
Bytes encrypt(BytesView key, BytesView nonce, BytesView associated, BytesView plain,
              MutableBytes cipher) {
    const CipherContext context = begin(Way::Encrypt, key, nonce, associated);
    pass(context.get(), plain, cipher);
    std::array<std::uint8_t, kTagSize> rest{};
    int length = 0;
    CHECK(EVP_CipherFinal_ex(context.get(), rest.data(), &length) == 1);
    Bytes tag(kTagSize);
    CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag.data()) == 1);
    return tag;
}

bool decrypt(BytesView key, const media::Encryption& encryption, BytesView associated,
             BytesView cipher, MutableBytes plain) {
    if (encryption.nonce.size() != kNonceSize || encryption.tag.size() != kTagSize) return false;
    const CipherContext context = begin(Way::Decrypt, key, encryption.nonce, associated);
    pass(context.get(), cipher, plain);
    Bytes tag = encryption.tag;
    CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1);
    std::array<std::uint8_t, kTagSize> rest{};
    int length = 0;
    return EVP_CipherFinal_ex(context.get(), rest.data(), &length) == 1;
}

// The Set Data Encryption page (SSC-4 8.5.3.2) up to the key.
struct SetDataEncryption {
    static constexpr std::size_t length = 20;
    std::uint16_t page = 0;
    std::uint16_t page_length = 0;
    std::uint8_t scope = 0;
    bool lock = false;
    std::uint8_t ceem = 0;
    std::uint8_t rdmc = 0;
    bool sdk = false;
    bool ckod = false;
    bool ckorp = false;
    bool ckorl = false;
    std::uint8_t encryption = 0;
    std::uint8_t decryption = 0;
    std::uint8_t algorithm = 0;
    std::uint8_t key_format = 0;
    std::uint8_t kad_format = 0;
    std::uint16_t key_length = 0;

    static constexpr auto fields() {
        using Self = SetDataEncryption;
        return std::tuple{scsi::Field{"PAGE CODE", &Self::page, 0, 7, 16},
                          scsi::Field{"PAGE LENGTH", &Self::page_length, 2, 7, 16},
                          scsi::Field{"SCOPE", &Self::scope, 4, 7, 3},
                          scsi::Field{"LOCK", &Self::lock, 4, 0, 1},
                          scsi::Field{"CEEM", &Self::ceem, 5, 7, 2},
                          scsi::Field{"RDMC", &Self::rdmc, 5, 5, 2},
                          scsi::Field{"SDK", &Self::sdk, 5, 3, 1},
                          scsi::Field{"CKOD", &Self::ckod, 5, 2, 1},
                          scsi::Field{"CKORP", &Self::ckorp, 5, 1, 1},
                          scsi::Field{"CKORL", &Self::ckorl, 5, 0, 1},
                          scsi::Field{"ENCRYPTION MODE", &Self::encryption, 6, 7, 8},
                          scsi::Field{"DECRYPTION MODE", &Self::decryption, 7, 7, 8},
                          scsi::Field{"ALGORITHM INDEX", &Self::algorithm, 8, 7, 8},
                          scsi::Field{"KEY FORMAT", &Self::key_format, 9, 7, 8},
                          scsi::Field{"KAD FORMAT", &Self::kad_format, 10, 7, 8},
                          scsi::Field{"KEY LENGTH", &Self::key_length, 18, 7, 16}};
    }
};

constexpr std::uint16_t kSetDataEncryptionPage = 0x0010;
constexpr std::uint8_t kReservedRdmc = 1;
constexpr std::uint8_t kRawReadEnabled = 2;
constexpr std::uint8_t kLargestKadFormat = 2;        // unspecified, binary, ASCII
constexpr std::uint8_t kBlocksWrittenEncrypted = 3;  // CEEM: those are an error

Sense invalid(std::string_view field) {
    const auto at = scsi::position_of<SetDataEncryption>(field);
    return scsi::kInvalidFieldInParameterList.at_parameter_byte(at.byte, at.bit);
}

bool needs_key(const SetDataEncryption& page) {
    constexpr auto kEncrypt = static_cast<std::uint8_t>(EncryptionMode::Encrypt);
    constexpr auto kDecrypt = static_cast<std::uint8_t>(DecryptionMode::Decrypt);
    return page.encryption == kEncrypt || page.decryption >= kDecrypt;
}

// Which the drive cannot do: supplemental keys, keys tied to reservations, external encryption.
std::optional<Sense> why_not_set(const SetDataEncryption& page) {
    constexpr auto kEncrypt = static_cast<std::uint8_t>(EncryptionMode::Encrypt);
    constexpr auto kMixed = static_cast<std::uint8_t>(DecryptionMode::Mixed);
    if (page.rdmc == kReservedRdmc) return invalid("RDMC");
    if (page.sdk) return invalid("SDK");
    if (page.ckorp) return invalid("CKORP");
    if (page.ckorl) return invalid("CKORL");
    if (page.encryption != 0 && page.encryption != kEncrypt) return invalid("ENCRYPTION MODE");
    if (page.decryption > kMixed) return invalid("DECRYPTION MODE");
    const bool is_off = page.encryption == 0 && page.decryption == 0;
    if (page.algorithm != kAesGcmIndex && !is_off) return invalid("ALGORITHM INDEX");
    if (page.key_format != 0) return invalid("KEY FORMAT");
    if (page.kad_format > kLargestKadFormat) return invalid("KAD FORMAT");
    const bool is_right =
        page.key_length == DataEncryption::kKeySize || (page.key_length == 0 && !needs_key(page));
    if (!is_right) return invalid("KEY LENGTH");
    return std::nullopt;
}

// Key-associated data: type, authentication, length(2), data; ascending by type. Authentication is
// the drive's to tell: what a host leaves there means nothing (stenc 1.0.7 leaves whatever was in
// its memory).
std::optional<Sense> read_descriptors(ByteReader& in, DataEncryption& into) {
    constexpr std::uint8_t kUnauthenticated = 0;
    constexpr std::uint8_t kAuthenticated = 1;
    int last = -1;
    while (in.remaining() > 0) {
        const auto at = static_cast<std::uint16_t>(in.position());
        const auto wrong = [&](unsigned byte) {
            return scsi::kInvalidFieldInParameterList.at_parameter_byte(
                static_cast<std::uint16_t>(at + byte));
        };
        const std::uint8_t type = in.u8();
        in.skip(1);
        const std::size_t size = in.u16();
        const BytesView data = in.bytes(size);
        if (!in.ok()) return scsi::kParameterListLengthError;
        if (type > kAuthenticated || type <= last) return wrong(0);
        const bool is_plain = type == kUnauthenticated;
        const std::size_t longest = is_plain ? DataEncryption::kLongestUnauthenticated
                                             : DataEncryption::kLongestAuthenticated;
        if (size > longest) return wrong(2);
        (is_plain ? into.unauthenticated_kad : into.authenticated_kad)
            .assign(data.begin(), data.end());
        last = type;
    }
    return std::nullopt;
}

}  // namespace

Result<KeyRequest, Sense> parse_key_request(BytesView list) {
    constexpr std::size_t kPageHeader = 4;
    if (list.size() < SetDataEncryption::length)
        return base::Failure{scsi::kParameterListLengthError};
    const auto page = scsi::decode_fields<SetDataEncryption>(list);
    if (page.page != kSetDataEncryptionPage) return base::Failure{invalid("PAGE CODE")};
    if (page.page_length != list.size() - kPageHeader) {
        return base::Failure{scsi::kParameterListLengthError};
    }
    constexpr auto kMask = scsi::field_mask<SetDataEncryption>();
    if (const auto at = scsi::first_reserved_bit(list.first(SetDataEncryption::length), kMask)) {
        return base::Failure{
            scsi::kInvalidFieldInParameterList.at_parameter_byte(at->byte, at->bit)};
    }
    if (page.scope > static_cast<std::uint8_t>(KeyScope::AllNexuses)) {
        return base::Failure{invalid("SCOPE")};
    }
    KeyRequest request;
    request.scope = static_cast<KeyScope>(page.scope);
    request.lock = page.lock ? KeyLock::Locked : KeyLock::Open;
    if (request.scope == KeyScope::Public) return request;  // the rest is ignored (SSC-4 8.5.3.2)
    if (const auto reason = why_not_set(page)) return base::Failure{*reason};

    DataEncryption& parameters = request.parameters;
    parameters.encryption = static_cast<EncryptionMode>(page.encryption);
    parameters.decryption = static_cast<DecryptionMode>(page.decryption);
    parameters.check_mode = page.ceem;
    parameters.is_raw_read_enabled = page.rdmc == kRawReadEnabled;
    parameters.is_cleared_on_demount = page.ckod;
    parameters.kad_format = page.kad_format;
    ByteReader in(list);
    in.skip(SetDataEncryption::length);
    const BytesView key = in.bytes(page.key_length);
    if (!in.ok()) return base::Failure{scsi::kParameterListLengthError};
    if (needs_key(page)) parameters.key.assign(key.begin(), key.end());
    if (const auto reason = read_descriptors(in, parameters)) return base::Failure{*reason};
    return request;
}

const DataEncryption& KeyRing::of(scsi::NexusId nexus) const {
    const auto holder = holders_.find(nexus);
    const bool has_own = holder != holders_.end() && holder->second.own.has_value();
    return has_own ? *holder->second.own : shared_;
}

KeyScope KeyRing::scope_of(scsi::NexusId nexus) const {
    const auto holder = holders_.find(nexus);
    return holder == holders_.end() ? KeyScope::Public : holder->second.scope;
}

KeyScope KeyRing::key_scope_of(scsi::NexusId nexus) const {
    if (&of(nexus) != &shared_) return KeyScope::Local;
    return is_shared_set_ ? KeyScope::AllNexuses : KeyScope::Public;
}

bool KeyRing::has_keys() const {
    return !shared_.key.empty() ||
           std::any_of(holders_.begin(), holders_.end(), [](const auto& holder) {
               return holder.second.own && !holder.second.own->key.empty();
           });
}

void KeyRing::set(scsi::NexusId nexus, KeyRequest request) {
    request.parameters.instance = ++instances_;
    Holder& holder = holders_[nexus];
    holder.scope = request.scope;
    holder.own.reset();
    if (request.scope == KeyScope::Local) holder.own = std::move(request.parameters);
    if (request.scope == KeyScope::AllNexuses) {
        shared_ = std::move(request.parameters);
        is_shared_set_ = true;
        for (auto& [other, its] : holders_) {  // theirs for all no longer hold
            if (other != nexus && its.scope == KeyScope::AllNexuses) its.scope = KeyScope::Public;
        }
    }
    holder.locked_instance.reset();
    if (request.lock == KeyLock::Locked) holder.locked_instance = of(nexus).instance;
}

std::optional<Sense> KeyRing::why_not_use(scsi::NexusId nexus) const {
    const auto holder = holders_.find(nexus);
    if (holder == holders_.end() || !holder->second.locked_instance) return std::nullopt;
    if (*holder->second.locked_instance == of(nexus).instance) return std::nullopt;
    return kKeyInstanceChanged;
}

DataEncryption KeyRing::none() {
    DataEncryption off;
    off.instance = ++instances_;
    return off;
}

void KeyRing::demounted() {
    for (auto& [nexus, holder] : holders_) {
        if (holder.own && holder.own->is_cleared_on_demount) holder.own = none();
    }
    if (shared_.is_cleared_on_demount) {
        shared_ = none();
        is_shared_set_ = false;
    }
}

void KeyRing::clear() {
    holders_.clear();
    if (std::exchange(is_shared_set_, false)) shared_ = none();
}

void KeyRing::forget(scsi::NexusId nexus) {
    holders_.erase(nexus);
}

bool is_key_of(const DataEncryption& parameters, const media::Encryption& block) {
    return !parameters.key.empty() && key_check_of(parameters.key) == block.key_check;
}

Result<EncodedBlock, Sense> EncryptingCodec::encode(BytesView block) {
    CHECK(parameters_ != nullptr);
    auto inner = inner_.encode(block);
    if (!inner || parameters_->encryption == EncryptionMode::Disable) return inner;
    EncodedBlock encoded;
    encoded.form = inner->form;
    encoded.form.encryption.emplace();
    media::Encryption& encryption = *encoded.form.encryption;
    encryption.key_check = key_check_of(parameters_->key);
    encryption.unauthenticated_kad = parameters_->unauthenticated_kad;
    encryption.authenticated_kad = parameters_->authenticated_kad;
    encryption.kad_format = parameters_->kad_format;
    encryption.is_raw_read_disabled = !parameters_->is_raw_read_enabled;
    const BytesView plain = inner->stored();
    const Bytes associated = associated_data(encoded.form);
    encryption.nonce = nonce_of(parameters_->key, associated, plain);
    encoded.made.resize(plain.size());
    encryption.tag = encrypt(parameters_->key, encryption.nonce, associated, plain, encoded.made);
    return encoded;
}

std::optional<Sense> EncryptingCodec::why_not_decode(const media::BlockForm& form) const {
    CHECK(parameters_ != nullptr);
    const DecryptionMode mode = parameters_->decryption;
    if (!form.encryption) {
        const bool wants_encrypted = mode == DecryptionMode::Raw || mode == DecryptionMode::Decrypt;
        return wants_encrypted ? kUnencryptedData : inner_.why_not_decode(form);
    }
    switch (mode) {
        case DecryptionMode::Disable:
            return kUnableToDecrypt;
        case DecryptionMode::Raw:
            if (form.encryption->is_raw_read_disabled) return kRawReadDisabled;
            return std::nullopt;
        case DecryptionMode::Decrypt:
        case DecryptionMode::Mixed:
            break;
    }
    if (!is_key_of(*parameters_, *form.encryption)) return kIncorrectKey;
    if (parameters_->check_mode == kBlocksWrittenEncrypted) return kErrorDecrypting;
    return std::nullopt;
}

// Raw, a block is what is on tape, and its tag.
std::uint32_t EncryptingCodec::host_length(const media::BlockForm& form) const {
    CHECK(parameters_ != nullptr);
    return is_raw() && form.encryption ? form.stored + std::uint32_t{kTagSize} : form.length;
}

Result<void, Sense> EncryptingCodec::decode(const media::BlockForm& form, BytesView stored,
                                            MutableBytes block) {
    if (!form.encryption) return inner_.decode(form, stored, block);
    if (is_raw()) {
        Bytes raw(stored.begin(), stored.end());
        raw.insert(raw.end(), form.encryption->tag.begin(), form.encryption->tag.end());
        std::copy_n(raw.begin(), std::min(raw.size(), block.size()), block.begin());
        return {};
    }
    Bytes plain(stored.size());
    if (!decrypt(parameters_->key, *form.encryption, associated_data(form), stored, plain)) {
        return base::Failure{kIntegrityFailed};
    }
    media::BlockForm inside = form;
    inside.encryption.reset();
    return inner_.decode(inside, plain, block);
}

}  // namespace nearline::drives
