#include "media/object_index.h"

#include <algorithm>

#include "base/check.h"
#include "media/medium.h"

namespace nearline::media {
namespace {

constexpr std::size_t kPageSize = 512;  // bytes of runs from which on a new page begins

bool is_continued_by(const Run& run, std::uint64_t end, const Run& next) {
    return run.count > 0 && run.kind == next.kind && run.stored == next.stored &&
           run.extension == next.extension && end == next.offset && run.kind != RunKind::Filemarks;
}

}  // namespace

ObjectIndex::Totals ObjectIndex::after(const Totals& before, const Run& run) {
    Totals totals = before;
    totals.object += run.count;
    if (run.kind == RunKind::Blocks) totals.stored += run.count * run.stored;
    if (run.kind == RunKind::Filemarks) {
        totals.filemarks += run.count;
        totals.stored += run.count * Medium::kFilemarkSize;
    }
    return totals;
}

std::uint64_t ObjectIndex::end_offset() const {
    return last_.count > 0 ? sizes_.end(last_) : closed_end_;
}

ObjectIndex::Place ObjectIndex::find(std::uint64_t object) const {
    const Cursor cursor = cursor_at(object);
    return {cursor.run, cursor.before.object, cursor.before.filemarks, cursor.before.stored};
}

std::uint64_t ObjectIndex::offset_of(const Place& place, std::uint64_t object) const {
    if (place.run.kind != RunKind::Blocks) return place.run.offset;
    return place.run.offset + (object - place.object) * sizes_.of_block(place.run);
}

std::uint64_t ObjectIndex::filemark(std::uint64_t index) const {
    CHECK(index < filemarks());
    const Cursor cursor = cursor_at_filemark(index);
    return cursor.before.object + (index - cursor.before.filemarks);
}

std::uint64_t ObjectIndex::filemarks_before(std::uint64_t object) const {
    if (object >= objects()) return filemarks();
    Cursor cursor = cursor_at(object);
    cursor.run.count = object - cursor.before.object;
    return after(cursor.before, cursor.run).filemarks;
}

std::uint64_t ObjectIndex::stored_before(std::uint64_t object) const {
    if (object >= objects()) return stored();
    Cursor cursor = cursor_at(object);
    cursor.run.count = object - cursor.before.object;
    return after(cursor.before, cursor.run).stored;
}

void ObjectIndex::append(const Run& run) {
    CHECK(run.count > 0);
    if (is_continued_by(last_, end_offset(), run)) {
        last_.count += run.count;
    } else {
        close_last();
        last_ = run;
        before_last_ = total_;
    }
    total_ = after(total_, run);
    if (run.kind == RunKind::Lost) has_losses_ = true;
}

void ObjectIndex::truncate(std::uint64_t object) {
    if (object >= objects()) return;
    const Cursor cursor = cursor_at(object);
    if (!cursor.is_last) {
        closed_.resize(cursor.position);
        closed_end_ = cursor.end_before;
        while (!pages_.empty() && pages_.back().position >= closed_.size()) pages_.pop_back();
    }
    last_ = cursor.run;
    before_last_ = cursor.before;
    last_.count = object - cursor.before.object;
    total_ = after(before_last_, last_);
}

void ObjectIndex::visit(std::uint64_t first, const std::function<void(const Place&)>& look) const {
    if (first >= objects()) return;
    Cursor cursor = cursor_at(first);
    Run skipped = cursor.run;
    skipped.count = first - cursor.before.object;
    if (cursor.run.kind == RunKind::Blocks) cursor.run.offset = sizes_.end(skipped);
    cursor.run.count -= skipped.count;
    cursor.before = after(cursor.before, skipped);
    while (true) {
        look({cursor.run, cursor.before.object, cursor.before.filemarks, cursor.before.stored});
        if (cursor.is_last) return;
        advance(cursor);
        if (cursor.run.count == 0) return;  // nothing is behind the closed ones
    }
}

base::Bytes ObjectIndex::encode_from(std::uint64_t first) const {
    base::Bytes out;
    std::uint64_t end = 0;
    visit(first, [&](const Place& place) { write_run(out, place.run, sizes_, end); });
    return out;
}

ObjectIndex::Cursor ObjectIndex::cursor_at(std::uint64_t object) const {
    CHECK(object < objects());
    if (object >= before_last_.object && last_.count > 0) return at_last();
    const auto next = std::upper_bound(
        pages_.begin(), pages_.end(), object,
        [](std::uint64_t wanted, const Page& page) { return wanted < page.before.object; });
    CHECK(next != pages_.begin());
    Cursor cursor = first_of(*std::prev(next));
    while (object - cursor.before.object >= cursor.run.count) advance(cursor);
    return cursor;
}

ObjectIndex::Cursor ObjectIndex::cursor_at_filemark(std::uint64_t index) const {
    if (index >= before_last_.filemarks && last_.count > 0) return at_last();
    const auto next = std::upper_bound(
        pages_.begin(), pages_.end(), index,
        [](std::uint64_t wanted, const Page& page) { return wanted < page.before.filemarks; });
    CHECK(next != pages_.begin());
    Cursor cursor = first_of(*std::prev(next));
    while (after(cursor.before, cursor.run).filemarks <= index) advance(cursor);
    return cursor;
}

ObjectIndex::Cursor ObjectIndex::first_of(const Page& page) const {
    Cursor cursor;
    cursor.next = page.position;
    read_next(cursor, page.before, page.end);
    return cursor;
}

void ObjectIndex::read_next(Cursor& cursor, const Totals& before, std::uint64_t end) const {
    cursor.position = cursor.next;
    cursor.before = before;
    cursor.end_before = end;
    const auto run = read_run(closed_, cursor.next, sizes_, end);
    CHECK(run.has_value());
    cursor.run = *run;
}

void ObjectIndex::advance(Cursor& cursor) const {
    CHECK(!cursor.is_last);
    if (cursor.next == closed_.size()) {
        cursor = at_last();
        return;
    }
    read_next(cursor, after(cursor.before, cursor.run), sizes_.end(cursor.run));
}

ObjectIndex::Cursor ObjectIndex::at_last() const {
    Cursor cursor;
    cursor.run = last_;
    cursor.before = before_last_;
    cursor.is_last = true;
    return cursor;
}

void ObjectIndex::close_last() {
    if (last_.count == 0) return;
    if (pages_.empty() || closed_.size() - pages_.back().position >= kPageSize) {
        pages_.push_back({before_last_, closed_end_, closed_.size()});
    }
    write_run(closed_, last_, sizes_, closed_end_);
    last_.count = 0;
}

}  // namespace nearline::media
