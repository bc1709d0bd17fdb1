#include "apps/image/image_command.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "apps/image/image_report.h"
#include "base/posix_file_system.h"
#include "media/interchange.h"
#include "media/tape_image.h"

namespace nearline::apps {
namespace {

using media::InterchangeFormat;
using media::TapeImage;

constexpr int kFine = 0;
constexpr int kLost = 1;
constexpr int kBad = 2;
constexpr int kEnvironment = 3;

struct Words {
    std::string from;
    std::string to;
    std::string format;
    std::string identity;
    std::uint64_t capacity = 0;
    int partition = 0;
    bool as_json = false;
};

class ImageCommand {
public:
    ImageCommand(const Words& words, base::FileSystem& files, std::ostream& out, std::ostream& err)
        : words_(words), files_(files), out_(out), err_(err) {}

    int info();
    int verify();
    int export_to();
    int import_from();

private:
    int fail(int status, const std::string& why) {
        fmt::print(err_, "nearline image: {}\n", why);
        return status;
    }
    int fail(const media::MediumFault& fault) {
        const bool is_full = fault.kind == media::MediumFault::Kind::NoSpace;
        return fail(is_full ? kEnvironment : kBad, fault.message);
    }
    // What the other program's file is.
    std::optional<InterchangeFormat> format_of(const std::string& path);
    // Nothing may be left of a file that was begun and not finished.
    int give_up(const std::string& path, int status, const std::string& why) {
        static_cast<void>(files_.remove(path));
        return fail(status, why);
    }
    void tell(const std::string& what, const media::Exchanged& done) {
        fmt::print(out_, "{}: {} block{}, {} filemark{}, {} bytes\n", what, done.blocks,
                   done.blocks == 1 ? "" : "s", done.filemarks, done.filemarks == 1 ? "" : "s",
                   done.bytes);
    }

    const Words& words_;
    base::FileSystem& files_;
    std::ostream& out_;
    std::ostream& err_;
};

int ImageCommand::info() {
    const auto image = TapeImage::open(files_, words_.from, base::OpenMode::ReadOnly);
    if (!image) return fail(image.error());
    const auto size = (*image)->file_size();
    if (!size) return fail(kEnvironment, size.error().message);
    if (words_.as_json) {
        print_info_as_json(**image, *size, out_);
    } else {
        print_info(**image, *size, out_);
    }
    return kFine;
}

int ImageCommand::verify() {
    const auto image = TapeImage::open(files_, words_.from, base::OpenMode::ReadOnly);
    if (!image) return fail(image.error());
    const auto losses = (*image)->verify();
    if (!losses) return fail(kEnvironment, losses.error().message);
    if (words_.as_json) {
        print_losses_as_json(*losses, out_);
    } else {
        print_losses(*losses, out_);
    }
    return losses->empty() ? kFine : kLost;
}

std::optional<InterchangeFormat> ImageCommand::format_of(const std::string& path) {
    const auto format = words_.format.empty() ? media::interchange_format_of_file(path)
                                              : media::interchange_format(words_.format);
    if (!format) {
        fail(kBad, words_.format.empty()
                       ? path + ": neither .tap nor .aws: say --format simh or --format awstape"
                       : "no format is called '" + words_.format + "': simh, awstape");
    }
    return format;
}

int ImageCommand::export_to() {
    const auto format = format_of(words_.to);
    if (!format) return kBad;
    const auto image = TapeImage::open(files_, words_.from, base::OpenMode::ReadOnly);
    if (!image) return fail(image.error());
    if (words_.partition >= (*image)->partition_count()) {
        return fail(kBad, fmt::format("{} has no partition {}", words_.from, words_.partition));
    }
    const auto to = files_.open(words_.to, base::OpenMode::CreateNew);
    if (!to) return fail(kBad, to.error().message);
    const auto partition = static_cast<std::uint8_t>(words_.partition);
    const auto done = media::export_tape(**image, partition, *format, **to);
    if (!done) return give_up(words_.to, kBad, words_.from + ": " + done.error());
    tell(words_.to, *done);
    return kFine;
}

int ImageCommand::import_from() {
    const auto format = format_of(words_.from);
    if (!format) return kBad;
    if (words_.identity.size() > media::kMaximumIdentity) {
        return fail(kBad, "--identity: at most 255 bytes");
    }
    const auto from = files_.open(words_.from, base::OpenMode::ReadOnly);
    if (!from) return fail(kBad, from.error().message);
    const auto image = TapeImage::create(files_, words_.to, {words_.identity, words_.capacity});
    if (!image) return fail(image.error());
    const auto done = media::import_tape(**from, *format, **image);
    if (!done) return give_up(words_.to, kBad, words_.from + ": " + done.error());
    tell(words_.to, *done);
    return kFine;
}

using Act = int (ImageCommand::*)();

void declare(CLI::App& app, Words& words, Act& act) {
    auto* info = app.add_subcommand("info", "what is recorded in it, and what it takes");
    info->callback([&act] { act = &ImageCommand::info; });
    auto* verify = app.add_subcommand("verify", "read everything; status 1 when something is lost");
    verify->callback([&act] { act = &ImageCommand::verify; });
    for (auto* command : {info, verify}) {
        command->add_option("IMAGE", words.from, "a tape image")->required();
        command->add_flag("--json", words.as_json, "as JSON");
    }
    auto* out = app.add_subcommand("export", "write a tape for other programs");
    out->callback([&act] { act = &ImageCommand::export_to; });
    out->add_option("IMAGE", words.from, "a tape image")->required();
    out->add_option("FILE", words.to, "the tape to write; must not exist")->required();
    out->add_option("--partition", words.partition, "of the image, from 0")
        ->check(CLI::Range(0, media::kMaximumPartitions - 1));
    auto* in = app.add_subcommand("import", "make an image of another program's tape");
    in->callback([&act] { act = &ImageCommand::import_from; });
    in->add_option("FILE", words.from, "the tape to read")->required();
    in->add_option("IMAGE", words.to, "the image to make; must not exist")->required();
    in->add_option("--identity", words.identity, "a label for the image");
    in->add_option("--capacity", words.capacity, "nominal, in bytes");
    for (auto* command : {out, in}) {
        command->add_option("--format", words.format,
                            "simh (.tap) or awstape (.aws); else by the file's name");
    }
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 done, 1 something is lost, 2 bad usage or bad file, 3 the storage "
        "failed.");
}

}  // namespace

int run_image(std::span<const std::string> arguments, base::FileSystem& files, std::ostream& out,
              std::ostream& err) {
    Words words;
    Act act = nullptr;
    CLI::App app("Looks at tape images, and exchanges tapes with other programs.",
                 "nearline image");
    declare(app, words, act);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err) == 0 ? kFine : kBad;
    }
    ImageCommand command(words, files, out, err);
    return (command.*act)();
}

int run_image(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    base::PosixFileSystem files;
    return run_image(arguments, files, out, err);
}

}  // namespace nearline::apps
