// What passed a drive's head and its interface, as log pages count it.
#pragma once

#include <cstdint>
#include <map>

#include "drives/tape.h"

namespace nearline::drives {

struct DataCount {
    std::uint64_t from_host = 0;  // bytes
    std::uint64_t to_tape = 0;
    std::uint64_t from_tape = 0;
    std::uint64_t to_host = 0;
    std::uint64_t unrecovered_writes = 0;  // errors
    std::uint64_t unrecovered_reads = 0;

    void wrote(const TapeReport& report) {
        from_host += report.passed.host;
        to_tape += report.passed.stored;
        if (report.fault) ++unrecovered_writes;
    }
    void read(const TapeReport& report) {
        from_tape += report.passed.stored;
        to_host += report.passed.host;
        if (report.fault) ++unrecovered_reads;
    }
};

struct TapeStatistics {
    DataCount of_load;  // since the cartridge was loaded; the last one's until the next is
    std::map<std::uint8_t, DataCount> of_partition;  // of the load's
    DataCount of_life;                               // since the drive was made

    void begin_load() {
        of_load = {};
        of_partition.clear();
    }
    void wrote(const TapeReport& report, std::uint8_t partition) {
        of_load.wrote(report);
        of_partition[partition].wrote(report);
        of_life.wrote(report);
    }
    void read(const TapeReport& report, std::uint8_t partition) {
        of_load.read(report);
        of_partition[partition].read(report);
        of_life.read(report);
    }
};

}  // namespace nearline::drives
