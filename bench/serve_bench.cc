// `nearline serve` measured from outside, as ratios to a bare TCP ping-pong of the same sizes and
// to Debian's tgtd, all in one run with one client. Prints the table of docs/performance.md.
//
// usage: bench-serve NEARLINE WORK_FOLDER
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>

#include "bench/iscsi_client.h"
#include "bench/measure.h"
#include "bench/processes.h"

namespace nearline::bench {
namespace {

constexpr int kRounds = 7;

// A server with the command that is sent to it.
struct Contestant {
    std::unique_ptr<IscsiClient> client;
    Command command;
};

// Seconds for one command, each contestant's median over rounds that take turns, so that what
// disturbs one disturbs all.
std::vector<double> compare(std::vector<Contestant>& contestants, std::size_t depth,
                            std::size_t count) {
    std::vector<std::vector<double>> seconds(contestants.size());
    for (int round = -1; round < kRounds; ++round) {
        for (std::size_t i = 0; i < contestants.size(); ++i) {
            const double took = contestants[i].client->run(contestants[i].command, depth, count);
            if (round >= 0) seconds[i].push_back(took / static_cast<double>(count));  // -1 warms up
        }
    }
    std::vector<double> medians;
    for (auto& each : seconds) medians.push_back(median(each));
    return medians;
}

Contestant contestant(const Portal& portal, const Command& command) {
    Contestant made{std::make_unique<IscsiClient>(portal.host, portal.port), command};
    made.client->login(portal.target);
    made.client->settle(test_unit_ready(command.lun));
    return made;
}

// A reply as long as the target's, in the shape of a SCSI Response, so that the client works alike.
Bytes reply_of(std::size_t size) {
    Bytes reply(size);
    const std::size_t data = size - kHeaderSize;
    reply[0] = 0x21;
    reply[1] = 0x80;
    reply[5] = static_cast<std::uint8_t>(data >> 16);
    reply[6] = static_cast<std::uint8_t>(data >> 8);
    reply[7] = static_cast<std::uint8_t>(data);
    return reply;
}

void print_ratio(const std::string& what, std::size_t bytes, double ours, double bare, double tgt) {
    char against_tgt[32] = "–";
    if (tgt > 0) std::snprintf(against_tgt, sizeof against_tgt, "%.2f", ours / tgt);
    std::printf("| %s | %zu | %.1f µs | %.2f | %s |\n", what.c_str(), bytes, ours * 1e6,
                ours / bare, against_tgt);
    std::fflush(stdout);
}

void measure(const std::string& what, const Portal& ours, const Command& command, const Portal* tgt,
             const Command& tgt_command, std::initializer_list<std::size_t> depths,
             std::size_t count) {
    std::vector<Contestant> contestants;
    contestants.push_back(contestant(ours, command));
    const Answer answer = contestants.front().client->execute(command);
    if (answer.status != 0) give_up(what + " ended with status " + std::to_string(answer.status));
    const PingPong bare(reply_of(answer.bytes));
    contestants.push_back(
        {std::make_unique<IscsiClient>(bare.portal().host, bare.portal().port), command});
    if (tgt != nullptr) {
        contestants.push_back(contestant(*tgt, tgt_command));
        if (contestants.back().client->execute(tgt_command).status != 0) contestants.pop_back();
    }
    for (const std::size_t depth : depths) {
        const auto seconds = compare(contestants, depth, count);
        print_ratio(what + ", depth " + std::to_string(depth), answer.bytes, seconds[0], seconds[1],
                    seconds.size() > 2 ? seconds[2] : 0);
    }
}

std::string library_with(const std::string& folder, int slots) {
    const std::string path = folder + "/slots-" + std::to_string(slots) + ".textproto";
    std::ofstream(path) << "name: \"bench\"\n"
                        << "storage { count: " << slots << " }\n"
                        << "import_export { count: 2 }\n"
                        << "cartridges { labels: \"B%05dL9\" first: 1 count: " << slots / 2
                        << " where: STORAGE }\n";
    return path;
}

// First storage element address, from mode page 1Dh (SMC-3 7.3.3): bytes 6 and 7 of the page.
std::uint16_t first_slot(IscsiClient& client) {
    Command mode_sense{"MODE SENSE", 0, {}, 64, {}};
    mode_sense.cdb = {0x1A, 0x08, 0x1D, 0, 64};
    const Answer answer = client.execute(mode_sense);
    if (answer.status != 0 || answer.data.size() < 4) give_up("no mode page 1Dh");
    const std::size_t page = 4U + answer.data[3];
    if (answer.data.size() < page + 8) give_up("mode page 1Dh is too short");
    return static_cast<std::uint16_t>(answer.data[page + 6] << 8 | answer.data[page + 7]);
}

std::uint16_t first_slot(const Portal& portal) {
    IscsiClient client(portal.host, portal.port);
    client.login(portal.target);
    client.settle(test_unit_ready(0));
    return first_slot(client);
}

void measure_commands(const std::string& program, const std::string& folder) {
    const NearlineServer server(program, "");
    std::string why;
    const auto tgt = TgtServer::start(folder, 24, why);
    if (tgt == nullptr) std::fprintf(stderr, "bench: without tgt: %s\n", why.c_str());
    const Portal* tgt_portal = tgt ? &tgt->portal() : nullptr;

    std::puts("| command | reply, bytes | time | to bare TCP | to tgt |");
    std::puts("| --- | --- | --- | --- | --- |");
    measure("TEST UNIT READY", server.portal(), test_unit_ready(0), tgt_portal, test_unit_ready(0),
            {1, 32}, 20'000);
    const std::uint16_t slot = first_slot(server.portal());
    measure("READ ELEMENT STATUS of 8 slots", server.portal(),
            read_element_status(0, slot, 8, 4096), tgt && tgt->has_changer() ? tgt_portal : nullptr,
            read_element_status(TgtServer::kChangerLun, TgtServer::kFirstSlot, 8, 4096), {1, 32},
            10'000);
}

void measure_large(const std::string& program, const std::string& folder) {
    constexpr std::uint32_t kAll = 0xFFFFFF;
    const NearlineServer server(program, library_with(folder, 60'000));
    const std::uint16_t slot = first_slot(server.portal());
    measure("READ ELEMENT STATUS of 60,000 slots", server.portal(),
            read_element_status(0, slot, 60'000, kAll), nullptr, {}, {1}, 10);
    measure("… of 8 slots in the same library", server.portal(),
            read_element_status(0, static_cast<std::uint16_t>(slot + 30'000), 8, 4096), nullptr, {},
            {1, 32}, 10'000);
}

void measure_start(const std::string& program, const std::string& folder) {
    std::puts(
        "\n| slots | ready after | resident when idle | … after a full READ ELEMENT STATUS |");
    std::puts("| --- | --- | --- | --- |");
    for (const int slots : {24, 60'000}) {
        const std::string file = slots == 24 ? "" : library_with(folder, slots);
        std::vector<double> ready;
        std::size_t idle = 0;
        std::size_t used = 0;
        for (int round = 0; round < 5; ++round) {
            const NearlineServer server(program, file);
            ready.push_back(server.seconds_to_ready());
            idle = server.resident_bytes();
            IscsiClient client(server.portal().host, server.portal().port);
            client.login(server.portal().target);
            client.settle(test_unit_ready(0));
            client.execute(read_element_status(0, 0, 0xFFFF, 0xFFFFFF));
            used = server.resident_bytes();
        }
        std::printf("| %d | %.0f ms | %.1f MiB | %.1f MiB |\n", slots, median(ready) * 1000,
                    static_cast<double>(idle) / (1 << 20), static_cast<double>(used) / (1 << 20));
        std::fflush(stdout);
    }
}

}  // namespace
}  // namespace nearline::bench

int main(int argc, char** argv) {
    using namespace nearline::bench;
    if (argc != 3) {
        std::fputs("usage: bench-serve NEARLINE WORK_FOLDER\n", stderr);
        return 2;
    }
    measure_commands(argv[1], argv[2]);
    measure_large(argv[1], argv[2]);
    measure_start(argv[1], argv[2]);
    return 0;
}
