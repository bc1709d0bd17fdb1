#include "apps/tape/tape_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "apps/tape/tape_key.h"
#include "apps/tape/tape_report.h"
#include "apps/tape/tape_stream.h"

namespace nearline::apps {
namespace {

namespace tape = initiator::tape;
using base::Failure;
using base::Result;
using initiator::TapeRead;
using initiator::TapeWritten;

constexpr const char* kFooter =
    "The URL may name any LUN of the target: the first drive is found. Secrets for CHAP may also\n"
    "come from LIBISCSI_CHAP_USERNAME, LIBISCSI_CHAP_PASSWORD and, for the target's answer,\n"
    "LIBISCSI_CHAP_TARGET_USERNAME and LIBISCSI_CHAP_TARGET_PASSWORD.\n"
    "\n"
    "The tape stays where a verb leaves it: `write` and `read` go on from there. `write` ends with "
    "a\n"
    "filemark, `read` stops behind one, or at the end of the data.\n"
    "\n"
    "`encryption on` sets a key for all initiators, until `encryption off` or the drive's next\n"
    "power-on; also for a drive without a tape. The key file has 64 hexadecimal digits, or 32 "
    "bytes.\n"
    "\n"
    "Exit status: 0 done, 1 the drive refused or the tape is full, 2 bad usage or bad file, 3 the\n"
    "target cannot be reached or has no drive.";

struct Arguments {
    std::string url;
    std::string verb;
    bool as_json = false;
    double wait_seconds = 60;
    std::string initiator_name = initiator::IscsiOptions{}.initiator_name;
    // Of the verbs.
    std::string file = "-";
    std::uint64_t number = 0;
    std::int32_t count = 1;
    int partition = -1;
    bool by_file = false;
    bool to_end = false;
    bool is_long = false;
    bool without_filemark = false;
    std::uint32_t block_size = 262'144;
    std::string what;
    bool is_of_medium = false;
    std::string key_file;
    std::string kad;
    bool has_raw_read = false;
};

// --- Usage.

CLI::App* verb(CLI::App& app, Arguments& arguments, const char* name, const char* help) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->callback([&arguments, name] { arguments.verb = name; });
    return sub;
}

void declare_encryption(CLI::App& encryption, Arguments& arguments) {
    encryption.add_option("WHAT", arguments.what, "status, on, off")
        ->default_str("status")
        ->check(CLI::IsMember({"status", "on", "off"}));
    encryption.add_option("--key-file", arguments.key_file, "of the key; - is standard input");
    encryption.add_option(
        "--kad", arguments.kad,
        "text that tells which key it is: recorded with each block, in the clear");
    encryption.add_flag("--raw-read", arguments.has_raw_read,
                        "let what is written be read as it is recorded, without the key");
}

// What CLI11 cannot say of them; empty: nothing is wrong.
std::string wrong_encryption(const Arguments& arguments) {
    if (arguments.verb != "encryption") return {};
    const bool is_on = arguments.what == "on";
    if (is_on && arguments.key_file.empty()) return "encryption on needs --key-file FILE";
    const bool has_options =
        !arguments.key_file.empty() || !arguments.kad.empty() || arguments.has_raw_read;
    if (!is_on && has_options) return "--key-file, --kad and --raw-read go with encryption on";
    return {};
}

void declare_verbs(CLI::App& app, Arguments& arguments) {
    constexpr int kMostMarks = 0xFFFFFF;
    constexpr int kFarthest = 0x7FFFFF;
    constexpr std::uint32_t kLongestBlock = 0xFFFFFF;
    const auto add = [&](const char* name, const char* help) {
        return verb(app, arguments, name, help);
    };
    add("status", "what is loaded and where it stands");
    add("rewind", "to the beginning of the partition");
    CLI::App* locate =
        add("locate", "to an object, a file (--file) or the end of the data (--end)");
    locate->add_option("NUMBER", arguments.number, "of the object, or of the file");
    auto* by_file =
        locate->add_flag("--file", arguments.by_file, "NUMBER filemarks from the beginning");
    locate->add_flag("--end", arguments.to_end, "behind the last object")->excludes(by_file);
    locate->add_option("--partition", arguments.partition, "another partition")
        ->check(CLI::Range(0, 255));
    CLI::App* space =
        add("space", "over blocks or filemarks from here; back with a negative count");
    space->add_option("WHAT", arguments.what, "blocks, filemarks, end")
        ->required()
        ->check(CLI::IsMember({"blocks", "filemarks", "end"}));
    space->add_option("COUNT", arguments.count, "how many")
        ->capture_default_str()
        ->check(CLI::Range(-kFarthest - 1, kFarthest));
    add("read", "a file: the blocks up to the next filemark")
        ->add_option("FILE", arguments.file, "where to; - is standard output")
        ->capture_default_str();
    CLI::App* write = add("write", "a file in blocks, and a filemark behind it");
    write->add_option("FILE", arguments.file, "where from; - is standard input")
        ->capture_default_str();
    write->add_option("--block-size", arguments.block_size, "bytes; the last block may be shorter")
        ->capture_default_str()
        ->check(CLI::Range(std::uint32_t{1}, kLongestBlock));
    write->add_flag("--no-filemark", arguments.without_filemark, "so that a next write goes on");
    add("weof", "filemarks; 0 writes none, but all that the drive has buffered")
        ->add_option("COUNT", arguments.count, "how many")
        ->capture_default_str()
        ->check(CLI::Range(0, kMostMarks));
    add("erase", "all that follows")
        ->add_flag("--long", arguments.is_long, "the medium itself, for hours");
    add("load", "the cartridge that stands in the drive's mouth, or the tape to its beginning");
    add("unload", "the tape, so that the cartridge can be taken");
    add("density", "what the drive can read and write")
        ->add_flag("--medium", arguments.is_of_medium, "what the cartridge is recorded in");
    declare_encryption(*add("encryption", "by the drive: what holds, and what the next block is"),
                       arguments);
    add("attributes", "what the cartridge's memory holds")
        ->add_option("--partition", arguments.partition, "of another partition")
        ->check(CLI::Range(0, 255));
}

void declare(CLI::App& app, Arguments& arguments) {
    app.footer(kFooter);
    app.fallthrough();
    app.require_subcommand(1);
    app.add_option("URL", arguments.url, "iscsi://[user[%password]@]host[:port]/target-iqn/lun")
        ->required();
    app.add_flag("--json", arguments.as_json,
                 "print JSON (status, attributes, density, encryption)");
    app.add_option("--wait", arguments.wait_seconds,
                   "how many seconds to wait for a drive that is becoming ready")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 86'400.0));
    app.add_option("--initiator", arguments.initiator_name, "the iSCSI name to log in with")
        ->capture_default_str();
    declare_verbs(app, arguments);
}

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

// --- Verbs.

class TapeCommand {
public:
    TapeCommand(const Arguments& arguments, TargetSession& session, std::ostream& out,
                std::ostream& err)
        : arguments_(arguments), session_(session), out_(out), err_(err) {}

