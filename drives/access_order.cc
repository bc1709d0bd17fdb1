#include "drives/access_order.h"

#include <algorithm>

namespace nearline::drives {
namespace {

using Order = std::vector<std::size_t>;

// Of places tried for a stretch: 0.1 s of work at most.
constexpr std::size_t kMostTrials = 300'000;

class Search {
public:
    Search(const TapeGeometry& geometry, TapeSpot from, const std::vector<Stretch>& stretches)
        : geometry_(geometry), from_(from), stretches_(stretches) {}

    Order run() {
        visit_nearest_first();
        while (trials_ < kMostTrials && improve()) {
        }
        return std::move(order_);
    }

private:
    void visit_nearest_first() {
        Order left(stretches_.size());
        for (std::size_t each = 0; each < left.size(); ++each) left[each] = each;
        TapeSpot at = from_;
        while (!left.empty()) {
            const auto nearest =
                std::min_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) {
                    return locate_time(geometry_, at, stretches_[a].begin) <
                           locate_time(geometry_, at, stretches_[b].begin);
                });
            at = stretches_[*nearest].end;
            order_.push_back(*nearest);
            left.erase(nearest);
        }
    }

    // One pass over all; whether any has moved.
    bool improve() {
        bool has_moved = false;
        for (std::size_t at = 0; at < order_.size() && trials_ < kMostTrials; ++at) {
            has_moved = move_to_a_better_place(at) || has_moved;
        }
        return has_moved;
    }

    bool move_to_a_better_place(std::size_t at) {
        const std::size_t moved = order_[at];
        const sim::Duration saved = detour(at, moved, at + 1);
        Order rest = order_;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at));
        rest.swap(order_);
        sim::Duration least = saved;
        std::size_t best = at;
        for (std::size_t place = 0; place <= order_.size(); ++place, ++trials_) {
            const sim::Duration cost = detour(place, moved, place);
            if (cost < least) {
                least = cost;
                best = place;
            }
        }
        order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(best), moved);
        return best != at;
    }

    // What it takes longer to visit `stretch` between place `before` - 1 and place `after`.
    sim::Duration detour(std::size_t before, std::size_t stretch, std::size_t after) const {
        const TapeSpot from = before == 0 ? from_ : stretches_[order_[before - 1]].end;
        const sim::Duration there = locate_time(geometry_, from, stretches_[stretch].begin);
        if (after >= order_.size()) return there;
        const TapeSpot next = stretches_[order_[after]].begin;
        return there + locate_time(geometry_, stretches_[stretch].end, next) -
               locate_time(geometry_, from, next);
    }

    const TapeGeometry& geometry_;
    TapeSpot from_;
    const std::vector<Stretch>& stretches_;
    Order order_;
    std::size_t trials_ = 0;
};

}  // namespace

std::vector<std::size_t> recommended_order(const TapeGeometry& geometry, TapeSpot from,
                                           const std::vector<Stretch>& stretches) {
    return Search(geometry, from, stretches).run();
}

sim::Duration time_between(const TapeGeometry& geometry, TapeSpot from,
                           const std::vector<Stretch>& stretches,
                           const std::vector<std::size_t>& order) {
    sim::Duration time{};
    for (const std::size_t each : order) {
        time += locate_time(geometry, from, stretches[each].begin);
        from = stretches[each].end;
    }
    return time;
}

}  // namespace nearline::drives
