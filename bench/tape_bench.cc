// Writing and reading a tape of `nearline serve` over iSCSI, as ratios to a bare TCP stream of the
// same blocks into a file in the page cache and to tgtd's tape, all in one run with one client.
// Prints the table of docs/performance.md.
//
// usage: bench-tape NEARLINE WORK_FOLDER
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <random>

#include "bench/iscsi_client.h"
#include "bench/processes.h"

namespace nearline::bench {
namespace {

constexpr int kRounds = 5;
constexpr std::size_t kBytesPerRound = std::size_t{128} << 20;

struct Contestant {
    std::unique_ptr<IscsiClient> client;
    std::uint8_t lun = 0;
    std::vector<double> writing;  // seconds, each round
    std::vector<double> reading;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// Incompressible, so that a drive that compresses gains nothing by it.
Bytes noise(std::size_t size) {
    Bytes bytes(size);
    std::mt19937_64 random(1);
    std::generate(bytes.begin(), bytes.end(),
                  [&] { return static_cast<std::uint8_t>(random() >> 56); });
    return bytes;
}

Contestant contestant(const Portal& portal, std::uint8_t lun) {
    Contestant made{std::make_unique<IscsiClient>(portal.host, portal.port), lun, {}, {}};
    made.client->login(portal.target);
    made.client->settle(test_unit_ready(lun));
    return made;
}

void one_round(Contestant& each, std::span<const std::uint8_t> block, std::size_t depth,
               bool is_counted) {
    const std::size_t count = kBytesPerRound / block.size();
    each.client->settle(rewind_tape(each.lun));
    const double writing = each.client->run(write_block(each.lun, block), depth, count);
    each.client->settle(rewind_tape(each.lun));
    const double reading = each.client->run(
        read_block(each.lun, static_cast<std::uint32_t>(block.size())), depth, count);
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
                        << "drives { model: \"plain-lto9\" }\n"
                        << "cartridges { labels: \"B00001L9\" where: DRIVE }\n";
    const NearlineServer server(program, file, folder + "/state");
    std::string why;
    const auto tgt = TgtServer::start(folder, 24, why);
    if (tgt == nullptr) std::fprintf(stderr, "bench: without tgt: %s\n", why.c_str());
    const FileStream bare(folder + "/bare");

    std::vector<Contestant> contestants;
    contestants.push_back(contestant(server.portal(), 1));
    contestants.push_back(
        {std::make_unique<IscsiClient>(bare.portal().host, bare.portal().port), 0, {}, {}});
    contestants[1].client->send_whole_blocks();
    if (tgt != nullptr && tgt->has_tape()) {
        contestants.push_back(contestant(tgt->portal(), TgtServer::kTapeLun));
    }
    std::puts("| blocks | through nearline | of bare TCP into a file | of tgt |");
    std::puts("| --- | --- | --- | --- |");
    for (const std::size_t size :
         {std::size_t{64} << 10, std::size_t{256} << 10, std::size_t{1} << 20}) {
        for (const std::size_t depth : {1U, 8U}) measure(contestants, size, depth);
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
