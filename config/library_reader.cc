#include "config/library_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "base/memory_file_system.h"
#include "config/access_reader.h"
#include "config/cartridge_reader.h"
#include "config/personalities.h"
#include "config/personality_reader.h"

namespace nearline::config {
namespace {

using L = v1::Library;
using changer::ElementType;

constexpr std::uint32_t kAddresses = 0x10000;
constexpr std::size_t kLongestName = 128;  // leaves room for "-changer" in 223 (RFC 7143 4.2.7.1)
constexpr std::size_t kNaaDigits = 16;
constexpr std::string_view kDefaultPersonality = "plain";

// One kind of element: how many, and where the file says so.
struct Count {
    ElementType type;
    std::string_view name;
    std::uint64_t count;
    Position at;
    std::uint32_t first = 0;  // address
    std::uint32_t most = 0;   // of the model; 0: no limit
};

class LibraryReader {
public:
    LibraryReader(const L& message, const Where& where, const std::string& file,
                  base::FileSystem& files, ProblemList& problems)
        : message_(message),
          where_(where),
          directory_(base::directory_of(file)),
          files_(files),
          problems_(problems) {}

    library::LibraryDescription read();

private:
    void read_name();
    void read_changer();
    void read_drives();
    void read_drive_entry(const L::Drives& entry, const Where& where);
    std::optional<drives::DriveProfile> drive_of(const L::Drives& entry, const Where& where,
                                                 int index, const v1::Personality& model);
    void check_identities(int given, std::uint32_t count, const Where& where, int field);
    void read_counts();
    void check_most(const Count& count);
    void check_addresses(std::array<Count, 4>& counts);
    Identity identity_for(const v1::Personality& model, std::uint32_t unit,
                          const std::string& serial, Position serial_at, const std::string& naa,
                          Position naa_at);
    // The personality called `name`, read once; nullptr when there is none, which is a problem.
    const v1::Personality* personality(const std::string& name, Position at);
    const v1::Personality* load(const std::string& name, Position at);

    const L& message_;
    const Where& where_;
    std::string directory_;
    base::FileSystem& files_;
    ProblemList& problems_;
    std::map<std::string, std::optional<v1::Personality>> personalities_;
    const v1::Personality* changer_model_ = nullptr;
    std::uint64_t drive_count_ = 0;  // as the file says, even where models are unknown
    Position drives_at_;             // where that becomes too many, or begins
    std::set<std::string> serials_;
    library::LibraryDescription out_;
};

bool is_name_character(unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '.';
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return c >= 0x20 && c < 0x7F; });
}

void LibraryReader::read_name() {
    const auto& name = message_.name();
    const auto at = where_.of(L::kNameFieldNumber);
    if (name.empty()) problems_.add_missing(at, "a library needs a name");
    if (name.size() > kLongestName) {
        problems_.add(at, fmt::format("name: longer than {} characters", kLongestName));
    } else if (!std::all_of(name.begin(), name.end(), is_name_character)) {
        problems_.add(
            at, fmt::format("name: \"{}\" has characters other than a-z, 0-9, - and .", name));
    }
    out_.name = name;
}

const v1::Personality* LibraryReader::personality(const std::string& name, Position at) {
    if (!personalities_.contains(name)) return load(name, at);
    const auto& known = personalities_.at(name);
    return known ? &*known : nullptr;
}

const v1::Personality* LibraryReader::load(const std::string& name, Position at) {
    auto& slot = personalities_[name];
    std::string text;
    const bool is_file = name.ends_with(".textproto");
    const std::string file = is_file ? path_in(directory_, name) : name + ".textproto";
    if (is_file) {
        const auto content = read_text_file(file, files_);
        if (!content) {
            problems_.add(at, content.error().front().message);
            return nullptr;
        }
        text = *content;
    } else if (const auto built_in = find_personality(name)) {
        text = std::string(*built_in);
    } else {
        problems_.add(at, fmt::format("no personality is called \"{}\"; `nearline personalities` "
                                      "lists them",
                                      name));
        return nullptr;
    }
    ProblemList inside(file);
    slot = read_personality(text, inside);
    if (!slot) problems_.add_all(inside.take());
    return slot ? &*slot : nullptr;
}