    Result<void, Stop> run() {
        auto inquiry = session_.find_drive();
        if (!inquiry) return Failure{inquiry.error()};
        tape_.emplace(session_.tape());
        const std::string& verb = arguments_.verb;
        // Takes the unit attentions, and waits for a tape that is being loaded.
        const auto ready = session_.wait_for<std::monostate>(
            [&](auto reply) { session_.changer().test_unit_ready(std::move(reply)); });
        if (verb == "status") return status(std::move(*inquiry), ready);
        if (verb == "load") return done([&](auto reply) { tape_->load(std::move(reply)); });
        const bool is_refused = !ready && ready.error().status == ExitStatus::Refused;
        if (!ready && !is_refused) return Failure{ready.error()};
        if (verb == "density" && !arguments_.is_of_medium) return density();
        if (verb == "encryption") return encryption(is_refused);
        if (!ready) return Failure{ready.error()};
        if (verb == "read") return read();
        if (verb == "write") return write();
        if (verb == "weof") return write_filemarks(static_cast<std::uint32_t>(arguments_.count));
        if (verb == "attributes") return attributes();
        if (verb == "density") return density();
        return move();
    }

private:
    template <typename T, typename Start>
    Result<T, Stop> wait_for(Start start) {
        return session_.wait_for<T>(std::move(start));
    }

    template <typename Start>
    Result<void, Stop> done(Start start) {
        auto answer = wait_for<std::monostate>(std::move(start));
        if (!answer) return Failure{answer.error()};
        return {};
    }

    std::optional<std::uint8_t> partition() const {
        if (arguments_.partition < 0) return std::nullopt;
        return static_cast<std::uint8_t>(arguments_.partition);
    }

    Result<void, Stop> move() {
        const std::string& verb = arguments_.verb;
        return done([&](initiator::Reply<std::monostate> reply) {
            if (verb == "rewind") return tape_->rewind(std::move(reply));
            if (verb == "erase") return tape_->erase(arguments_.is_long, std::move(reply));
            if (verb == "unload") return tape_->unload(std::move(reply));
            if (verb == "space") return space(std::move(reply));
            auto destination =
                arguments_.by_file ? tape::Destination::File : tape::Destination::Object;
            if (arguments_.to_end) destination = tape::Destination::EndOfData;
            tape_->locate(destination, arguments_.number, partition(), std::move(reply));
        });
    }

