#include "base/memory_file_system.h"

#include <algorithm>
#include <cstring>

namespace nearline::base {
namespace {

Failure<FileError> failed(FileErrorKind kind, const std::string& path, const char* why) {
    return Failure{FileError{kind, path + ": " + why}};
}

bool is_directly_in(const std::string& path, const std::string& directory) {
    if (directory == ".") return path.find('/') == std::string::npos;
    const std::string prefix = directory.ends_with('/') ? directory : directory + "/";
    return path.starts_with(prefix) && path.find('/', prefix.size()) == std::string::npos;
}

}  // namespace

class MemoryFile final : public File {
public:
    MemoryFile(MemoryFileSystem& owner, std::shared_ptr<MemoryFileSystem::Node> node,
               std::string path, OpenMode mode)
        : owner_(owner), node_(std::move(node)), path_(std::move(path)), mode_(mode) {}

    Result<std::size_t, FileError> read_at(std::uint64_t offset, MutableBytes out) override {
        const Bytes& content = node_->content;
        if (offset >= content.size()) return std::size_t{0};
        const std::size_t count =
            std::min(out.size(), content.size() - static_cast<std::size_t>(offset));
        std::memcpy(out.data(), content.data() + offset, count);
        return count;
    }

    Result<void, FileError> write_at(std::uint64_t offset, BytesView bytes) override {
        if (auto refusal = refuse_change()) return Failure{*refusal};
        const std::uint64_t others = owner_.used() - node_->content.size();
        const std::uint64_t room = owner_.space_ - std::min(owner_.space_, others);
        const std::uint64_t end = std::min(offset + bytes.size(), std::max(room, offset));
        const auto count = static_cast<std::size_t>(end - offset);
        if (end > node_->content.size()) node_->content.resize(static_cast<std::size_t>(end));
        std::copy_n(bytes.begin(), count, node_->content.begin() + static_cast<long>(offset));
        if (count < bytes.size()) return failed(FileErrorKind::NoSpace, path_, "no space left");
        return {};
    }

    Result<std::uint64_t, FileError> size() override {
        return std::uint64_t{node_->content.size()};
    }

    Result<void, FileError> truncate(std::uint64_t size) override {
        if (auto refusal = refuse_change()) return Failure{*refusal};
        node_->content.resize(static_cast<std::size_t>(size));
        return {};
    }

    Result<void, FileError> sync() override {
        if (auto refusal = refuse_change()) return Failure{*refusal};
        node_->durable = node_->content;
        return {};
    }

private:
    std::optional<FileError> refuse_change() {
        if (mode_ == OpenMode::ReadOnly) {
            return FileError{FileErrorKind::Denied, path_ + ": opened for reading"};
        }
        if (owner_.operation_fails()) {
            return FileError{FileErrorKind::InputOutput, path_ + ": input/output error"};
        }
        return std::nullopt;
    }

    MemoryFileSystem& owner_;
    std::shared_ptr<MemoryFileSystem::Node> node_;
    std::string path_;
    OpenMode mode_;
};

Result<std::unique_ptr<File>, FileError> MemoryFileSystem::open(const std::string& path,
                                                                OpenMode mode) {
    const auto found = names_.find(path);
    const bool exists = found != names_.end();
    if (exists && mode == OpenMode::CreateNew) {
        return failed(FileErrorKind::AlreadyExists, path, "exists");
    }
    if (!exists && (mode == OpenMode::ReadOnly || mode == OpenMode::ReadWrite)) {
        return failed(FileErrorKind::NotFound, path, "no such file");
    }
    auto node = exists ? found->second : (names_[path] = std::make_shared<Node>());
    return std::unique_ptr<File>(std::make_unique<MemoryFile>(*this, std::move(node), path, mode));
}

Result<void, FileError> MemoryFileSystem::rename(const std::string& from, const std::string& to) {
    if (operation_fails()) return failed(FileErrorKind::InputOutput, from, "input/output error");
    const auto found = names_.find(from);
    if (found == names_.end()) return failed(FileErrorKind::NotFound, from, "no such file");
    names_[to] = found->second;
    names_.erase(from);
    return {};
}

Result<void, FileError> MemoryFileSystem::remove(const std::string& path) {
    if (names_.erase(path) == 0) return failed(FileErrorKind::NotFound, path, "no such file");
    return {};
}

Result<void, FileError> MemoryFileSystem::create_directories(const std::string&) {
    return {};
}

Result<void, FileError> MemoryFileSystem::sync_directory(const std::string& path) {
    if (operation_fails()) return failed(FileErrorKind::InputOutput, path, "input/output error");
    std::erase_if(durable_names_, [&](const auto& entry) {
        return is_directly_in(entry.first, path);
    });
    for (const auto& [name, node] : names_) {
        if (is_directly_in(name, path)) durable_names_[name] = node;
    }
    return {};
}

Result<std::vector<std::string>, FileError> MemoryFileSystem::list(const std::string& path) {
    std::vector<std::string> names;
    for (const auto& entry : names_) {
        if (is_directly_in(entry.first, path)) {
            names.push_back(entry.first.substr(path == "." ? 0 : entry.first.rfind('/') + 1));
        }
    }
    return names;
}

void MemoryFileSystem::crash() {
    names_ = durable_names_;
    for (auto& entry : names_) {
        entry.second->content = entry.second->durable;
    }
}

bool MemoryFileSystem::operation_fails() {
    ++operations_;
    if (!operations_left_) return false;
    if (*operations_left_ == 0) return true;
    --*operations_left_;
    return false;
}

std::uint64_t MemoryFileSystem::used() const {
    std::uint64_t total = 0;
    for (const auto& entry : names_) {
        total += entry.second->content.size();
    }
    return total;
}

}  // namespace nearline::base