Identity LibraryReader::identity_for(const v1::Personality& model, std::uint32_t unit,
                                     const std::string& serial, Position serial_at,
                                     const std::string& naa, Position naa_at) {
    Identity identity = identity_of(model.unit(), unit_number(out_.name, unit));
    if (!serial.empty()) identity.serial = serial;
    if (!is_printable(identity.serial)) {
        problems_.add(serial_at, "serial: has characters that do not print");
    } else if (!serials_.insert(identity.serial).second) {
        problems_.add(serial_at,
                      fmt::format("serial: \"{}\" is that of another unit", identity.serial));
    }
    if (!naa.empty()) identity.naa = naa;
    const bool has_only_digits =
        std::all_of(naa.begin(), naa.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (!naa.empty() && (naa.size() != kNaaDigits || !has_only_digits)) {
        problems_.add(naa_at,
                      fmt::format("naa: \"{}\" is not {} hexadecimal digits", naa, kNaaDigits));
    }
    return identity;
}

void LibraryReader::read_changer() {
    out_.personality =
        message_.personality().empty() ? std::string(kDefaultPersonality) : message_.personality();
    const auto at = where_.of(L::kPersonalityFieldNumber);
    const auto* model = personality(out_.personality, at);
    if (model == nullptr) return;
    out_.personality = model->name();
    if (!model->has_changer()) {
        problems_.add(at, fmt::format("personality: \"{}\" is a drive's", model->name()));
        return;
    }
    changer_model_ = model;
    const auto identity =
        identity_for(*model, 0, message_.serial(), where_.of(L::kSerialFieldNumber), message_.naa(),
                     where_.of(L::kNaaFieldNumber));
    out_.changer = build_changer(*model, identity);
}

std::optional<drives::DriveProfile> LibraryReader::drive_of(const L::Drives& entry,
                                                            const Where& where, int index,
                                                            const v1::Personality& model) {
    const auto serial = index < entry.serials_size() ? entry.serials(index) : std::string();
    const auto naa = index < entry.naas_size() ? entry.naas(index) : std::string();
    const auto unit = static_cast<std::uint32_t>(out_.drives.size() + 1);
    const auto identity =
        identity_for(model, unit, serial, where.of(L::Drives::kSerialsFieldNumber, index), naa,
                     where.of(L::Drives::kNaasFieldNumber, index));
    return build_drive(model, identity);
}

void LibraryReader::check_identities(int given, std::uint32_t count, const Where& where,
                                     int field) {
    if (static_cast<std::uint64_t>(given) <= count) return;
    problems_.add(where.of(field, static_cast<int>(count)),
                  fmt::format("{} identities for {} drives", given, count));
}

void LibraryReader::read_drive_entry(const L::Drives& entry, const Where& where) {
    const std::uint32_t count = entry.has_count() ? entry.count() : 1;
    const auto count_at = where.of(L::Drives::kCountFieldNumber);
    if (drive_count_ == 0) drives_at_ = count_at;
    const std::uint32_t most =
        changer_model_ != nullptr ? changer_model_->changer().drives().most() : 0;
    const bool was_within = most == 0 || drive_count_ <= most;
    drive_count_ += count;
    if (was_within && most != 0 && drive_count_ > most) drives_at_ = count_at;
    check_identities(entry.serials_size(), count, where, L::Drives::kSerialsFieldNumber);
    check_identities(entry.naas_size(), count, where, L::Drives::kNaasFieldNumber);
    const auto model_at = where.of(L::Drives::kModelFieldNumber);
    if (entry.model().empty()) {
        problems_.add_missing(where.own(), "drives: say their model");
        return;
    }
    const auto* model = personality(entry.model(), model_at);
    if (model == nullptr) return;
    if (!model->has_drive()) {
        problems_.add(model_at, fmt::format("model: \"{}\" is a library's", model->name()));
        return;
    }
    if (drive_count_ > kAddresses) return;  // said where addresses are counted
    for (std::uint32_t i = 0; i < count; ++i) {
        if (auto profile = drive_of(entry, where, static_cast<int>(i), *model)) {
            out_.drives.push_back({std::move(*profile)});
        }
    }
}

void LibraryReader::read_drives() {
    drives_at_ = where_.own();
    for (int i = 0; i < message_.drives_size(); ++i) {
        read_drive_entry(message_.drives(i), where_.into(L::kDrivesFieldNumber, i));
    }
}

void LibraryReader::check_most(const Count& count) {
    if (count.most != 0 && count.count > count.most) {
        problems_.add(count.at, fmt::format("{}: {} exceeds {}, the most \"{}\" takes", count.name,
                                            count.count, count.most, out_.personality));
    }
}

// Each kind's addresses reach up to where the next one begins, or to the last there is.
void LibraryReader::check_addresses(std::array<Count, 4>& counts) {
    std::sort(counts.begin(), counts.end(),
              [](const Count& a, const Count& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const Count& count = counts.at(i);
        const auto next = std::find_if(counts.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                       counts.end(), [](const Count& c) { return c.count > 0; });
        const std::uint32_t end = next == counts.end() ? kAddresses : next->first;
        if (count.count <= end - count.first) continue;
        const std::string limit = next == counts.end()
                                      ? std::string("FFFFh")
                                      : fmt::format("the {} at {:04X}h", next->name, next->first);
        problems_.add(count.at,
                      fmt::format("{}: {} exceeds {}, the element addresses from {:04X}h to {}",
                                  count.name, count.count, end - count.first, count.first, limit));
    }
}

void LibraryReader::read_counts() {
    const auto& robots = message_.robots();
    const std::uint32_t robot_count = robots.has_count() ? robots.count() : 1;
    std::array<Count, 4> counts = {{
        {ElementType::MediumTransport, "robots", robot_count,
         where_.into(L::kRobotsFieldNumber).of(L::Robots::kCountFieldNumber)},
        {ElementType::Storage, "slots", message_.storage().count(),
         where_.into(L::kStorageFieldNumber).of(L::Storage::kCountFieldNumber)},
        {ElementType::ImportExport, "import/export slots", message_.import_export().count(),
         where_.into(L::kImportExportFieldNumber).of(L::ImportExport::kCountFieldNumber)},
        {ElementType::DataTransfer, "drives", drive_count_, drives_at_},
    }};
    if (robot_count == 0) problems_.add(counts.front().at, "robots: a library has at least one");
    if (message_.storage().count() == 0) {
        problems_.add_missing(counts.at(1).at, "storage: a library has at least one slot");
    }
    out_.robots = static_cast<std::uint16_t>(robot_count);
    out_.slots = static_cast<std::uint16_t>(message_.storage().count());
    out_.stations = static_cast<std::uint16_t>(message_.import_export().count());
    if (changer_model_ == nullptr) return;
    const auto& model = changer_model_->changer();
    const std::array<const v1::ChangerModel::Elements*, 4> elements = {
        &model.robots(), &model.slots(), &model.stations(), &model.drives()};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        counts.at(i).first = elements.at(i)->first();
        counts.at(i).most = elements.at(i)->most();
        check_most(counts.at(i));
    }
    check_addresses(counts);
}

library::LibraryDescription LibraryReader::read() {
    read_name();
    read_changer();
    read_drives();
    read_counts();
    const Places places{
        message_.storage().count(), message_.import_export().count(),
        static_cast<std::uint32_t>(std::min<std::uint64_t>(drive_count_, kAddresses))};
    out_.cartridges = read_cartridges(message_, where_, places, out_.drives, problems_);
    out_.layout = message_.device_layout() == L::TARGET_PER_DEVICE
                      ? library::DeviceLayout::TargetPerDevice
                      : library::DeviceLayout::OneTarget;
    out_.access = read_access(message_.access(), where_.into(L::kAccessFieldNumber), directory_,
                              files_, problems_);
    return std::move(out_);
}

ReadLibrary read_with(const L& message, const Where& where, base::FileSystem& files,
                      ProblemList& problems) {
    LibraryReader reader(message, where, problems.file(), files, problems);
    auto description = reader.read();
    if (!problems.is_empty()) return base::Failure{problems.take()};
    return description;
}

constexpr std::string_view kDefaultLibrary = R"(name: "default"
personality: "plain"
storage { count: 24 }
import_export { count: 2 }
drives { model: "plain-lto9" count: 2 }
cartridges { labels: "NL%04dL9" first: 1 count: 20 where: STORAGE }
cartridges { labels: "CLNU01L1" type: CLEANING where: STORAGE place: 24 }
)";

}  // namespace

