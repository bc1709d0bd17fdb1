#include "apps/rsm/rsm_command.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "apps/rsm/rsm_error.h"
#include "apps/rsm/rsm_objects.h"
#include "apps/rsm/rsm_switches.h"
#include "apps/rsm/rsm_verbs.h"
#include "base/text.h"

namespace nearline::apps {
namespace {

enum Exit { kDone = 0, kRefused = 1, kUsage = 2, kUnreachable = 3 };

// --- Verbs.

struct Verb {
    std::string_view name;
    std::string_view usage;  // what follows the name
    std::string_view help;
    std::string_view switches;  // "t", or "b!" without a value, or "o*" that may be repeated
    std::string_view needs;     // one switch of every group: "a lg|lf"
    RsmResult<void> (*run)(const RsmCommand&);  // nullptr: the tool has it, this program not yet
};

constexpr Verb kVerbs[] = {
    {"allocate",
     "/mPOOL [/o{errunavail|new|next}] [/l{g|f}MEDIUM | /p{g|f}SIDE] [/lnNAME] [/ldTEXT] "
     "[/pnNAME] [/pdTEXT] [/tSECONDS] [/b]",
     "take a medium from a pool; prints the logical medium", "m o* lg lf pg pf ln ld pn pd t b!",
     "m", rsm_allocate},
    {"createpool", "/mPOOL /a{existing|always|new} [/t{g|f}MEDIA_TYPE] [/d] [/r]",
     "create or open a pool; /d draws from the free pool, /r returns to it", "m a tg tf d! r!",
     "m a", rsm_create_pool},
    {"deallocate", "{/l{g|f}MEDIUM | /p{g|f}SIDE}", "give up a logical medium", "lg lf pg pf",
     "lg|lf|pg|pf", rsm_deallocate},
    {"deletemedia", "/p{g|f}MEDIUM",
     "delete the record of a physical medium that has left the library", "pg pf", "pg|pf",
     rsm_delete_media},
    {"deletepool", "/mPOOL", "delete an empty pool", "m", "m", rsm_delete_pool},
    {"eject",
     "{/p{g|f}MEDIUM | /s{g|f}SLOT /l{g|f}LIBRARY | /d{g|f}DRIVE /l{g|f}LIBRARY} "
     "[/oOPERATION] [/a{start|stop|queue}] [/b]",
     "eject a physical medium; prints the operation", "pg pf sg sf dg df lg lf o a b!", "",
     rsm_eject},
    {"freemedia", "{/l{g|f}MEDIUM | /p{g|f}SIDE}",
     "return a medium to the free pool; a logical medium is deallocated first", "lg lf pg pf",
     "lg|lf|pg|pf", rsm_free_media},
    {"inventory", "/l{g|f}LIBRARY /a{full|fast|default|none|stop}",
     "have a library look at its media again", "lg lf a", "lg|lf a", rsm_inventory},
    {"view", "/tTYPE [/c{g|f}CONTAINER] [/guiddisplay] [/b]", "list objects of a type",
     "t cg cf guiddisplay! b!", "t", rsm_view},
    {"dismount", "", "", "", "", nullptr},
    {"ejectatapi", "", "", "", "", nullptr},
    {"erase", "", "", "", "", nullptr},
    {"mount", "", "", "", "", nullptr},
    {"refresh", "", "", "", "", nullptr},
    {"rename", "", "", "", "", nullptr},
    {"ui", "", "", "", "", nullptr},
};

std::vector<RsmSwitch> switches_of(const Verb& verb) {
    std::vector<RsmSwitch> switches;
    for (std::string_view word : base::split(verb.switches, ' ')) {
        RsmSwitch one = {word};
        if (word.ends_with('!')) one.value = RsmValue::None;
        if (word.ends_with('*')) one.value = RsmValue::Many;
        if (one.value != RsmValue::One) one.name.remove_suffix(1);
        switches.push_back(one);
    }
    return switches;
}

// What is missing, as a sentence; empty when nothing is.
std::string missing_in(const RsmSwitches& switches, const Verb& verb) {
    if (verb.needs.empty()) return "";
    for (const std::string_view group : base::split(verb.needs, ' ')) {
        std::string names;
        bool is_there = false;
        for (const std::string_view name : base::split(group, '|')) {
            is_there |= switches.has(name);
            names.append(names.empty() ? "/" : " or /").append(name);
        }
        if (!is_there) return names + " is missing";
    }
    return "";
}

const Verb* find_verb(const std::string& word) {
    const std::string lower = base::to_lower(word);
    const auto* found = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                     [&](const Verb& verb) { return verb.name == lower; });
    return found == std::end(kVerbs) ? nullptr : found;
}

void print_usage(std::ostream& out, const Verb& verb) {
    out << "usage: nearline rsm " << verb.name << " " << verb.usage << "\n  " << verb.help << "\n";
}

void print_usage(std::ostream& out) {
    out << "usage: nearline rsm [--socket PATH] VERB [/SWITCH…]\n\n";
    for (const Verb& verb : kVerbs) {
        if (verb.run == nullptr) continue;
        out << "  " << verb.name << " " << verb.usage << "\n      " << verb.help << "\n";
    }
    out << "\nOf the tool's verbs these are not built yet:";
    for (const Verb& verb : kVerbs) {
        if (verb.run == nullptr) out << " " << verb.name;
    }
    out << "\n\n"
           "/Xg names an object by its GUID, /Xf by its friendly name in its exact case. A value\n"
           "follows its switch at once (/mBackup) or after a blank (/m Backup). Pools are named "
           "by\n"
           "their path: \\App\\Pool. Types: library, drive, changer, storageslot, iedoor, ieport,\n"
           "media_pool, physical_media, partition, logical_media, media_type, librequest,\n"
           "oprequest, computer, changer_type, drive_type. /b prints for scripts.\n\n"
           "The service is the one whose socket --socket or NEARLINE_RSM names, else\n"
           "$XDG_RUNTIME_DIR/nearline/rsm.sock, else /tmp/nearline-UID/rsm.sock.\n\n"
           "Exit status: 0 done, 1 RSM refused or the verb is not built yet, 2 bad usage, 3 the\n"
           "service cannot be reached.\n";
}

int exit_of(DWORD error) {
    switch (error) {
        case kRsmWrongUsage:
            return kUsage;
        case ERROR_NOT_CONNECTED:
        case ERROR_NOT_READY:
        case ERROR_INVALID_COMPUTERNAME:
        case RPC_S_NO_INTERFACES:
            return kUnreachable;
        default:
            return kRefused;
    }
}

int report(const Verb& verb, const RsmRefusal& refusal, std::ostream& err) {
    err << "rsm " << verb.name << ": ";
    if (refusal.error == kRsmWrongUsage) {
        err << refusal.detail << "\n";
        print_usage(err, verb);
        return kUsage;
    }
    err << to_text_of_error(refusal.error);
    if (!refusal.detail.empty()) err << ": " << refusal.detail;
    err << "\n";
    return exit_of(refusal.error);
}

int run_verb(const Verb& verb, const std::string& server, std::span<const std::string> arguments,
             std::ostream& out, std::ostream& err) {
    if (verb.run == nullptr) {
        return report(verb, {ERROR_CALL_NOT_IMPLEMENTED, "this verb is not built yet"}, err);
    }
    const auto switches = RsmSwitches::parse(switches_of(verb), arguments);
    if (!switches) return report(verb, {kRsmWrongUsage, switches.error()}, err);
    const std::string missing = missing_in(*switches, verb);
    if (!missing.empty()) return report(verb, {kRsmWrongUsage, missing}, err);
    const auto rsm = RsmObjects::open(server);
    if (!rsm) return report(verb, rsm.error(), err);
    const auto done = verb.run(RsmCommand{*switches, *rsm, out});
    return done ? kDone : report(verb, done.error(), err);
}

bool asks_for_help(const std::string& argument) {
    return argument == "/?" || argument == "--help" || argument == "-h";
}

struct Line {
    std::string server;  // as OpenNtmsSession takes it
    std::vector<std::string> words;
};

// Takes --socket out of the words. nullopt: it lacks its path.
std::optional<Line> read_line(std::span<const std::string> arguments) {
    constexpr std::string_view kSocket = "--socket";
    Line line;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string& argument = arguments[at];
        if (argument == kSocket) {
            if (++at == arguments.size()) return std::nullopt;
            line.server = "unix:" + arguments[at];
        } else if (argument.starts_with(std::string(kSocket) + "=")) {
            line.server = "unix:" + argument.substr(kSocket.size() + 1);
        } else {
            line.words.push_back(argument);
        }
    }
    return line;
}

}  // namespace

int run_rsm(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    const auto line = read_line(arguments);
    if (!line || line->words.empty()) {
        print_usage(err);
        return kUsage;
    }
    const std::string& word = line->words.front();
    if (asks_for_help(word)) {
        print_usage(out);
        return kDone;
    }
    const Verb* verb = find_verb(word);
    if (verb == nullptr) {
        err << "rsm: there is no verb '" << word << "'\n";
        print_usage(err);
        return kUsage;
    }
    const std::span<const std::string> switches = std::span(line->words).subspan(1);
    if (std::any_of(switches.begin(), switches.end(), asks_for_help)) {
        print_usage(out, *verb);
        return kDone;
    }
    return run_verb(*verb, line->server, switches, out, err);
}

}  // namespace nearline::apps
