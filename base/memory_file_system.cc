#include "base/memory_file_system.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace nearline::base {
namespace {

FileError error(FileErrorKind kind, const std::string& path, const char* why) {
    return FileError{kind, path + ": " + why};
}

// "a/b" for "./a//b/": two spellings are one name.
std::string normal(const std::string& path) {
    std::string text = std::filesystem::path(path).lexically_normal().string();
    if (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text;
}

std::string name_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

class MemoryFile final : public File {
public:
    MemoryFile(MemoryFileSystem& owner, std::shared_ptr<MemoryFileSystem::Node> node,
               std::string path, OpenMode mode)
        : owner_(owner), node_(std::move(node)), path_(std::move(path)), mode_(mode) {}

    Result<std::size_t, FileError> read_at(std::uint64_t offset, MutableBytes out) override {
        return node_->content.read(offset, out);
    }

    Result<void, FileError> write_at(std::uint64_t offset,
                                     std::span<const BytesView> parts) override {
        if (mode_ == OpenMode::ReadOnly) return Failure{opened_for_reading()};
        const auto change = owner_.next_change();
        if (change == MemoryFileSystem::Change::Fails) return Failure{input_output_error()};
        std::uint64_t bytes = 0;
        for (const BytesView part : parts) bytes += part.size();
        if (change == MemoryFileSystem::Change::FailsFirst) {
            store(offset, parts, bytes / 2);
            return Failure{input_output_error()};
        }
        if (store(offset, parts, bytes) < bytes) {
            return Failure{error(FileErrorKind::NoSpace, path_, "no space left")};
        }
        return {};
    }

    Result<std::uint64_t, FileError> size() override { return node_->content.size(); }

    Result<void, FileError> truncate(std::uint64_t size) override {
        if (mode_ == OpenMode::ReadOnly) return Failure{opened_for_reading()};
        if (auto refusal = owner_.refuse_change(path_)) return Failure{*refusal};
        if (size > node_->content.size() && size > owner_.room_for(*node_)) {
            return Failure{error(FileErrorKind::NoSpace, path_, "no space left")};
        }
        owner_.resize(*node_, size);
        return {};
    }

    Result<void, FileError> sync() override {
        if (auto refusal = owner_.refuse_change(path_)) return Failure{*refusal};
        node_->content.make_durable();
        return {};
    }

private:
    // The first `count` bytes of `parts`, or as many as there is room for; returns how many.
    std::uint64_t store(std::uint64_t offset, std::span<const BytesView> parts,
                        std::uint64_t count) {
        ChunkedBytes& content = node_->content;
        const std::uint64_t room = std::max<std::uint64_t>(owner_.room_for(*node_), content.size());
        if (count == 0 || offset >= room) return 0;
        const std::uint64_t fits = std::min(count, room - offset);
        if (offset + fits > content.size()) owner_.resize(*node_, offset + fits);
        std::uint64_t done = 0;
        for (const BytesView part : parts) {
            const std::uint64_t step = std::min<std::uint64_t>(part.size(), fits - done);
            content.write(offset + done, part.first(static_cast<std::size_t>(step)));
            done += step;
        }
        return fits;
    }

    FileError opened_for_reading() const {
        return error(FileErrorKind::Denied, path_, "opened for reading");
    }
    FileError input_output_error() const {
        return error(FileErrorKind::InputOutput, path_, "input/output error");
    }

    MemoryFileSystem& owner_;
    std::shared_ptr<MemoryFileSystem::Node> node_;
    std::string path_;
    OpenMode mode_;
};

Result<std::unique_ptr<File>, FileError> MemoryFileSystem::open(const std::string& path,
                                                                OpenMode mode) {
    const std::string name = normal(path);
    if (auto refusal = refuse_name(name)) return Failure{*refusal};
    const auto found = names_.find(name);
    const bool exists = found != names_.end();
    if (exists && mode == OpenMode::CreateNew) {
        return Failure{error(FileErrorKind::AlreadyExists, path, "exists")};
    }
    if (!exists && (mode == OpenMode::ReadOnly || mode == OpenMode::ReadWrite)) {
        return Failure{error(FileErrorKind::NotFound, path, "no such file")};
    }
    if (!exists) {
        if (auto refusal = refuse_change(path)) return Failure{*refusal};
    }
    auto node = exists ? found->second : (names_[name] = std::make_shared<Node>());
    node->is_named = true;
    return std::unique_ptr<File>(std::make_unique<MemoryFile>(*this, std::move(node), path, mode));
}

Result<void, FileError> MemoryFileSystem::rename(const std::string& from, const std::string& to) {
    const std::string old_name = normal(from);
    const std::string new_name = normal(to);
    if (auto refusal = refuse_name(new_name)) return Failure{*refusal};
    const auto found = names_.find(old_name);
    if (found == names_.end()) {
        return Failure{error(FileErrorKind::NotFound, from, "no such file")};
    }
    if (auto refusal = refuse_change(from)) return Failure{*refusal};
    if (old_name == new_name) return {};
    const auto node = found->second;
    names_.erase(found);
    if (const auto replaced = names_.find(new_name); replaced != names_.end()) {
        forget_name_of(*replaced->second);
    }
    names_[new_name] = node;
    return {};
}

Result<void, FileError> MemoryFileSystem::remove(const std::string& path) {
    const auto found = names_.find(normal(path));
    if (found == names_.end()) {
        return Failure{error(FileErrorKind::NotFound, path, "no such file")};
    }
    if (auto refusal = refuse_change(path)) return Failure{*refusal};
    forget_name_of(*found->second);
    names_.erase(found);
    return {};
}

Result<void, FileError> MemoryFileSystem::create_directories(const std::string& path) {
    std::set<std::string> missing;
    for (std::string name = normal(path); !is_directory(name); name = directory_of(name)) {
        if (names_.contains(name)) {
            return Failure{error(FileErrorKind::AlreadyExists, path, "is a file")};
        }
        missing.insert(name);
    }
    if (missing.empty()) return {};
    if (auto refusal = refuse_change(path)) return Failure{*refusal};
    directories_.merge(missing);
    return {};
}

Result<void, FileError> MemoryFileSystem::sync_directory(const std::string& path) {
    const std::string directory = normal(path);
    if (!is_directory(directory)) {
        return Failure{error(FileErrorKind::NotFound, path, "no such directory")};
    }
    if (auto refusal = refuse_change(path)) return Failure{*refusal};
    std::erase_if(durable_names_,
                  [&](const auto& entry) { return directory_of(entry.first) == directory; });
    for (const auto& [name, node] : names_) {
        if (directory_of(name) == directory) durable_names_[name] = node;
    }
    return {};
}

Result<std::vector<std::string>, FileError> MemoryFileSystem::list(const std::string& path) {
    const std::string directory = normal(path);
    if (!is_directory(directory)) {
        return Failure{error(FileErrorKind::NotFound, path, "no such directory")};
    }
    std::vector<std::string> names;
    for (const auto& entry : names_) {
        if (directory_of(entry.first) == directory) names.push_back(name_of(entry.first));
    }
    for (const std::string& entry : directories_) {
        if (directory_of(entry) == directory) names.push_back(name_of(entry));
    }
    std::sort(names.begin(), names.end());
    return names;
}

void MemoryFileSystem::crash() {
    for (auto& entry : names_) entry.second->is_named = false;
    names_ = durable_names_;
    named_bytes_ = 0;
    for (auto& entry : names_) {
        Node& node = *entry.second;
        node.is_named = true;
        node.content.fall_back_to_durable();
        named_bytes_ += node.content.size();
    }
}

void MemoryFileSystem::resize(Node& node, std::uint64_t size) {
    if (node.is_named) named_bytes_ = named_bytes_ - node.content.size() + size;
    node.content.resize(size);
}

void MemoryFileSystem::forget_name_of(Node& node) {
    node.is_named = false;
    named_bytes_ -= node.content.size();
}

MemoryFileSystem::Change MemoryFileSystem::next_change() {
    ++changes_;
    if (!changes_left_) return Change::Works;
    if (*changes_left_ > 0) {
        --*changes_left_;
        return Change::Works;
    }
    return std::exchange(has_failed_, true) ? Change::Fails : Change::FailsFirst;
}

std::optional<FileError> MemoryFileSystem::refuse_change(const std::string& path) {
    if (next_change() == Change::Works) return std::nullopt;
    return error(FileErrorKind::InputOutput, path, "input/output error");
}

// A file can be called `path` when its directory is there and it is none itself.
std::optional<FileError> MemoryFileSystem::refuse_name(const std::string& path) const {
    if (is_directory(path)) return error(FileErrorKind::Denied, path, "is a directory");
    if (is_directory(directory_of(path))) return std::nullopt;
    return error(FileErrorKind::NotFound, path, "no such directory");
}

bool MemoryFileSystem::is_directory(const std::string& path) const {
    return path == "." || path == "/" || path.empty() || directories_.contains(path);
}

// How large `node` may become. A removed file that is still open counts for itself only.
std::uint64_t MemoryFileSystem::room_for(const Node& node) const {
    if (space_ == UINT64_MAX) return kLargestFile;
    const std::uint64_t others = named_bytes_ - (node.is_named ? node.content.size() : 0);
    return std::min(kLargestFile, space_ - std::min(space_, others));
}

}  // namespace nearline::base
