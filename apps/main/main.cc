// The program: finds the command and hands it the rest of the line.
#include <algorithm>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "apps/changer/changer_command.h"
#include "apps/exec/exec_command.h"
#include "apps/image/image_command.h"
#include "apps/operator/operator_command.h"
#include "apps/rsm/rsm_command.h"
#include "apps/run/run_command.h"
#include "apps/serve/rsm_serve_command.h"
#include "apps/serve/serve_command.h"
#include "apps/tape/tape_command.h"
#include "apps/validate/validate_command.h"

namespace {

using Arguments = std::span<const std::string>;

struct Command {
    const char* name;
    int (*run)(Arguments, std::ostream&, std::ostream&);
    const char* help;
};

constexpr int kUsage = 2;

constexpr Command kCommands[] = {
    {"serve", nearline::apps::run_serve, "serve a library to real initiators over iSCSI"},
    {"run", nearline::apps::run_scenarios, "play scenario files and give a verdict"},
    {"exec", nearline::apps::run_exec,
     "run a program with a library at /dev/changer, /dev/nst0, …"},
    {"changer",
     [](Arguments arguments, std::ostream& out, std::ostream& err) {
         return nearline::apps::run_changer(arguments, out, err);
     },
     "look at and work any iSCSI medium changer"},
    {"tape",
     [](Arguments arguments, std::ostream& out, std::ostream& err) {
         return nearline::apps::run_tape(arguments, out, err);
     },
     "look at and work any iSCSI tape drive, write and read it"},
    {"image",
     [](Arguments arguments, std::ostream& out, std::ostream& err) {
         return nearline::apps::run_image(arguments, out, err);
     },
     "look at tape images, check them, exchange tapes"},
    {"rsm",
     [](Arguments arguments, std::ostream& out, std::ostream& err) {
         const bool serves = !arguments.empty() && arguments.front() == "serve";
         return serves ? nearline::apps::run_rsm_serve(arguments.subspan(1), out, err)
                       : nearline::apps::run_rsm(arguments, out, err);
     },
     "work the Removable Storage Manager, as rsm.exe does, or serve it"},
    {"operator", nearline::apps::run_operator, "open the door, take a cartridge out, …"},
    {"validate", nearline::apps::run_validate, "check library, personality and scenario files"},
    {"personalities", nearline::apps::run_personalities, "list the models, or print one"},
};

void print_help(std::ostream& out) {
    out << "A robotic tape library without the robot.\n"
           "Usage: nearline COMMAND …        nearline COMMAND --help says more\n\n"
           "Commands:\n";
    for (const Command& command : kCommands) {
        const std::string name = command.name;
        out << "  " << name << std::string(15 - name.size(), ' ') << command.help << '\n';
    }
    out << "\nExit status: 0 fine, 1 refused or expectations failed, 2 bad usage or bad file,\n"
           "3 the environment failed. That of rsm is the error's number.\n";
}

}  // namespace

int main(int count, char** words) {
    const std::vector<std::string> arguments(words + 1, words + count);
    const std::string name = arguments.empty() ? "" : arguments.front();
    if (name == "--help" || name == "-h" || name == "help") {
        print_help(std::cout);
        return 0;
    }
    if (name == "--version") {
        std::cout << "nearline " NEARLINE_VERSION "\n";
        return 0;
    }
    const auto* command = std::find_if(std::begin(kCommands), std::end(kCommands),
                                       [&](const Command& other) { return name == other.name; });
    if (command == std::end(kCommands)) {
        if (!name.empty()) std::cerr << "nearline: no command '" << name << "'\n\n";
        print_help(std::cerr);
        return kUsage;
    }
    return command->run(Arguments(arguments).subspan(1), std::cout, std::cerr);
}
