// A disk that keeps, of what was not synced when power is lost, any sectors and no others: later
// ones without earlier ones, new lengths without new bytes. A sector of 512 bytes is old or new,
// never half.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"

namespace nearline::media {

class TornFileSystem final : public base::FileSystem {
public:
    template <typename T>
    using Outcome = base::Result<T, base::FileError>;

    struct Change {
        std::uint64_t offset = 0;
        base::Bytes bytes;  // empty: the file's length became `offset`
    };
    struct Content {
        base::Bytes now;
        base::Bytes durable;
        std::vector<Change> pending;
    };

    class TornFile final : public base::File {
    public:
        explicit TornFile(Content& content) : content_(content) {}
        Outcome<std::size_t> read_at(std::uint64_t offset, base::MutableBytes out) override {
            const base::Bytes& now = content_.now;
            if (offset >= now.size()) return std::size_t{0};
            const std::size_t count = std::min<std::size_t>(out.size(), now.size() - offset);
            std::copy_n(now.data() + offset, count, out.data());
            return count;
        }
        Outcome<void> write_at(std::uint64_t offset,
                               std::span<const base::BytesView> parts) override {
            Change change{offset, {}};
            for (const auto& part : parts) {
                change.bytes.insert(change.bytes.end(), part.begin(), part.end());
            }
            if (change.bytes.empty()) return {};
            apply(content_.now, offset, change.bytes);
            content_.pending.push_back(std::move(change));
            return {};
        }
        Outcome<std::uint64_t> size() override { return std::uint64_t{content_.now.size()}; }
        Outcome<void> truncate(std::uint64_t size) override {
            content_.now.resize(size);
            content_.pending.push_back({size, {}});
            return {};
        }
        Outcome<void> sync() override {
            content_.durable = content_.now;
            content_.pending.clear();
            return {};
        }

    private:
        Content& content_;
    };

    Outcome<std::unique_ptr<base::File>> open(const std::string& path, base::OpenMode) override {
        return std::unique_ptr<base::File>(std::make_unique<TornFile>(contents_[path]));
    }
    Outcome<void> rename(const std::string&, const std::string&) override { return {}; }
    Outcome<void> remove(const std::string& path) override {
        contents_.erase(path);
        return {};
    }
    Outcome<void> create_directories(const std::string&) override { return {}; }
    Outcome<void> sync_directory(const std::string&) override { return {}; }
    Outcome<std::vector<std::string>> list(const std::string&) override {
        return std::vector<std::string>{};
    }

    // Each sector that waited is there or not, as `random` has it.
    void lose_power(std::minstd_rand& random) {
        for (auto& [path, content] : contents_) {
            base::Bytes left = content.durable;
            const unsigned share = 1 + random() % 4;  // of five
            for (const Change& change : content.pending) {
                keep_some(left, change, [&] { return (random() >> 4) % 5 < share; });
            }
            content = {left, left, {}};
        }
    }

private:
    static constexpr std::size_t kSector = 512;

    static void apply(base::Bytes& file, std::uint64_t offset, base::BytesView bytes) {
        if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
        std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
    }

    template <typename Keep>
    static void keep_some(base::Bytes& file, const Change& change, Keep keep) {
        if (change.bytes.empty()) {
            if (keep()) file.resize(change.offset);
            return;
        }
        for (std::size_t done = 0; done < change.bytes.size();) {
            const std::uint64_t at = change.offset + done;
            const std::size_t step =
                std::min<std::size_t>(kSector - at % kSector, change.bytes.size() - done);
            if (keep()) apply(file, at, base::BytesView(change.bytes).subspan(done, step));
            done += step;
        }
    }

    std::map<std::string, Content> contents_;
};

}  // namespace nearline::media
