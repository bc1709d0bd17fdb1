// The journal of a library's facts: an append-only file of checksummed records, each durable before
// the command that caused it is answered, rewritten as a snapshot when it is opened or has grown.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "library/facts.h"

namespace nearline::library {

// What a journal's bytes still say, and what of it is lost, in sentences.
struct JournalContent {
    std::optional<Facts> facts;  // nothing: no identity could be read
    std::vector<std::string> losses;
    bool is_damaged = false;                    // more than a last record that was not finished
    std::optional<std::uint8_t> later_version;  // written by a program later than this one
};
JournalContent read_journal(base::BytesView bytes);

class Journal {
public:
    // Takes up what `directory` holds, or begins there with `description`'s facts. Fails when the
    // files cannot be used or belong to another description.
    static base::Result<std::unique_ptr<Journal>, std::string> open(
        base::FileSystem& files, const std::string& directory,
        const LibraryDescription& description);

    const Facts& facts() const { return facts_; }
    // What an earlier run wrote and could not be read any more.
    const std::vector<std::string>& losses() const { return losses_; }

    // Each is durable when it returns true. After a failure the facts are changed all the same, as
    // the world is, and the next call that succeeds makes all of them durable.
    bool stands(media::CartridgeId id, std::optional<Placement> at,
                std::optional<Placement> source);
    // The operator took it out; unless that is durable it did not happen.
    bool left(media::CartridgeId id);
    bool came(const media::CartridgeDescription& cartridge, std::optional<Placement> at);
    // What the cartridge is has changed.
    bool changed(const media::CartridgeDescription& cartridge);
    // A cartridge that was made and given back at once.
    bool never_came(media::CartridgeId id);
    bool imported(std::uint16_t station, bool by_operator);
    bool saved(std::uint16_t unit, const std::map<SavedPageKey, base::Bytes>& pages);
    // All that APTPL keeps of a unit; unless that is durable it did not happen.
    bool reserved(std::uint16_t unit, const scsi::ReservationState& state);

    Journal(base::FileSystem& files, std::string directory);  // for open()

private:
    base::Result<void, std::string> take_up(const LibraryDescription& description);
    bool append(const base::Bytes& records);
    bool rewrite();

    base::FileSystem& files_;
    std::string directory_;
    std::string path_;
    Facts facts_;
    std::vector<std::string> losses_;
    std::unique_ptr<base::File> file_;  // empty: the file must be rewritten before it is added to
    std::uint64_t end_ = 0;             // of what is durable
    std::uint64_t snapshot_size_ = 0;
    std::uint64_t sequence_ = 0;  // of the last record written
};

}  // namespace nearline::library
