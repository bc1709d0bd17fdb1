#include "iscsi/chap.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/text.h"

namespace nearline::iscsi {
namespace {

constexpr std::size_t kChallengeLength = 16;
// An initiator may list what it likes; nobody needs more than a few.
constexpr std::size_t kMaximumAlgorithms = 32;

const EVP_MD* digest_of(ChapAlgorithm algorithm) {
    switch (algorithm) {
        case ChapAlgorithm::Md5:
            return EVP_md5();
        case ChapAlgorithm::Sha1:
            return EVP_sha1();
        case ChapAlgorithm::Sha256:
            return EVP_sha256();
        case ChapAlgorithm::Sha3With256:
            return EVP_sha3_256();
    }
    return nullptr;
}

bool are_equal(BytesView a, BytesView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

const std::string* find(const std::vector<KeyValue>& keys, std::string_view name) {
    const auto at = std::find_if(keys.begin(), keys.end(),
                                 [&](const KeyValue& pair) { return pair.key == name; });
    return at == keys.end() ? nullptr : &at->value;
}

// The first whole number of the list that names an algorithm this host can compute.
std::optional<ChapAlgorithm> choose(std::string_view list) {
    const auto names = base::split(list, ',');
    if (names.size() > kMaximumAlgorithms) return std::nullopt;
    for (const std::string_view name : names) {
        const auto number = parse_number(name);
        if (!number || *number < 5 || *number > 8) continue;
        const auto algorithm = static_cast<ChapAlgorithm>(*number);
        if (chap_response(algorithm, 0, "", {})) return algorithm;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Bytes> chap_response(ChapAlgorithm algorithm, std::uint8_t identifier,
                                   std::string_view secret, BytesView challenge) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    const bool ok = context && EVP_DigestInit_ex(context.get(), digest_of(algorithm), nullptr) &&
                    EVP_DigestUpdate(context.get(), &identifier, 1) &&
                    EVP_DigestUpdate(context.get(), secret.data(), secret.size()) &&
                    EVP_DigestUpdate(context.get(), challenge.data(), challenge.size()) &&
                    EVP_DigestFinal_ex(context.get(), out.data(), &length);
    if (!ok) return std::nullopt;
    return Bytes(out.begin(), out.begin() + length);
}

bool is_chap_key(std::string_view key) {
    return key.starts_with("CHAP_");
}

ChapExchange::ChapExchange(const ChapAccess& access, const RandomBytes& random)
    : access_(access), random_(random) {}

ChapExchange::Step ChapExchange::on_keys(const std::vector<KeyValue>& keys) {
    switch (std::exchange(expecting_, Expecting::Nothing)) {
        case Expecting::Algorithms:
            return on_algorithms(keys);
        case Expecting::Answer:
            return on_answer(keys);
        case Expecting::Nothing:
            break;
    }
    return {};
}

ChapExchange::Step ChapExchange::on_algorithms(const std::vector<KeyValue>& keys) {
    const std::string* list = find(keys, "CHAP_A");
    if (list == nullptr || keys.size() != 1) return {};
    const auto algorithm = choose(*list);
    if (!algorithm) return {};
    algorithm_ = *algorithm;
    Bytes fresh(1 + kChallengeLength);
    random_(fresh);
    identifier_ = fresh.front();
    challenge_.assign(fresh.begin() + 1, fresh.end());
    expecting_ = Expecting::Answer;
    return {Progress::GoesOn,
            {{"CHAP_A", std::to_string(static_cast<unsigned>(algorithm_))},
             {"CHAP_I", std::to_string(identifier_)},
             {"CHAP_C", binary_text(challenge_)}}};
}

ChapExchange::Step ChapExchange::on_answer(const std::vector<KeyValue>& keys) {
    const std::string* name = find(keys, "CHAP_N");
    const std::string* response = find(keys, "CHAP_R");
    const std::string* identifier = find(keys, "CHAP_I");
    const std::string* challenge = find(keys, "CHAP_C");
    const bool wants_proof = identifier != nullptr && challenge != nullptr;
    const std::size_t expected_keys = wants_proof ? 4 : 2;
    if (name == nullptr || response == nullptr || keys.size() != expected_keys) return {};

    const auto answer = parse_binary(*response);
    if (!answer) return {};
    // Every account is tried, so that the time taken does not tell whether the name exists.
    bool is_proved = false;
    for (const ChapAccount& account : access_.initiators) {
        const auto expected = chap_response(algorithm_, identifier_, account.secret, challenge_);
        const bool matches = expected && are_equal(*expected, *answer);
        is_proved = is_proved || (matches && account.user == *name);
    }
    if (!is_proved) return {};
    if (wants_proof) return prove_to(*identifier, *challenge, *response);
    return {Progress::Proved, {}};
}

// RFC 7143 9.2.1: a challenge of ours that comes back is an attempt to have us answer it.
ChapExchange::Step ChapExchange::prove_to(std::string_view identifier, std::string_view challenge,
                                          std::string_view answer) {
    const auto number = parse_number(identifier);
    const auto theirs = parse_binary(challenge);
    if (!number || *number > 0xFF || !theirs || theirs->empty()) return {};
    if (are_equal(*theirs, challenge_) || !access_.target) return {};
    const auto proof = chap_response(algorithm_, static_cast<std::uint8_t>(*number),
                                     access_.target->secret, *theirs);
    // Equal proofs mean that both directions share a secret, which RFC 7143 12.1.3 forbids.
    const auto received = parse_binary(answer);
    if (!proof || (received && are_equal(*proof, *received))) return {};
    return {Progress::Proved, {{"CHAP_N", access_.target->user}, {"CHAP_R", binary_text(*proof)}}};
}

}  // namespace nearline::iscsi
