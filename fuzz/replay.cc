// The main of a fuzzer where there is no libFuzzer: runs it once over every file of the folders it
// is given.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
    std::set<std::filesystem::path> files;  // in one order everywhere
    for (int at = 1; at < argc; ++at) {
        std::error_code none;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[at], none)) {
            if (entry.is_regular_file()) files.insert(entry.path());
        }
    }
    for (const auto& path : files) {
        std::ifstream in(path, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }
    std::printf("%zu inputs\n", files.size());
    return files.empty() ? 1 : 0;
}
