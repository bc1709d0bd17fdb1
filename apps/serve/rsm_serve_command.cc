#include "apps/serve/rsm_serve_command.h"

#include <grp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <vector>

#include "apps/host/rsm_server.h"
#include "apps/host/token_file.h"
#include "base/posix_file_system.h"

namespace nearline::apps {
namespace {

constexpr int kUsage = 2;
constexpr int kEnvironment = 3;

struct Words {
    std::vector<std::string> changers;
    std::vector<std::string> drives;
    std::string database;
    std::string listen;
    std::string token_file;
    std::string group;
};

void declare(CLI::App& app, Words& words) {
    app.add_option("--changer", words.changers,
                   "a library: its changer, with the drives of the same target. NAME is the "
                   "library's name in RSM; else the last word of the target's")
        ->type_name("[NAME=]iscsi://HOST[:PORT]/IQN/LUN")
        ->required()
        ->allow_extra_args(false);
    app.add_option("--drive", words.drives, "a drive on another target, of any of the libraries")
        ->type_name("iscsi://HOST[:PORT]/IQN/LUN")
        ->allow_extra_args(false);
    app.add_option("--database", words.database, "keep the database here; else in memory")
        ->type_name("FILE");
    app.add_option("--listen", words.listen,
                   "where clients come; else $NEARLINE_RSM, $XDG_RUNTIME_DIR/nearline/rsm.sock or "
                   "/tmp/nearline-UID/rsm.sock")
        ->type_name("unix:PATH|HOST:PORT");
    app.add_option("--token-file", words.token_file,
                   "on TCP: the file whose first line clients must show, 16 characters or more")
        ->type_name("FILE");
    app.add_option("--group", words.group, "whose members are administrators; else our own group")
        ->type_name("GROUP");
    app.footer("Prints `ready unix:PATH` when clients may come; SIGTERM ends it.");
}

// "vault=iscsi://…", or the URL alone. The name of an iSCSI target ends in a colon and a word, most
// often: iqn.2026-11.test.nearline:vault.
base::Result<RsmHost::Library, std::string> parse_library(const std::string& text) {
    const std::size_t scheme = text.find("://");
    const std::size_t equals = text.find('=');
    const bool has_name = equals != std::string::npos && equals < scheme;
    auto url = initiator::parse_iscsi_url(has_name ? text.substr(equals + 1) : text);
    if (!url) return base::Failure{"--changer: " + url.error()};
    RsmHost::Library library;
    library.name =
        has_name ? text.substr(0, equals) : url->target.substr(url->target.rfind(':') + 1);
    if (library.name.empty()) library.name = url->target;
    library.changer = *std::move(url);
    return library;
}

std::vector<std::string> understand(const Words& words, RsmHost::Settings& settings) {
    std::vector<std::string> wrong;
    const auto take = [&wrong](auto result, auto& into) {
        if (result) {
            into = *std::move(result);
        } else {
            wrong.push_back(result.error());
        }
    };
    settings.endpoint = default_rsm_endpoint();
    if (!words.listen.empty()) take(parse_endpoint(words.listen), settings.endpoint);
    if (!words.database.empty()) settings.database = words.database;
    if (!words.token_file.empty()) take(read_token_file(words.token_file), settings.token);
    if (!settings.endpoint.is_unix() && words.token_file.empty()) {
        wrong.emplace_back("--listen on TCP needs --token-file");
    }
    settings.administrator_group = ::getegid();
    if (!words.group.empty()) {
        const group* found = ::getgrnam(words.group.c_str());
        if (found != nullptr) settings.administrator_group = found->gr_gid;
        if (found == nullptr) wrong.push_back("--group: there is no group " + words.group);
    }
    std::vector<initiator::IscsiUrl> drives(words.drives.size());
    for (std::size_t at = 0; at < drives.size(); ++at) {
        take(initiator::parse_iscsi_url(words.drives[at]), drives[at]);
    }
    std::set<std::string> names;
    for (const std::string& text : words.changers) {
        RsmHost::Library library;
        take(parse_library(text), library);
        library.drives = drives;
        if (!library.name.empty() && !names.insert(library.name).second) {
            wrong.push_back("--changer: two libraries are called " + library.name +
                            ": name them NAME=URL");
        }
        settings.libraries.push_back(std::move(library));
    }
    return wrong;
}

}  // namespace

int run_rsm_serve(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    Words words;
    CLI::App app("Serves the Removable Storage Manager of libraries on iSCSI targets.",
                 "nearline rsm serve");
    declare(app, words);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err) == 0 ? 0 : kUsage;
    }
    RsmHost::Settings settings;
    const std::vector<std::string> wrong = understand(words, settings);
    for (const std::string& line : wrong) err << "nearline rsm serve: " << line << '\n';
    if (!wrong.empty()) return kUsage;
    auto status = serve_rsm(std::move(settings), out);
    if (status) return *status;
    err << "nearline rsm serve: " << status.error() << '\n';
    return kEnvironment;
}

}  // namespace nearline::apps
