// Where what is recorded on a library's cartridges is kept: one tape image a cartridge, made when a
// drive first threads it. With a state directory in DIR/media, else in memory.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "media/cartridge.h"
#include "media/medium.h"

namespace nearline::library {

// All images in memory together; a write beyond it fails as on a full disk.
inline constexpr std::uint64_t kMemoryForRecordings = std::uint64_t{4} << 30;

class Recordings {
public:
    // In memory.
    Recordings();
    Recordings(base::FileSystem& files, const std::string& state_directory);

    // Of the cartridge with this number, as it was left; a new one is empty.
    media::MediumResult<std::unique_ptr<media::Medium>> open(
        const media::CartridgeDescription& cartridge);

private:
    std::string path_of(media::CartridgeId id) const;

    std::unique_ptr<base::FileSystem> memory_;  // when there is no state
    base::FileSystem& files_;
    std::string directory_;
};

}  // namespace nearline::library
