#include "apps/changer/changer_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "apps/changer/changer_report.h"
#include "apps/changer/element_name.h"
#include "base/text.h"

namespace nearline::apps {
namespace {

using base::Failure;
using base::Result;
using initiator::Element;
using initiator::ElementAddress;
using initiator::ElementType;
using initiator::Inventory;

constexpr const char* kFooter =
    "Elements are named by place or by address:\n"
    "  7                slot 7, or drive 7 where a drive is meant; slots count from 1, drives\n"
    "                   from 0, and stations go on where the slots end, as mtx has it\n"
    "  0x1004           the element with this address\n"
    "  slot:7 drive:0 station:1 robot:0\n"
    "                   by kind and place\n"
    "\n"
    "The URL may name any LUN of the target: the changer is found. Secrets for CHAP may also come\n"
    "from LIBISCSI_CHAP_USERNAME, LIBISCSI_CHAP_PASSWORD and, for the target's answer,\n"
    "LIBISCSI_CHAP_TARGET_USERNAME and LIBISCSI_CHAP_TARGET_PASSWORD.\n"
    "\n"
    "Exit status: 0 done, 1 the changer refused, 2 bad usage, 3 the target cannot be reached or\n"
    "is no changer.";

struct Arguments {
    std::string url;
    std::string verb;
    std::vector<std::string> elements;
    bool as_json = false;
    double wait_seconds = 60;
    double timeout_seconds = 0;  // 0: the usual ones
    std::string initiator_name = initiator::IscsiOptions{}.initiator_name;
    bool with_header_digest = false;
};

// --- Usage.

struct Verb {
    const char* name;
    const char* help;
    const char* elements;
    std::size_t least;
    std::size_t most;
};
constexpr Verb kVerbs[] = {
    {"status", "what is where", "", 0, 0},
    {"load", "move a cartridge into a drive (drive 0)", "SLOT [DRIVE]", 1, 2},
    {"unload", "move a cartridge out of a drive, to where it came from", "[SLOT [DRIVE]]", 0, 2},
    {"transfer", "move a cartridge from one element to another", "FROM TO", 2, 2},
    {"exchange", "move a cartridge to where another is, and that one on (back: FROM)",
     "FROM TO [ONWARD]", 2, 3},
    {"position", "bring the robot before an element", "ELEMENT", 1, 1},
    {"inventory", "have the library look at its elements again (all of them)", "[FIRST [COUNT]]", 0,
     2},
    {"identify", "who the changer is and what it can do", "", 0, 0},
};

std::string element_problem(const std::string& name) {
    return is_element_name(name) ? std::string()
                                 : "'" + name + "' is no element: 7, 0x1004, slot:7, drive:0";
}

void declare(CLI::App& app, Arguments& arguments) {
    app.footer(kFooter);
    app.fallthrough();
    app.require_subcommand(1);
    app.add_option("URL", arguments.url, "iscsi://[user[%password]@]host[:port]/target-iqn/lun")
        ->required();
    app.add_flag("--json", arguments.as_json, "print JSON");
    app.add_option("--wait", arguments.wait_seconds,
                   "how many seconds to wait for a changer that is becoming ready")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 86'400.0));
    app.add_option("--timeout", arguments.timeout_seconds,
                   "seconds until a command counts as lost (by default 60, 300 for a move, "
                   "3600 for an inventory)")
        ->check(CLI::Range(0.001, 86'400.0));
    app.add_option("--initiator", arguments.initiator_name, "the iSCSI name to log in with")
        ->capture_default_str();
    app.add_flag("--header-digest", arguments.with_header_digest, "insist on header digests");
    for (const Verb& verb : kVerbs) {
        CLI::App* sub = app.add_subcommand(verb.name, verb.help);
        sub->callback([&arguments, &verb] { arguments.verb = verb.name; });
        if (verb.most == 0) continue;
        sub->add_option(verb.elements, arguments.elements)
            ->expected(static_cast<int>(verb.least), static_cast<int>(verb.most))
            ->required(verb.least > 0)
            ->check(element_problem);
    }
}

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

initiator::IscsiOptions options_of(const Arguments& arguments) {
    initiator::IscsiOptions options;
    options.initiator_name = arguments.initiator_name;
    if (arguments.with_header_digest) options.header_digest = initiator::HeaderDigest::Required;
    if (arguments.timeout_seconds > 0) {
        const auto timeout = milliseconds_of(arguments.timeout_seconds);
        options.login_timeout = timeout;
        options.command_timeout = [timeout](scsi::BytesView) { return timeout; };
    }
    return options;
}

// --- Verbs.

class ChangerCommand {
public:
    ChangerCommand(const Arguments& arguments, TargetSession& session, std::ostream& out)
        : arguments_(arguments), session_(session), out_(out) {}

    Result<void, Stop> run() {
        auto inquiry = session_.find_changer();
        if (!inquiry) return Failure{inquiry.error()};
        inquiry_ = std::move(*inquiry);
        if (arguments_.verb == "identify") return identify();
        if (arguments_.verb == "inventory") return take_inventory();
        auto inventory = session_.wait_for<Inventory>(
            [&](auto reply) { session_.changer().inventory(std::move(reply)); });
        if (!inventory) return Failure{inventory.error()};
        inventory_ = std::move(*inventory);
        if (arguments_.verb == "status") return status();
        if (arguments_.verb == "load") return load();
        if (arguments_.verb == "unload") return unload();
        if (arguments_.verb == "transfer") return transfer();
        if (arguments_.verb == "exchange") return exchange();
        return position();
    }

private:
    using Address = Result<ElementAddress, Stop>;

    Address element(std::size_t index, PlainNumber plain) const {
        auto found = find_element(inventory_, arguments_.elements[index], plain);
        // A place the library lacks is the library's refusal: the words were in order.
        if (!found) return Failure{Stop{ExitStatus::Refused, found.error()}};
        return *found;
    }

    Address drive(std::size_t index) const {
        if (index < arguments_.elements.size()) return element(index, PlainNumber::Drive);
        const auto found = find_element(inventory_, "drive:0", PlainNumber::Drive);
        if (!found) return Failure{Stop{ExitStatus::Refused, found.error()}};
        return *found;
    }

    ElementAddress robot() const { return inventory_.map.robots.first; }

    std::string label_at(ElementAddress address) const {
        const Element* found = inventory_.find(address);
        return found != nullptr ? found->volume_tag : std::string();
    }

    Result<void, Stop> status() {
        const Status report{session_.changer().lun(), inquiry_, inventory_};
        if (arguments_.as_json) {
            out_ << to_json(report) << "\n";
        } else {
            print(out_, report);
        }
        return {};
    }

    Result<void, Stop> load() {
        const Address source = element(0, PlainNumber::Slot);
        if (!source) return Failure{source.error()};
        const Address destination = drive(1);
        if (!destination) return Failure{destination.error()};
        return move(*source, *destination);
    }

    Result<void, Stop> unload() {
        const Address source = drive(1);
        if (!source) return Failure{source.error()};
        const Address destination =
            arguments_.elements.empty() ? home_of(*source) : element(0, PlainNumber::Slot);
        if (!destination) return Failure{destination.error()};
        return move(*source, *destination);
    }

    // Where the cartridge in `drive` came from, or else the first free slot.
    Address home_of(ElementAddress drive) const {
        const Element* loaded = inventory_.find(drive);
        if (loaded == nullptr || !loaded->is_full) {
            return Failure{Stop{ExitStatus::Refused, name_of(inventory_, drive) + " is empty"}};
        }
        const Element* home = loaded->source ? inventory_.find(*loaded->source) : nullptr;
        if (home != nullptr && !home->is_full) return home->address;
        for (const Element* slot : inventory_.of(ElementType::Storage)) {
            if (!slot->is_full && slot->is_accessible && !slot->is_abnormal) return slot->address;
        }
        return Failure{Stop{ExitStatus::Refused, "no slot is free"}};
    }

    Result<void, Stop> transfer() {
        const Address source = element(0, PlainNumber::Slot);
        if (!source) return Failure{source.error()};
        const Address destination = element(1, PlainNumber::Slot);
        if (!destination) return Failure{destination.error()};
        return move(*source, *destination);
    }

    Result<void, Stop> move(ElementAddress source, ElementAddress destination) {
        auto moved = session_.wait_for<std::monostate>([&](auto reply) {
            session_.changer().move(robot(), source, destination, std::move(reply));
        });
        if (!moved) return Failure{moved.error()};
        report({{label_at(source), source, destination}});
        return {};
    }

    Result<void, Stop> exchange() {
        const Address source = element(0, PlainNumber::Slot);
        if (!source) return Failure{source.error()};
        const Address first = element(1, PlainNumber::Slot);
        if (!first) return Failure{first.error()};
        const Address second =
            arguments_.elements.size() > 2 ? element(2, PlainNumber::Slot) : source;
        if (!second) return Failure{second.error()};
        auto exchanged = session_.wait_for<std::monostate>([&](auto reply) {
            session_.changer().exchange(robot(), *source, *first, *second, std::move(reply));
        });
        if (!exchanged) return Failure{exchanged.error()};
        report({{label_at(*source), *source, *first}, {label_at(*first), *first, *second}});
        return {};
    }

    Result<void, Stop> position() {
        const Address destination = element(0, PlainNumber::Slot);
        if (!destination) return Failure{destination.error()};
        auto positioned = session_.wait_for<std::monostate>([&](auto reply) {
            session_.changer().position(robot(), *destination, std::move(reply));
        });
        if (!positioned) return Failure{positioned.error()};
        say("the robot is before " + name_of(inventory_, *destination));
        return {};
    }

    Result<void, Stop> take_inventory() {
        auto taken = arguments_.elements.empty()
                         ? session_.wait_for<std::monostate>([&](auto reply) {
                               session_.changer().initialize_element_status(std::move(reply));
                           })
                         : take_inventory_of_range();
        if (!taken) return Failure{taken.error()};
        say("the inventory is done");
        return {};
    }

    Result<std::monostate, Stop> take_inventory_of_range() {
        std::uint16_t count = 1;
        if (arguments_.elements.size() > 1) {
            const auto number = base::parse_unsigned(arguments_.elements[1]);
            if (!number || *number == 0 || *number > 0xFFFF) {
                return Failure{Stop{ExitStatus::Usage, "inventory: '" + arguments_.elements[1] +
                                                           "' is no count of elements"}};
            }
            count = static_cast<std::uint16_t>(*number);
        }
        auto inventory = session_.wait_for<Inventory>(
            [&](auto reply) { session_.changer().inventory(std::move(reply)); });
        if (!inventory) return Failure{inventory.error()};
        inventory_ = std::move(*inventory);
        const Address first = element(0, PlainNumber::Slot);
        if (!first) return Failure{first.error()};
        return session_.wait_for<std::monostate>([&](auto reply) {
            session_.changer().initialize_element_status({*first, count}, std::move(reply));
        });
    }

    Result<void, Stop> identify() {
        Identity identity;
        identity.lun = session_.changer().lun();
        identity.inquiry = inquiry_;
        for (const std::uint8_t code : page_codes()) {
            auto page = session_.wait_for<initiator::VitalProductPage>(
                [&](auto reply) { session_.changer().vital_product_page(code, std::move(reply)); });
            if (page)
                identity.pages.push_back(std::move(*page));
            else if (is_fatal(page.error()))
                return Failure{page.error()};
        }
        auto map = session_.wait_for<initiator::ElementMap>(
            [&](auto reply) { session_.changer().element_map(std::move(reply)); });
        if (!map) return Failure{map.error()};
        identity.map = *map;
        auto capabilities = session_.wait_for<initiator::Capabilities>(
            [&](auto reply) { session_.changer().capabilities(std::move(reply)); });
        if (capabilities) identity.capabilities = *capabilities;
        if (arguments_.as_json) {
            out_ << to_json(identity) << "\n";
        } else {
            print(out_, identity);
        }
        return {};
    }

    static bool is_fatal(const Stop& stop) { return stop.status == ExitStatus::Environment; }

    // From page 00h; without it, the two that every changer should have.
    std::vector<std::uint8_t> page_codes() {
        auto supported = session_.wait_for<initiator::VitalProductPage>(
            [&](auto reply) { session_.changer().vital_product_page(0x00, std::move(reply)); });
        if (!supported) return {0x80, 0x83};
        std::vector<std::uint8_t> codes(supported->body.begin(), supported->body.end());
        std::erase(codes, std::uint8_t{0x00});
        return codes;
    }

    void report(const std::vector<Movement>& movements) {
        if (arguments_.as_json) {
            out_ << to_json(arguments_.verb, inventory_, movements) << "\n";
            return;
        }
        for (const Movement& movement : movements) print(out_, inventory_, movement);
    }

    void say(const std::string& sentence) {
        if (arguments_.as_json) {
            out_ << to_json(arguments_.verb, inventory_, {}) << "\n";
        } else {
            out_ << sentence << "\n";
        }
    }

    const Arguments& arguments_;
    TargetSession& session_;
    std::ostream& out_;
    initiator::InquiryData inquiry_;
    Inventory inventory_;
};

int stop_with(std::ostream& err, const Stop& stop) {
    err << "nearline changer: " << stop.message << "\n";
    return static_cast<int>(stop.status);
}

}  // namespace

int run_changer(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    return run_changer(arguments, out, err,
                       [](initiator::Loop& loop, const initiator::IscsiUrl& url,
                          const initiator::IscsiOptions& options) {
                           return std::make_unique<initiator::IscsiInitiator>(loop, url, options);
                       });
}

int run_changer(std::span<const std::string> arguments, std::ostream& out, std::ostream& err,
                const MakeInitiator& make_initiator) {
    Arguments parsed;
    CLI::App app("Looks at and works an iSCSI medium changer.", "nearline changer");
    declare(app, parsed);
    try {  // CLI11 reports bad usage and --help by throwing
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        const bool is_help = app.exit(error, out, err) == 0;
        return static_cast<int>(is_help ? ExitStatus::Fine : ExitStatus::Usage);
    }
    const auto url = initiator::parse_iscsi_url(parsed.url);
    if (!url) return stop_with(err, {ExitStatus::Usage, url.error()});
    TargetSession session({*url, options_of(parsed), milliseconds_of(parsed.wait_seconds)},
                          make_initiator, err);
    ChangerCommand command(parsed, session, out);
    if (const auto done = command.run(); !done) return stop_with(err, done.error());
    return static_cast<int>(ExitStatus::Fine);
}

}  // namespace nearline::apps
