// The walk of these tests over a real session, with whatever target and drive the URL names: its
// cartridge must have the limits that walk.h tells.
//
// usage: tape-model-walk iscsi://HOST:PORT/TARGET/LUN FIRST_SEED LAST_SEED STEPS
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "initiator/iscsi_initiator.h"
#include "initiator/poll_loop.h"
#include "tests/tape_model/walk.h"

int main(int argc, char** argv) {
    using nearline::tape_model::Walk;
    constexpr std::uint64_t kDeepest = 8;
    if (argc != 5) {
        std::fputs("usage: tape-model-walk URL FIRST_SEED LAST_SEED STEPS\n", stderr);
        return 2;
    }
    const auto url = nearline::initiator::parse_iscsi_url(argv[1]);
    if (!url) {
        std::fprintf(stderr, "tape-model-walk: %s\n", url.error().c_str());
        return 2;
    }
    const std::uint64_t first = std::strtoull(argv[2], nullptr, 10);
    const std::uint64_t last = std::strtoull(argv[3], nullptr, 10);
    const std::uint64_t steps = std::strtoull(argv[4], nullptr, 10);

    nearline::initiator::PollLoop loop;
    nearline::initiator::IscsiInitiator initiator(loop, *url);
    const Walk::Wait wait = [&](const std::function<bool()>& is_done) {
        return loop.run_until(is_done, std::chrono::seconds(60));
    };
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        Walk walk({initiator, url->lun, wait}, seed, 1 + seed % kDeepest);
        if (const auto difference = walk.run(steps)) {
            std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed),
                        difference->c_str());
            return 1;
        }
    }
    std::printf("%llu commands, as the model says\n",
                static_cast<unsigned long long>((last - first + 1) * steps));
    return 0;
}
