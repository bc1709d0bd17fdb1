// The tape image against bare pwrite and pread of the same sizes, and what a tape of ten million
// blocks costs. Everything is in the page cache: what is compared is the work, not the disk.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "base/posix_file_system.h"
#include "bench/measure.h"
#include "media/tape_image.h"

namespace nearline::bench {
namespace {

using media::BlockForm;
using media::TapeImage;

constexpr int kRounds = 7;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "bench-image: %s\n", why.c_str());
    std::exit(1);
}

BlockForm plain(std::size_t size) {
    BlockForm form;
    form.length = form.stored = static_cast<std::uint32_t>(size);
    return form;
}

class BareFile {
public:
    explicit BareFile(const std::string& path)
        : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
        if (descriptor_ < 0) give_up("cannot open " + path);
    }
    ~BareFile() { ::close(descriptor_); }
    BareFile(const BareFile&) = delete;
    BareFile& operator=(const BareFile&) = delete;

    void write(std::size_t number, base::BytesView block) {
        const auto offset = static_cast<off_t>(number * block.size());
        if (::pwrite(descriptor_, block.data(), block.size(), offset) < 0) give_up("pwrite");
    }
    void read(std::size_t number, base::MutableBytes block) {
        const auto offset = static_cast<off_t>(number * block.size());
        if (::pread(descriptor_, block.data(), block.size(), offset) < 0) give_up("pread");
    }

private:
    int descriptor_;
};

std::unique_ptr<TapeImage> fresh(base::FileSystem& files, const std::string& path,
                                 bool is_discarding) {
    static_cast<void>(files.remove(path));
    auto tape = TapeImage::create(files, path, {"bench", 0, is_discarding});
    if (!tape) give_up(tape.error().message);
    return std::move(*tape);
}

void print(const char* what, std::size_t size, double bytes, double ours, double bare) {
    std::printf("| %s | %zu | %.0f MB/s | %.2f |\n", what, size, bytes / ours / 1e6, bare / ours);
    std::fflush(stdout);
}

// Both write and read the same blocks, in turns; the ratio is that of their speeds.
void measure_stream(const std::string& folder, std::size_t size) {
    const std::size_t count = (std::size_t{128} << 20) / size;
    base::PosixFileSystem files;
    // Begins at a page, as buffers of hosts do; elsewhere the bare read would copy a page onto
    // itself in the processor's eyes, and be slow.
    constexpr std::size_t kPage = 4096;
    base::Bytes buffer(size + kPage);
    const auto address = reinterpret_cast<std::uintptr_t>(buffer.data());
    const base::MutableBytes block =
        base::MutableBytes(buffer).subspan((kPage - address % kPage) % kPage, size);
    for (std::size_t at = 0; at < size; ++at) block[at] = static_cast<std::uint8_t>(at * 7);
    std::vector<double> write, bare_write, read, bare_read;
    for (int round = -1; round < kRounds; ++round) {
        const std::string path = folder + "/bare";
        static_cast<void>(files.remove(path));
        BareFile bare(path);
        const auto tape = fresh(files, folder + "/tape", false);
        std::vector<std::pair<std::vector<double>*, std::function<void()>>> works = {
            {&write,
             [&] {
                 for (std::size_t at = 0; at < count; ++at) {
                     if (!tape->write_block({0, at}, plain(size), block)) give_up("write_block");
                 }
             }},
            {&bare_write,
             [&] {
                 for (std::size_t at = 0; at < count; ++at) bare.write(at, block);
             }},
            {&read,
             [&] {
                 for (std::size_t at = 0; at < count; ++at) {
                     const auto form = tape->form({0, at});
                     if (!form || !tape->read({0, at}, block)) give_up("read");
                 }
             }},
            {&bare_read, [&] {
                 for (std::size_t at = 0; at < count; ++at) bare.read(at, block);
             }}};
        // Who is first finds colder memory: in turns.
        if (round % 2 != 0) {
            std::swap(works[0], works[1]);
            std::swap(works[2], works[3]);
        }
        for (const auto& [times, work] : works) {
            const double took = seconds_of(work);
            if (round >= 0) times->push_back(took);  // -1 warms up
        }
    }
    const auto bytes = static_cast<double>(size * count);
    print("write", size, bytes, median(write), median(bare_write));
    print("read", size, bytes, median(read), median(bare_read));
}

// Blocks of sizes that all differ, the dearest case; their bytes are not kept, to fit on any disk.
void measure_long_tape(const std::string& folder) {
    constexpr std::uint64_t kBlocks = 10'000'000;
    constexpr std::size_t kLargest = 4096;
    base::PosixFileSystem files;
    const std::string path = folder + "/long";
    const base::Bytes data(kLargest);
    std::uint64_t state = 1;
    const auto random = [&] { return (state = state * 6364136223846793005 + 1442695) >> 33; };
    double written = 0;
    {
        const auto tape = fresh(files, path, true);
        written = seconds_of([&] {
            for (std::uint64_t at = 0; at < kBlocks; ++at) {
                const std::size_t size = 1 + random() % kLargest;
                const auto view = base::BytesView(data).first(size);
                if (!tape->write_block({0, at}, plain(size), view)) give_up("write_block");
            }
            if (!tape->sync()) give_up("sync");
        });
    }
    std::vector<double> opened;
    for (int round = 0; round < kRounds; ++round) {
        opened.push_back(seconds_of([&] {
            if (!TapeImage::open(files, path)) give_up("open");
        }));
    }
    const auto tape = std::move(*TapeImage::open(files, path));
    constexpr int kPlaces = 100'000;
    const double located = seconds_of([&] {
        for (int place = 0; place < kPlaces; ++place) {
            const media::Position at{0, random() % kBlocks};
            if (!tape->form(at)) give_up("form");
        }
    });
    const auto per_block = [](std::uint64_t bytes) {
        return static_cast<double>(bytes) / static_cast<double>(kBlocks);
    };
    std::printf("\n| of 10 million blocks | |\n| --- | --- |\n");
    std::printf("| writing one | %.2f µs |\n", written / kBlocks * 1e6);
    std::printf("| opening the image | %.0f ms |\n", median(opened) * 1e3);
    std::printf("| finding one and reading its header | %.2f µs |\n", located / kPlaces * 1e6);
    std::printf("| in the file beside its bytes | %.1f bytes a block |\n",
                per_block(*tape->file_size()));
    std::printf("| in memory | %.1f bytes a block |\n", per_block(tape->index_memory()));
    static_cast<void>(files.remove(path));
}

}  // namespace
}  // namespace nearline::bench

int main(int argc, char** argv) {
    using namespace nearline::bench;
    if (argc != 2) {
        std::fputs("usage: bench-image WORK_FOLDER\n", stderr);
        return 2;
    }
    std::puts("| work | block, bytes | speed | to bare |");
    std::puts("| --- | --- | --- | --- |");
    for (const std::size_t size : {std::size_t{4096}, std::size_t{65'536}, std::size_t{262'144}}) {
        measure_stream(argv[1], size);
    }
    measure_long_tape(argv[1]);
    return 0;
}
