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

constexpr int kDone = 0;
constexpr int kUsage = ERROR_INVALID_PARAMETER;

// --- Verbs.

struct Verb {
    std::string_view name;
    std::string_view usage;  // what follows the name
    std::string_view help;
    // "t", or "b!" without a value, "o*" that may be repeated, "o?" that may lack its value.
    std::string_view switches;
    std::string_view needs;  // one switch of every group: "a lg|lf"
    RsmResult<void> (*run)(const RsmCommand&);
};

constexpr Verb kVerbs[] = {
    {"allocate",
     "/mPOOL [/o{errunavail|new|next}] [/l{g|f}MEDIUM | /p{g|f}SIDE] [/lnNAME] [/ldTEXT] "
     "[/pnNAME] [/pdTEXT] [/tSECONDS] [/b]",
     "take a medium from a pool; prints the logical medium",
     "m o* lg lf pg pf ln ld pn pd t b! json!", "m", rsm_allocate},
    {"createpool", "/mPOOL /a{existing|always|new} [/t{g|f}MEDIA_TYPE] [/d] [/r]",
     "create or open a pool; /d draws from the free pool, /r returns to it", "m a tg tf d! r!",
     "m a", rsm_create_pool},
    {"deallocate", "{/l{g|f}MEDIUM | /p{g|f}SIDE}", "give up a logical medium", "lg lf pg pf",
     "lg|lf|pg|pf", rsm_deallocate},
    {"deletemedia", "/p{g|f}MEDIUM",
     "delete the record of a physical medium that has left the library", "pg pf", "pg|pf",
     rsm_delete_media},
    {"deletepool", "/mPOOL", "delete an empty pool", "m", "m", rsm_delete_pool},
    {"dismount", "{/l{g|f}MEDIUM | /p{g|f}SIDE} [/o[deferred]]",
     "put a medium back; deferred, it stays in the drive until that is needed", "lg lf pg pf o?",
     "lg|lf|pg|pf", rsm_dismount},
    {"eject",
     "{/p{g|f}MEDIUM | /s{g|f}SLOT /l{g|f}LIBRARY | /d{g|f}DRIVE /l{g|f}LIBRARY} "
     "[/oOPERATION] [/a{start|stop|queue}] [/b]",
     "eject a physical medium; prints the operation", "pg pf sg sf dg df lg lf o a b! json!", "",
     rsm_eject},
    {"ejectatapi", "/nNUMBER", "eject what is in an ATAPI changer; needs no service", "n", "n",
     rsm_eject_atapi},
    {"erase", "/p{g|f}SIDE [/r{highest|high|normal|low|lowest}] [/tSECONDS] [/b]",
     "mount a side, erase all of its tape and dismount it; prints the side", "pg pf r t b! json!",
     "pg|pf", rsm_erase},
    {"freemedia", "{/l{g|f}MEDIUM | /p{g|f}SIDE | /s{g|f}SLOT [/d{g|f}DRIVE]}",
     "return a medium to the free pool; a logical medium is deallocated first",
     "lg lf pg pf sg sf dg df", "lg|lf|pg|pf|sg|sf", rsm_free_media},
    {"info", "/gOBJECT [--json]", "show all that is known of an object", "g json!", "g", rsm_info},
    {"inventory", "/l{g|f}LIBRARY /a{full|fast|default|none|stop}",
     "have a library look at its media again", "lg lf a", "lg|lf a", rsm_inventory},
    {"mount",
     "{/l{g|f}MEDIUM | /p{g|f}SIDE | /s{g|f}SLOT /c{g|f}CHANGER} [/d{g|f}DRIVE] "
     "[/o{read|write|errunavail|offline|drive|nowait}] "
     "[/r{highest|high|normal|low|lowest}] [/tSECONDS] [/b]",
     "mount a medium; prints the drive", "lg lf pg pf sg sf cg cf dg df o* r t b! json!",
     "lg|lf|pg|pf|sg|sf", rsm_mount},
    {"refresh", "{/l{g|f}LIBRARY | /p{g|f}MEDIUM | /t{g|f}MEDIA_TYPE}",
     "look at stand-alone drives again", "lg lf pg pf tg tf", "lg|lf|pg|pf|tg|tf", rsm_refresh},
    {"rename",
     "{/t{g|f}MEDIA_TYPE | /l{g|f}MEDIUM | /p{g|f}PHYSICAL_MEDIUM | /s{g|f}SLOT | "
     "/c{g|f}CHANGER | /b{g|f}LIBRARY | /mPOOL | /gOBJECT} [/nNAME] [/dTEXT]",
     "change an object's name or description", "tg tf lg lf pg pf sg sf cg cf bg bf m g n d", "n|d",
     rsm_rename},
    {"requests", "[/all] [/satisfyGUID | /refuseGUID | /cancelGUID] [--json]",
     "list what libraries and operators have to do, or (/satisfy, /refuse) answer for the "
     "operator, or (/cancel) take a request out of a queue",
     "all! satisfy refuse cancel json!", "", rsm_requests},
    {"ui", "/t{info|request|error} /a{add|delete|deleteall} [/dCOMPUTER] [/l{g|f}LIBRARY]",
     "say where messages of the computer, or of a library, go", "t a d lg lf", "t a", rsm_ui},
    {"view",
     "/tTYPE [/c{g|f}CONTAINER] [/guiddisplay] [/b] [--json] | "
     "/tui_destination [/k{info|request|error}] [/c{g|f}LIBRARY] [/b]",
     "list objects of a type, or where messages go", "t k cg cf guiddisplay! b! json!", "t",
     rsm_view},
    {"watch", "/kTYPE [/nCOUNT] [/tSECONDS] [--json]",
     "tell what becomes of the objects of a type, until /n changes or /t seconds of silence",
     "k n t json!", "k", rsm_watch},
};

