// CHAP as iSCSI uses it (RFC 1994, RFC 7143 12.1.3), the target's side: it challenges, checks the
// answer, and proves itself when asked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "iscsi/text.h"

namespace nearline::iscsi {

// Fills the span with bytes nobody can predict: the operating system's in life, a stream of the
// simulation in tests.
using RandomBytes = std::function<void(base::MutableBytes)>;

struct ChapAccount {
    std::string user;
    std::string secret;
};

// Who may log in, and as whom the target proves itself if asked to.
struct ChapAccess {
    std::vector<ChapAccount> initiators;
    std::optional<ChapAccount> target;
};

enum class ChapAlgorithm : std::uint8_t { Md5 = 5, Sha1 = 6, Sha256 = 7, Sha3With256 = 8 };

// H(identifier, secret, challenge); nullopt where the host's OpenSSL lacks the algorithm.
std::optional<Bytes> chap_response(ChapAlgorithm algorithm, std::uint8_t identifier,
                                   std::string_view secret, BytesView challenge);

bool is_chap_key(std::string_view key);

class ChapExchange {
public:
    enum class Progress { GoesOn, Proved, Failed };
    struct Step {
        Progress progress = Progress::Failed;
        std::vector<KeyValue> answer;
    };

    // `access` must outlive the exchange.
    ChapExchange(const ChapAccess& access, const RandomBytes& random);

    // The CHAP keys of one request, in any order. Why it failed is not told to anybody.
    Step on_keys(const std::vector<KeyValue>& keys);

private:
    enum class Expecting { Algorithms, Answer, Nothing };

    Step on_algorithms(const std::vector<KeyValue>& keys);
    Step on_answer(const std::vector<KeyValue>& keys);
    Step prove_to(std::string_view identifier, std::string_view challenge, std::string_view answer);

    const ChapAccess& access_;
    const RandomBytes& random_;
    Expecting expecting_ = Expecting::Algorithms;
    ChapAlgorithm algorithm_ = ChapAlgorithm::Md5;
    std::uint8_t identifier_ = 0;
    Bytes challenge_;
};

}  // namespace nearline::iscsi
