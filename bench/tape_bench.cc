// Writing and reading a tape of `nearline serve` over iSCSI, as ratios to a bare TCP stream of the
// same blocks into a file in the page cache and to tgtd's tape, all in one run with one client.
// Prints the table of docs/performance.md.
//
// usage: bench-tape NEARLINE WORK_FOLDER
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <thread>

#include "bench/iscsi_client.h"
#include "bench/measure.h"
#include "bench/processes.h"

namespace nearline::bench {
namespace {

constexpr int kRounds = 5;
constexpr std::size_t kBytesPerRound = std::size_t{128} << 20;  // of all drives together
constexpr std::size_t kMostDrives = TgtServer::kTapes;

// How much at once: `drives` sessions with a drive each.
struct Load {
    std::size_t drives = 1;
    Digests digests = Digests::Off;
};

// A session for each drive.
struct Contestant {
    struct Session {
        std::unique_ptr<IscsiClient> client;
        std::uint8_t lun = 0;
    };
    std::vector<Session> sessions;
    std::vector<double> writing;  // seconds, each round
    std::vector<double> reading;
};

// Incompressible, so that a drive that compresses gains nothing by it.
Bytes noise(std::size_t size) {
    Bytes bytes(size);
    std::mt19937_64 random(1);
    std::generate(bytes.begin(), bytes.end(),
                  [&] { return static_cast<std::uint8_t>(random() >> 56); });
    return bytes;
}

Contestant contestant(const Portal& portal, std::uint8_t first_lun, const Load& load) {
    Contestant made;
    for (std::size_t each = 0; each < load.drives; ++each) {
        const auto lun = static_cast<std::uint8_t>(first_lun + each);
        auto client = std::make_unique<IscsiClient>(portal.host, portal.port);
        client->login(portal.target, load.digests);
        client->settle(test_unit_ready(lun));
        made.sessions.push_back({std::move(client), lun});
    }
    return made;
}

// Digests or none: its blocks go bare.
Contestant bare_contestant(const std::vector<std::unique_ptr<FileStream>>& streams,
                           const Load& load) {
    Contestant made;
    for (std::size_t each = 0; each < load.drives; ++each) {
        const Portal& portal = streams[each]->portal();
        auto client = std::make_unique<IscsiClient>(portal.host, portal.port);
        client->send_whole_blocks();
        made.sessions.push_back({std::move(client), 0});
    }
    return made;
}

// All sessions at once; the seconds until the last has ended.
double run_all(Contestant& each, std::size_t depth, std::size_t count,
               const std::function<Command(std::uint8_t lun)>& command) {
    const double start = now_seconds();
    std::vector<std::thread> others;
    for (std::size_t at = 1; at < each.sessions.size(); ++at) {
        others.emplace_back([&session = each.sessions[at], &command, depth, count] {
            session.client->run(command(session.lun), depth, count);
        });
    }
    each.sessions[0].client->run(command(each.sessions[0].lun), depth, count);
    for (std::thread& other : others) other.join();
    return now_seconds() - start;
}

void one_round(Contestant& each, std::span<const std::uint8_t> block, std::size_t depth,
               bool is_counted) {
    const std::size_t count = kBytesPerRound / each.sessions.size() / block.size();
    const auto rewind = [&] {
        for (auto& session : each.sessions) session.client->settle(rewind_tape(session.lun));
    };
    rewind();
    const double writing =
        run_all(each, depth, count, [&](std::uint8_t lun) { return write_block(lun, block); });
    rewind();
    const double reading = run_all(each, depth, count, [&](std::uint8_t lun) {
        return read_block(lun, static_cast<std::uint32_t>(block.size()));
    });
    if (!is_counted) return;
    each.writing.push_back(writing);
    each.reading.push_back(reading);
}

void print_row(const char* what, std::size_t size, std::size_t depth, double ours, double bare,
               double tgt) {
    char against_tgt[32] = "–";
    if (tgt > 0) std::snprintf(against_tgt, sizeof against_tgt, "%.2f", tgt / ours);
    std::printf("| %s, %zu KiB, depth %zu | %.0f MB/s | %.2f | %s |\n", what, size >> 10, depth,
                kBytesPerRound / ours / 1e6, bare / ours, against_tgt);
    std::fflush(stdout);
}

void measure(std::vector<Contestant>& contestants, std::size_t size, std::size_t depth) {
    const Bytes block = noise(size);
    for (Contestant& each : contestants) {
        each.writing.clear();
        each.reading.clear();
    }
    for (int round = -1; round < kRounds; ++round) {
        for (Contestant& each : contestants) one_round(each, block, depth, round >= 0);
    }
    const bool has_tgt = contestants.size() > 2;
    print_row("write", size, depth, median(contestants[0].writing), median(contestants[1].writing),
              has_tgt ? median(contestants[2].writing) : 0);
    print_row("read", size, depth, median(contestants[0].reading), median(contestants[1].reading),
              has_tgt ? median(contestants[2].reading) : 0);
}

void measure_all(const std::string& program, const std::string& folder) {
    const std::string file = folder + "/tape.textproto";
    std::ofstream(file) << "name: \"bench\"\nstorage { count: 1 }\n"
                        << "drives { model: \"plain-lto9\" count: " << kMostDrives << " }\n"
                        << "cartridges { labels: \"B%05dL9\" first: 1 count: " << kMostDrives
                        << " where: DRIVE }\n";
    const NearlineServer server(program, file, folder + "/state");
    std::string why;
    const auto tgt = TgtServer::start(folder, 24, why);
    if (tgt == nullptr) std::fprintf(stderr, "bench: without tgt: %s\n", why.c_str());
    std::vector<std::unique_ptr<FileStream>> streams;
    for (std::size_t each = 0; each < kMostDrives; ++each) {
        streams.push_back(std::make_unique<FileStream>(folder + "/bare" + std::to_string(each)));
    }
    for (const Load& load : {Load{1, Digests::Off}, Load{1, Digests::On},
                             Load{kMostDrives, Digests::Off}, Load{kMostDrives, Digests::On}}) {
        std::vector<Contestant> contestants;
        contestants.push_back(contestant(server.portal(), 1, load));
        contestants.push_back(bare_contestant(streams, load));
        if (tgt != nullptr && tgt->has_tape()) {
            contestants.push_back(contestant(tgt->portal(), TgtServer::kTapeLun, load));
        }
        std::printf("\n%zu drive%s, digests %s:\n\n", load.drives, load.drives == 1 ? "" : "s",
                    load.digests == Digests::On ? "on" : "off");
        std::puts("| blocks | through nearline | of bare TCP into a file | of tgt |");
        std::puts("| --- | --- | --- | --- |");
        for (const std::size_t size :
             {std::size_t{64} << 10, std::size_t{256} << 10, std::size_t{1} << 20}) {
            for (const std::size_t depth : {1U, 8U}) measure(contestants, size, depth);
        }
    }
}

}  // namespace
}  // namespace nearline::bench

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: bench-tape NEARLINE WORK_FOLDER\n", stderr);
        return 2;
    }
    nearline::bench::measure_all(argv[1], argv[2]);
    return 0;
}