std::vector<RsmSwitch> switches_of(const Verb& verb) {
    std::vector<RsmSwitch> switches;
    for (std::string_view word : base::split(verb.switches, ' ')) {
        RsmSwitch one = {word};
        if (word.ends_with('!')) one.value = RsmValue::None;
        if (word.ends_with('*')) one.value = RsmValue::Many;
        if (word.ends_with('?')) one.value = RsmValue::Maybe;
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
    out << "usage: nearline rsm [--server NAME | --socket PATH] [--json] VERB [/SWITCH…]\n"
           "       nearline rsm serve …   (nearline rsm serve --help)\n\n";
    for (const Verb& verb : kVerbs) {
        out << "  " << verb.name << " " << verb.usage << "\n      " << verb.help << "\n";
    }
    out << "\n"
           "/Xg names an object by its GUID, /Xf by its friendly name in its exact case. A value\n"
           "follows its switch at once (/mBackup) or after a blank (/m Backup). Pools are named "
           "by\n"
           "their path: \\App\\Pool. Types: library, drive, changer, storageslot, iedoor, ieport,\n"
           "media_pool, physical_media, partition, logical_media, media_type, librequest,\n"
           "oprequest, computer, changer_type, drive_type. /b prints for scripts, --json for\n"
           "programs. `nearline rsm VERB /?` explains one verb.\n\n"
           "The service is the one that --server names (unix:PATH, or HOST:PORT, whose token is "
           "in\n"
           "the file that NEARLINE_RSM_TOKEN_FILE names), or whose socket --socket names, else\n"
           "that of NEARLINE_RSM, else $XDG_RUNTIME_DIR/nearline/rsm.sock, else\n"
           "/tmp/nearline-UID/rsm.sock.\n\n"
           "Exit status: 0 done, 87 wrong usage, otherwise the low eight bits of the error's "
           "number,\n"
           "whose name and number are the line on standard error.\n";
}

// A status has eight bits: the numbers of RSM, 4300 to 4341, become 204 to 245.
int exit_of(DWORD error) {
    if (error == kRsmWrongUsage) return kUsage;
    const int status = static_cast<int>(error & 0xFF);
    return status == 0 ? kUsage : status;
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

bool needs_service(const Verb& verb) {
    return verb.run != rsm_eject_atapi;
}

int run_verb(const Verb& verb, const std::string& server, std::span<const std::string> arguments,
             std::ostream& out, std::ostream& err) {
    const auto switches = RsmSwitches::parse(switches_of(verb), arguments);
    if (!switches) return report(verb, {kRsmWrongUsage, switches.error()}, err);
    const std::string missing = missing_in(*switches, verb);
    if (!missing.empty()) return report(verb, {kRsmWrongUsage, missing}, err);
    auto rsm = RsmObjects::open(server);
    if (!rsm && needs_service(verb)) return report(verb, rsm.error(), err);
    const RsmObjects objects = rsm ? *std::move(rsm) : RsmObjects();
    const auto done = verb.run(RsmCommand{*switches, objects, out});
    return done ? kDone : report(verb, done.error(), err);
}

bool asks_for_help(const std::string& argument) {
    return argument == "/?" || argument == "--help" || argument == "-h";
}

struct Line {
    std::string server;  // as OpenNtmsSession takes it
    std::vector<std::string> words;
};

// The value of an option that stands at `at`, as --name VALUE or --name=VALUE; moves `at` to its
// last word. nullopt: it is another word.
std::optional<std::string> option(std::span<const std::string> words, std::size_t& at,
                                  const std::string& name) {
    if (words[at].starts_with(name + "=")) return words[at].substr(name.size() + 1);
    if (words[at] != name) return std::nullopt;
    return at + 1 < words.size() ? words[++at] : std::string();
}

// Takes what is no verb or switch out of the words. nullopt: an option lacks its value.
std::optional<Line> read_line(std::span<const std::string> arguments) {
    Line line;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string& argument = arguments[at];
        if (const auto path = option(arguments, at, "--socket")) {
            if (path->empty()) return std::nullopt;
            line.server = "unix:" + *path;
        } else if (const auto server = option(arguments, at, "--server")) {
            if (server->empty()) return std::nullopt;
            line.server = *server;
        } else if (argument == "--json") {
            line.words.emplace_back("/json");
        } else {
            line.words.push_back(argument);
        }
    }
    // The verb comes first, wherever --json stood.
    std::stable_partition(line.words.begin(), line.words.end(),
                          [](const std::string& word) { return word != "/json"; });
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
