// Where each object of a partition lies in the image. Runs are kept in a few bytes each, in pages
// that are found by binary search: a question costs a logarithm, and ten million blocks of one size
// take no more memory than one; of sizes all different, about four bytes each.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "media/object_run.h"

namespace nearline::media {

class ObjectIndex {
public:
    explicit ObjectIndex(RecordSizes sizes) : sizes_(sizes) {}

    // A run of objects and what lies before it.
    struct Place {
        Run run;
        std::uint64_t object = 0;     // number of the run's first
        std::uint64_t filemarks = 0;  // before it
        std::uint64_t stored = 0;     // before it, as Medium::stored_before() counts
    };

    std::uint64_t objects() const { return total_.object; }
    std::uint64_t filemarks() const { return total_.filemarks; }
    std::uint64_t stored() const { return total_.stored; }
    // The offset behind the last object's record; 0 when there is none.
    std::uint64_t end_offset() const;
    // Whether a run of lost objects was ever appended.
    bool has_losses() const { return has_losses_; }
    const RecordSizes& sizes() const { return sizes_; }

    // The run that `object` is in; it must exist.
    Place find(std::uint64_t object) const;
    // The offset of the record of `object` in its run.
    std::uint64_t offset_of(const Place& place, std::uint64_t object) const;
    std::uint64_t filemark(std::uint64_t index) const;
    std::uint64_t filemarks_before(std::uint64_t object) const;
    std::uint64_t stored_before(std::uint64_t object) const;

    // Offsets never fall. All objects together are at most kMaximumObjects.
    void append(const Run& run);
    // Only objects before `object` stay.
    void truncate(std::uint64_t object);

    // Calls `look` with every run from `first` on, in order, the first cut to begin there.
    void visit(std::uint64_t first, const std::function<void(const Place&)>& look) const;
    // The same runs as write_run() writes them.
    base::Bytes encode_from(std::uint64_t first) const;

    std::size_t memory() const { return pages_.capacity() * sizeof(Page) + closed_.capacity(); }

private:
    struct Totals {
        std::uint64_t object = 0;
        std::uint64_t filemarks = 0;
        std::uint64_t stored = 0;
    };
    struct Page {
        Totals before;
        std::uint64_t end = 0;     // for read_run() of its first run
        std::size_t position = 0;  // in closed_
    };
    // Walks over the runs: run, what lies before it, and how to cut it off.
    struct Cursor {
        Run run;
        Totals before;
        std::uint64_t end_before = 0;
        std::size_t position = 0;
        std::size_t next = 0;
        bool is_last = false;  // it is last_
    };

    Cursor cursor_at(std::uint64_t object) const;
    Cursor cursor_at_filemark(std::uint64_t index) const;
    Cursor first_of(const Page& page) const;
    void read_next(Cursor& cursor, const Totals& before, std::uint64_t end) const;
    void advance(Cursor& cursor) const;
    Cursor at_last() const;
    void close_last();
    static Totals after(const Totals& before, const Run& run);

    RecordSizes sizes_;
    base::Bytes closed_;  // all runs but the last
    std::vector<Page> pages_;
    std::uint64_t closed_end_ = 0;  // where the last closed run ends in the file
    Run last_;                      // count 0: there is none
    Totals before_last_;
    Totals total_;
    bool has_losses_ = false;
};

}  // namespace nearline::media