ReadLibrary read_library(const L& message, const Where& where, const std::string& file,
                         base::FileSystem& files) {
    ProblemList problems(file);
    return read_with(message, where, files, problems);
}

ReadLibrary read_library(std::string_view text, const std::string& file, base::FileSystem& files) {
    ProblemList problems(file);
    const auto located = parse_located<L>(text, problems);
    return read_with(located.message, located.where(), files, problems);
}

ReadLibrary read_library_file(const std::string& path, base::FileSystem& files) {
    auto text = read_text_file(path, files);
    if (!text) return base::Failure{text.error()};
    return read_library(*text, path, files);
}

base::Result<std::string, Problems> read_text_file(const std::string& path,
                                                   base::FileSystem& files) {
    constexpr std::uint64_t kLargest = 64 << 20;
    auto file = files.open(path, base::OpenMode::ReadOnly);
    if (!file) return base::Failure{Problems{{path, {}, file.error().message}}};
    const auto size = (*file)->size();
    if (!size) return base::Failure{Problems{{path, {}, size.error().message}}};
    if (*size > kLargest) return base::Failure{Problems{{path, {}, "larger than 64 MiB"}}};
    auto content = base::read_whole_file(files, path);
    if (!content) return base::Failure{Problems{{path, {}, content.error().message}}};
    return std::string(base::as_text(*content));
}

std::string_view default_library_text() {
    return kDefaultLibrary;
}

library::LibraryDescription default_library() {
    base::MemoryFileSystem no_files;
    auto description = read_library(kDefaultLibrary, "default.textproto", no_files);
    CHECK(description.has_value());  // a test reads it too
    return std::move(*description);
}

}  // namespace nearline::config
