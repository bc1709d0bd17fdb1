#include "config/access_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "base/bytes.h"
#include "base/text.h"

namespace nearline::config {
namespace {

using A = v1::Library::Access;
using Chap = v1::Library::Chap;

constexpr std::size_t kShortestSecret = 12;  // 96 bits (RFC 7143 9.2.1)
constexpr std::size_t kLongestSecret = 256;
constexpr std::size_t kLongestName = 223;  // RFC 7143 4.2.7.1

struct Context {
    const std::string& directory;
    base::FileSystem& files;
    ProblemList& problems;
};

// The first line of the file, so that an editor's newline is no part of the secret.
std::optional<std::string> secret_of(const Chap& chap, const Where& where, const Context& context) {
    if (chap.secret_file().empty()) return chap.secret();
    const auto content =
        base::read_whole_file(context.files, path_in(context.directory, chap.secret_file()));
    if (!content) {
        context.problems.add(where.of(Chap::kSecretFileFieldNumber),
                             "secret_file: " + content.error().message);
        return std::nullopt;
    }
    const auto line = base::split(base::as_text(*content), '\n').front();
    return std::string(base::trim_right(line, '\r'));
}

std::optional<library::ChapSecret> read_chap(const Chap& chap, const Where& where,
                                             const Context& context) {
    auto& problems = context.problems;
    if (chap.user().empty()) problems.add_missing(where.own(), "chap: say its user");
    if (chap.secret().empty() == chap.secret_file().empty()) {
        problems.add_missing(where.own(), "chap: say one of secret_file and secret");
        return std::nullopt;
    }
    const auto secret = secret_of(chap, where, context);
    if (!secret) return std::nullopt;
    const int field =
        chap.secret_file().empty() ? Chap::kSecretFieldNumber : Chap::kSecretFileFieldNumber;
    if (secret->size() < kShortestSecret || secret->size() > kLongestSecret) {
        problems.add(where.of(field),
                     fmt::format("a CHAP secret has {} to {} characters, this one {}",
                                 kShortestSecret, kLongestSecret, secret->size()));
        return std::nullopt;
    }
    return library::ChapSecret{chap.user(), *secret};
}

// RFC 7143 4.2.7: iqn., eui. or naa., and what RFC 3722 leaves of the alphabet.
std::string why_no_initiator(const std::string& pattern) {
    const std::string name =
        pattern.ends_with('*') ? pattern.substr(0, pattern.size() - 1) : pattern;
    if (name.size() > kLongestName) return "is longer than 223 characters";
    const bool has_good_characters = std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '.' || c == ':' ||
               c >= 0x80;
    });
    if (!has_good_characters) {
        return "has characters other than a-z, 0-9, -, . and :, or a * before its end";
    }
    const bool is_everything = pattern == "*";
    const bool has_type =
        name.starts_with("iqn.") || name.starts_with("eui.") || name.starts_with("naa.");
    if (!is_everything && !has_type) return "does not begin with iqn., eui. or naa.";
    return "";
}

void read_accounts(const A& access, const Where& where, const Context& context,
                   library::Access& out) {
    std::set<std::string> users;
    for (int i = 0; i < access.chap_size(); ++i) {
        const auto at = where.into(A::kChapFieldNumber, i);
        auto account = read_chap(access.chap(i), at, context);
        if (!access.chap(i).user().empty() && !users.insert(access.chap(i).user()).second) {
            context.problems.add(at.of(Chap::kUserFieldNumber),
                                 fmt::format("user: \"{}\" is there twice", access.chap(i).user()));
        }
        if (account) out.initiators_secrets.push_back(std::move(*account));
    }
}

void read_mutual(const A& access, const Where& where, const Context& context,
                 library::Access& out) {
    const auto at = where.into(A::kMutualFieldNumber);
    if (access.chap().empty()) {
        context.problems.add_missing(
            at.own(), "mutual: a target proves itself to an initiator that did: say chap too");
    }
    out.target_secret = read_chap(access.mutual(), at, context);
    for (const auto& account : out.initiators_secrets) {
        // RFC 7143 9.2.1: or the initiator's own answer could be sent back to it.
        if (out.target_secret && account.secret == out.target_secret->secret) {
            context.problems.add(at.own(), fmt::format("mutual: its secret is that of \"{}\"; the "
                                                       "two directions need different ones",
                                                       account.user));
        }
    }
}

}  // namespace

std::string path_in(const std::string& directory, const std::string& name) {
    if (name.starts_with('/') || directory == "." || directory.empty()) return name;
    return directory.ends_with('/') ? directory + name : directory + "/" + name;
}

library::Access read_access(const A& access, const Where& where, const std::string& directory,
                            base::FileSystem& files, ProblemList& problems) {
    const Context context{directory, files, problems};
    library::Access out;
    read_accounts(access, where, context, out);
    if (access.has_mutual()) read_mutual(access, where, context, out);
    for (int i = 0; i < access.initiators_size(); ++i) {
        const std::string why = why_no_initiator(access.initiators(i));
        if (!why.empty()) {
            problems.add(where.of(A::kInitiatorsFieldNumber, i),
                         fmt::format("initiators: \"{}\" {}", access.initiators(i), why));
        }
        out.initiators.push_back(access.initiators(i));
    }
    return out;
}

}  // namespace nearline::config