    void space(initiator::Reply<std::monostate> reply) {
        auto over = tape::SpaceOver::EndOfData;
        if (arguments_.what == "blocks") over = tape::SpaceOver::Blocks;
        if (arguments_.what == "filemarks") over = tape::SpaceOver::Filemarks;
        const bool counts = over != tape::SpaceOver::EndOfData;
        tape_->space(over, counts ? arguments_.count : 0, std::move(reply));
    }

    Result<void, Stop> status(initiator::InquiryData inquiry,
                              const Result<std::monostate, Stop>& ready) {
        TapeStatus status;
        status.lun = session_.changer().lun();
        status.inquiry = std::move(inquiry);
        if (!ready && ready.error().status != ExitStatus::Refused) return Failure{ready.error()};
        if (ready) {
            if (const auto looked = look(status); !looked) return looked;
        } else {
            status.not_ready = ready.error().message;
        }
        if (arguments_.as_json) {
            out_ << to_json(status) << "\n";
        } else {
            print(out_, status);
        }
        return {};
    }

    Result<void, Stop> look(TapeStatus& status) {
        const auto limits = wait_for<initiator::BlockLimits>(
            [&](auto reply) { tape_->block_limits(std::move(reply)); });
        if (!limits) return Failure{limits.error()};
        const auto modes =
            wait_for<initiator::DriveModes>([&](auto reply) { tape_->modes(std::move(reply)); });
        if (!modes) return Failure{modes.error()};
        const auto position = wait_for<initiator::TapePosition>(
            [&](auto reply) { tape_->position(std::move(reply)); });
        if (!position) return Failure{position.error()};
        status.limits = *limits;
        status.modes = *modes;
        status.position = *position;
        return {};
    }

    template <typename T>
    Result<void, Stop> tell(const T& found) {
        if (arguments_.as_json) {
            out_ << to_json(found) << "\n";
        } else {
            print(out_, found);
        }
        return {};
    }

    Result<void, Stop> attributes() {
        const auto found = wait_for<std::vector<initiator::MediumAttribute>>(
            [&](auto reply) { tape_->attributes(partition().value_or(0), std::move(reply)); });
        if (!found) return Failure{found.error()};
        return tell(*found);
    }

    Result<void, Stop> density() {
        const auto whose =
            arguments_.is_of_medium ? tape::DensitiesOf::Medium : tape::DensitiesOf::Drive;
        const auto found = wait_for<std::vector<initiator::Density>>(
            [&](auto reply) { tape_->densities(whose, std::move(reply)); });
        if (!found) return Failure{found.error()};
        return tell(*found);
    }

    // --- Encryption by the drive.

    Result<void, Stop> encryption(bool is_empty) {
        if (arguments_.what == "on") return encryption_on();
        if (arguments_.what == "off") return set_encryption(initiator::encryption_off());
        TapeEncryption found;
        const auto status = wait_for<initiator::EncryptionStatus>(
            [&](auto reply) { tape_->encryption(std::move(reply)); });
        if (!status) return Failure{status.error()};
        found.status = *status;
        const auto algorithms = this->algorithms();
        if (!algorithms) return Failure{algorithms.error()};
        for (const initiator::EncryptionAlgorithm& each : *algorithms) {
            if (each.index == status->algorithm_index) found.algorithm = each.code;
        }
        if (is_empty) return tell(found);
        const auto next = wait_for<initiator::NextBlock>(
            [&](auto reply) { tape_->next_block(std::move(reply)); });
        if (!next) return Failure{next.error()};
        found.next = *next;
        return tell(found);
    }

    Result<std::vector<initiator::EncryptionAlgorithm>, Stop> algorithms() {
        return wait_for<std::vector<initiator::EncryptionAlgorithm>>(
            [&](auto reply) { tape_->encryption_algorithms(std::move(reply)); });
    }

    Result<void, Stop> encryption_on() {
        using initiator::EncryptionAlgorithm;
        const auto key = read_tape_key(arguments_.key_file);
        if (!key) return file_failure(key.error());
        const auto all = algorithms();
        if (!all) return Failure{all.error()};
        const auto found = std::find_if(all->begin(), all->end(), [](const auto& each) {
            return each.code == EncryptionAlgorithm::kAes256Gcm;
        });
        if (found == all->end()) {
            return Failure{
                Stop{ExitStatus::Refused, "the drive does not encrypt with AES-256-GCM"}};
        }
        if (arguments_.kad.size() > found->longest_unauthenticated) {
            return Failure{Stop{ExitStatus::Usage,
                                "--kad: the drive takes " +
                                    std::to_string(found->longest_unauthenticated) + " bytes"}};
        }
        const auto raw_read =
            arguments_.has_raw_read ? initiator::RawRead::Enabled : initiator::RawRead::Disabled;
        return set_encryption(
            initiator::encryption_on(*found, *key, base::as_bytes(arguments_.kad), raw_read));
    }

