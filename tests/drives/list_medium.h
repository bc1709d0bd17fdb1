// A medium as a list of blocks and filemarks per partition: the reference that TapeImage and Tape
// are compared with, and a tape for tests that need no file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "media/medium.h"

namespace nearline::media {

class ListMedium final : public Medium {
public:
    explicit ListMedium(std::uint64_t capacity) : partitions_{{capacity, {}}} {}

    std::uint8_t partition_count() const override {
        return static_cast<std::uint8_t>(partitions_.size());
    }
    std::uint64_t partition_size(std::uint8_t partition) const override {
        return partitions_[partition].size;
    }
    std::uint64_t end_of_data(std::uint8_t partition) const override {
        return partitions_[partition].objects.size();
    }
    std::uint64_t filemark_count(std::uint8_t partition) const override {
        return filemarks_before({partition, end_of_data(partition)});
    }
    std::uint64_t filemark(std::uint8_t partition, std::uint64_t index) const override {
        const auto& objects = partitions_[partition].objects;
        for (std::uint64_t at = 0; at < objects.size(); ++at) {
            if (!objects[at].is_filemark) continue;
            if (index == 0) return at;
            --index;
        }
        CHECK(false);
        return 0;
    }
    std::uint64_t filemarks_before(Position at) const override {
        const auto& objects = partitions_[at.partition].objects;
        const auto end = objects.begin() + static_cast<std::ptrdiff_t>(
                                               std::min<std::uint64_t>(at.object, objects.size()));
        return static_cast<std::uint64_t>(
            std::count_if(objects.begin(), end, [](const Object& one) { return one.is_filemark; }));
    }
    ObjectKind kind(Position at) const override {
        if (at.object >= end_of_data(at.partition)) return ObjectKind::EndOfData;
        return object(at).is_filemark ? ObjectKind::Filemark : ObjectKind::Block;
    }
    std::uint64_t stored_before(Position at) const override {
        std::uint64_t stored = 0;
        const auto& objects = partitions_[at.partition].objects;
        for (std::uint64_t each = 0; each < at.object && each < objects.size(); ++each) {
            stored += objects[each].is_filemark ? kFilemarkSize : objects[each].form.stored;
        }
        return stored;
    }
    MediumResult<BlockForm> form(Position at) override {
        if (object(at).is_unreadable) return unreadable();
        return object(at).form;
    }
    MediumResult<void> read(Position at, base::MutableBytes stored) override {
        if (object(at).is_unreadable) return unreadable();
        CHECK(stored.size() == object(at).stored.size());
        std::copy(object(at).stored.begin(), object(at).stored.end(), stored.begin());
        return {};
    }
    bool is_discarding() const override { return false; }

    MediumResult<void> write_block(Position at, const BlockForm& form,
                                   base::BytesView stored) override {
        cut(at);
        if (failure_) return base::Failure{*failure_};
        CHECK(form.stored == stored.size());
        partitions_[at.partition].objects.push_back(
            {false, false, form, base::Bytes(stored.begin(), stored.end())});
        return {};
    }
    MediumResult<void> write_filemarks(Position at, std::uint64_t count) override {
        cut(at);
        if (failure_) return base::Failure{*failure_};
        auto& objects = partitions_[at.partition].objects;
        objects.insert(objects.end(), count, Object{true, false, {}, {}});
        return {};
    }
    MediumResult<void> erase_from(Position at) override {
        cut(at);
        return {};
    }
    MediumResult<void> format(const std::vector<std::uint64_t>& sizes) override {
        partitions_.clear();
        for (const std::uint64_t size : sizes) partitions_.push_back({size, {}});
        return {};
    }
    MediumResult<void> sync() override {
        if (failure_) return base::Failure{*failure_};
        return {};
    }
    const CartridgeMemory& memory() const override { return memory_; }
    MediumResult<void> keep_memory(CartridgeMemory memory) override {
        memory_ = std::move(memory);
        return {};
    }

    // From now on everything that writes fails like this; nothing: works again.
    void fail_with(std::optional<MediumFault> failure) { failure_ = std::move(failure); }
    // Blocks of a size nobody would keep: there to be found, not to be read.
    void add_hollow_blocks(std::uint64_t count, std::uint32_t bytes) {
        const BlockForm form{.length = bytes, .stored = bytes, .compression = {}, .encryption = {}};
        auto& objects = partitions_[0].objects;
        objects.insert(objects.end(), count, Object{false, false, form, {}});
    }
    void damage(Position at) { partitions_[at.partition].objects[at.object].is_unreadable = true; }

private:
    struct Object {
        bool is_filemark = false;
        bool is_unreadable = false;
        BlockForm form;
        base::Bytes stored;
    };
    struct Partition {
        std::uint64_t size = 0;
        std::vector<Object> objects;
    };

    const Object& object(Position at) const { return partitions_[at.partition].objects[at.object]; }
    void cut(Position at) { partitions_[at.partition].objects.resize(at.object); }
    static base::Failure<MediumFault> unreadable() {
        return base::Failure{MediumFault{MediumFault::Kind::Unreadable, "damaged on purpose"}};
    }

    std::vector<Partition> partitions_;
    CartridgeMemory memory_;
    std::optional<MediumFault> failure_;
};

// A medium that somebody else owns, as a drive wants it.
class BorrowedMedium final : public Medium {
public:
    explicit BorrowedMedium(Medium& medium) : medium_(medium) {}
    std::uint8_t partition_count() const override { return medium_.partition_count(); }
    std::uint64_t partition_size(std::uint8_t partition) const override {
        return medium_.partition_size(partition);
    }
    std::uint64_t end_of_data(std::uint8_t partition) const override {
        return medium_.end_of_data(partition);
    }
    std::uint64_t filemark_count(std::uint8_t partition) const override {
        return medium_.filemark_count(partition);
    }
    std::uint64_t filemark(std::uint8_t partition, std::uint64_t index) const override {
        return medium_.filemark(partition, index);
    }
    std::uint64_t filemarks_before(Position at) const override {
        return medium_.filemarks_before(at);
    }
    ObjectKind kind(Position at) const override { return medium_.kind(at); }
    std::uint64_t stored_before(Position at) const override { return medium_.stored_before(at); }
    MediumResult<BlockForm> form(Position at) override { return medium_.form(at); }
    MediumResult<void> read(Position at, base::MutableBytes stored) override {
        return medium_.read(at, stored);
    }
    bool is_discarding() const override { return medium_.is_discarding(); }
    MediumResult<void> write_block(Position at, const BlockForm& form,
                                   base::BytesView stored) override {
        return medium_.write_block(at, form, stored);
    }
    MediumResult<void> write_filemarks(Position at, std::uint64_t count) override {
        return medium_.write_filemarks(at, count);
    }
    MediumResult<void> erase_from(Position at) override { return medium_.erase_from(at); }
    MediumResult<void> format(const std::vector<std::uint64_t>& sizes) override {
        return medium_.format(sizes);
    }
    MediumResult<void> sync() override { return medium_.sync(); }
    const CartridgeMemory& memory() const override { return medium_.memory(); }
    MediumResult<void> keep_memory(CartridgeMemory memory) override {
        return medium_.keep_memory(std::move(memory));
    }

private:
    Medium& medium_;
};

}  // namespace nearline::media
