// What passed a drive's head and its interface, as log pages count it.
#pragma once

#include <cstdint>
#include <map>

#include "drives/tape.h"
#include "sim/time.h"

namespace nearline::drives {

struct DataCount {
    std::uint64_t from_host = 0;  // bytes
    std::uint64_t to_tape = 0;
    std::uint64_t from_tape = 0;
    std::uint64_t to_host = 0;
    std::uint64_t unrecovered_writes = 0;  // errors of the medium
    std::uint64_t unrecovered_reads = 0;
    std::uint64_t non_medium_errors = 0;

    void wrote(const TapeReport& report) {
        from_host += report.passed.host;
        to_tape += report.passed.stored;
        if (report.fault) ++unrecovered_writes;
        note(report);
    }
    void read(const TapeReport& report) {
        from_tape += report.passed.stored;
        to_host += report.passed.host;
        if (report.fault) ++unrecovered_reads;
        note(report);
    }

private:
    void note(const TapeReport& report) {
        const bool is_of_drive =
            report.fault && report.fault->kind != media::MediumFault::Kind::Unreadable;
        if (is_of_drive) ++non_medium_errors;
    }
};

struct TapeStatistics {
    DataCount of_load;  // since the cartridge was loaded; the last one's until the next is
    std::map<std::uint8_t, DataCount> of_partition;  // of the load's
    // Of the load's, what page 02h, 03h, 06h, 1Bh or 32h has counted since LOG SELECT cleared it.
    std::map<std::uint8_t, DataCount> of_page;
    DataCount of_life;                   // since the drive was made
    std::uint64_t beginning_passes = 0;  // of the load: over the beginning of the tape
    std::uint64_t middle_passes = 0;     // and over its middle
    sim::Time inserted{};                // of what is inside
    sim::Time ready{};

    static constexpr std::uint8_t kClearable[] = {0x02, 0x03, 0x06, 0x1B, 0x32};

    void begin_load(sim::Time now) {
        of_load = {};
        of_partition.clear();
        of_page.clear();
        beginning_passes = 1;
        middle_passes = 0;
        ready = now;
    }
    void clear_page(std::uint8_t page) { of_page.erase(page); }
    DataCount counted_for(std::uint8_t page) const {
        const auto found = of_page.find(page);
        return found == of_page.end() ? DataCount{} : found->second;
    }
    void wrote(const TapeReport& report, std::uint8_t partition) {
        of_load.wrote(report);
        of_partition[partition].wrote(report);
        of_life.wrote(report);
        for (const std::uint8_t page : kClearable) of_page[page].wrote(report);
    }
    void read(const TapeReport& report, std::uint8_t partition) {
        of_load.read(report);
        of_partition[partition].read(report);
        of_life.read(report);
        for (const std::uint8_t page : kClearable) of_page[page].read(report);
    }
};

}  // namespace nearline::drives