    Result<void, Stop> set_encryption(const base::Bytes& page) {
        return done([&](auto reply) { tape_->set_encryption(page, std::move(reply)); });
    }

    // --- Data.

    Result<void, Stop> read() {
        const auto limits = wait_for<initiator::BlockLimits>(
            [&](auto reply) { tape_->block_limits(std::move(reply)); });
        if (!limits) return Failure{limits.error()};
        auto sink = TapeSink::open(arguments_.file, out_);
        if (!sink) return Failure{Stop{ExitStatus::Usage, sink.error()}};
        TapeProgress progress(err_);
        for (;;) {
            auto got = wait_for<TapeRead>(
                [&](auto reply) { tape_->read(limits->longest, std::move(reply)); });
            if (!got) return Failure{got.error()};
            if (got->met != TapeRead::Met::Block) {
                const bool is_end = got->met == TapeRead::Met::EndOfData;
                if (const auto closed = sink->close(); !closed) return file_failure(closed.error());
                progress.finish(is_end ? "the end of the data:" : "a filemark:");
                if (!is_end || progress.blocks() > 0) return {};
                return Failure{Stop{ExitStatus::Refused, "the tape stands at the end of the data"}};
            }
            if (const auto put = sink->write(got->block); !put) return file_failure(put.error());
            progress.add(got->block.size());
        }
    }

    static Result<void, Stop> file_failure(const std::string& message) {
        return Failure{Stop{ExitStatus::Usage, message}};
    }

    Result<void, Stop> write() {
        auto source = TapeSource::open(arguments_.file);
        if (!source) return file_failure(source.error());
        TapeProgress progress(err_);
        bool is_near_end = false;
        for (;;) {
            auto block = source->read(arguments_.block_size);
            if (!block) return file_failure(block.error());
            if (block->empty()) break;
            const std::size_t length = block->size();
            const auto put = wait_for<TapeWritten>(
                [&](auto reply) { tape_->write(std::move(*block), std::move(reply)); });
            if (!put) return Failure{put.error()};
            if (*put == TapeWritten::Full) {
                progress.finish("written:");
                return Failure{Stop{ExitStatus::Refused, "the tape is full"}};
            }
            if (*put == TapeWritten::NearEnd && !std::exchange(is_near_end, true)) {
                err_ << "note: the end of the tape is near\n";
            }
            progress.add(length);
        }
        if (!arguments_.without_filemark) {
            if (const auto marked = write_filemarks(1); !marked) return marked;
        }
        progress.finish("written:");
        return {};
    }

    Result<void, Stop> write_filemarks(std::uint32_t count) {
        const auto put = wait_for<TapeWritten>(
            [&](auto reply) { tape_->write_filemarks(count, std::move(reply)); });
        if (!put) return Failure{put.error()};
        if (*put != TapeWritten::Full) return {};
        return Failure{Stop{ExitStatus::Refused, "the tape is full: no filemark"}};
    }

    const Arguments& arguments_;
    TargetSession& session_;
    std::ostream& out_;
    std::ostream& err_;
    std::optional<initiator::TapeClient> tape_;
};

int stop_with(std::ostream& err, const Stop& stop) {
    err << "nearline tape: " << stop.message << "\n";
    return static_cast<int>(stop.status);
}

}  // namespace

int run_tape(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    return run_tape(arguments, out, err,
                    [](initiator::Loop& loop, const initiator::IscsiUrl& url,
                       const initiator::IscsiOptions& options) {
                        return std::make_unique<initiator::IscsiInitiator>(loop, url, options);
                    });
}

int run_tape(std::span<const std::string> arguments, std::ostream& out, std::ostream& err,
             const MakeInitiator& make_initiator) {
    Arguments parsed;
    CLI::App app("Looks at and works an iSCSI tape drive.", "nearline tape");
    declare(app, parsed);
    try {  // CLI11 reports bad usage and --help by throwing
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        const bool is_help = app.exit(error, out, err) == 0;
        return static_cast<int>(is_help ? ExitStatus::Fine : ExitStatus::Usage);
    }
    if (const std::string wrong = wrong_encryption(parsed); !wrong.empty()) {
        return stop_with(err, {ExitStatus::Usage, wrong});
    }
    const auto url = initiator::parse_iscsi_url(parsed.url);
    if (!url) return stop_with(err, {ExitStatus::Usage, url.error()});
    initiator::IscsiOptions options;
    options.initiator_name = parsed.initiator_name;
    TargetSession session({*url, options, milliseconds_of(parsed.wait_seconds)}, make_initiator,
                          err);
    TapeCommand command(parsed, session, out, err);
    if (const auto done = command.run(); !done) return stop_with(err, done.error());
    return static_cast<int>(ExitStatus::Fine);
}

}  // namespace nearline::apps
