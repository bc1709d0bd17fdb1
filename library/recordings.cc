#include "library/recordings.h"

#include <algorithm>
#include <utility>

#include "base/memory_file_system.h"
#include "media/format.h"
#include "media/tape_image.h"

namespace nearline::library {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

std::unique_ptr<base::FileSystem> some_memory() {
    auto memory = std::make_unique<base::MemoryFileSystem>();
    memory->limit_space(kMemoryForRecordings);
    return memory;
}

std::uint64_t capacity_of(const media::CartridgeDescription& cartridge) {
    if (cartridge.capacity_mb != 0) return cartridge.capacity_mb * kMegabyte;
    const media::Format* format = media::format_of(cartridge.generation);
    return format == nullptr ? 0 : format->native_bytes();
}

}  // namespace

Recordings::Recordings() : memory_(some_memory()), files_(*memory_), directory_("media") {}

Recordings::Recordings(base::FileSystem& files, const std::string& state_directory)
    : files_(files), directory_(state_directory + "/media") {}

media::MediumResult<std::unique_ptr<media::Medium>> Recordings::open(
    const media::CartridgeDescription& cartridge) {
    using media::TapeImage;
    const std::string path = path_of(cartridge.id);
    auto image = [&]() -> media::MediumResult<std::unique_ptr<TapeImage>> {
        const auto there = files_.open(path, base::OpenMode::ReadOnly);
        const bool is_new = !there && there.error().kind == base::FileErrorKind::NotFound;
        if (!is_new) return TapeImage::open(files_, path);
        if (auto made = files_.create_directories(directory_); !made) {
            return base::Failure{
                media::MediumFault{media::MediumFault::Kind::InputOutput, made.error().message}};
        }
        return TapeImage::create(
            files_, path, {cartridge.label, capacity_of(cartridge), cartridge.is_discarding});
    }();
    if (!image) return base::Failure{image.error()};
    return std::unique_ptr<media::Medium>(std::move(image).value());
}

// By number: labels may be missing, unreadable or twice.
std::string Recordings::path_of(media::CartridgeId id) const {
    const std::string digits = std::to_string(static_cast<std::uint32_t>(id));
    constexpr std::size_t kDigits = 8;
    const std::size_t missing = kDigits - std::min(kDigits, digits.size());
    return directory_ + "/" + std::string(missing, '0') + digits + ".tape";
}

}  // namespace nearline::library
