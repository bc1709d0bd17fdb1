// A small RSM for tests: a database in memory, a clock that stands still until told otherwise, an
// administrator and a stranger; and short words for making what a test is about.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "rsm/catalogue.h"
#include "rsm/rules.h"
#include "rsm/store.h"

namespace nearline::rsm {

// Time that passes when the test says so.
class ManualDelays final : public Delays {
public:
    void after(std::uint64_t milliseconds, std::function<void()> action) override {
        actions_.emplace(std::pair{now_ + milliseconds, ++sequence_}, std::move(action));
    }
    std::uint64_t now_ms() const override { return now_; }

    // Runs everything due within `milliseconds`, in order.
    void pass(std::uint64_t milliseconds) {
        const std::uint64_t end = now_ + milliseconds;
        while (!actions_.empty() && actions_.begin()->first.first <= end) {
            auto first = actions_.extract(actions_.begin());
            now_ = first.key().first;
            first.mapped()();
        }
        now_ = end;
    }
    bool is_idle() const { return actions_.empty(); }
    std::size_t size() const { return actions_.size(); }

private:
    std::uint64_t now_ = 1'700'000'000'000;
    std::uint64_t sequence_ = 0;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::function<void()>> actions_;
};

inline constexpr std::uint32_t kAdministrators = 27;
inline const Caller kAdministrator{1000, {kAdministrators}, 1};
inline const Caller kStranger{2000, {2000}, 2};

// A store with an online library, and media made to order in it.
class World {
public:
    World() : World(":memory:") {}
    explicit World(const std::string& path) {
        auto opened = Store::open(path, 7);
        CHECK(opened.has_value());
        store = std::move(*opened);
        in([&](Store& rows) {
            prepare_catalogue(rows, "vault-host");
            lto = *rows.media_type_of_code(kLtoUltrium);
            library.name = "vault";
            library.managed_name = "vault";
            library.library_type = LibraryType::Online;
            rows.insert(library);
            rows.set_descriptor(library.id, default_descriptor(kUse));
            relate_media_type(rows, library.id, lto);
            slot.library = library.id;
            slot.number = 1;
            rows.insert(slot);
            port.library = library.id;
            port.number = 1;
            rows.insert(port);
            free = *rows.system_pool(PoolType::Free, lto.id);
            import = *rows.system_pool(PoolType::Import, lto.id);
            unrecognized = *rows.system_pool(PoolType::Unrecognized, lto.id);
            offline = rows.offline_library();
        });
        pool = create_pool("Backup", lto.id);
    }

    void in(const std::function<void(Store&)>& work) {
        const Error error = store->transact(now, [&] {
            work(*store);
            return Error::Success;
        });
        CHECK(error == Error::Success);
    }

    // `rule` as one call of the API.
    template <typename Rule>
    Error call(const Caller& caller, Rule&& rule) {
        const Rights rights(*store, caller, policy);
        return store->transact(now, [&] {
            Context context{*store, session, rights, now};
            return rule(context);
        });
    }
    template <typename Rule>
    Error call(Rule&& rule) {
        return call(kAdministrator, std::forward<Rule>(rule));
    }

    Guid create_pool(const std::string& name, const Id& type) {
        Guid id;
        const Error error = call([&](Context& context) {
            return create_media_pool(context, {name, type, kCreateNew, {}}, id);
        });
        CHECK(error == Error::Success);
        return id;
    }

    enum class Where { Inside, Outside };
    struct Medium {
        Guid id;
        std::vector<Guid> sides;
    };
    // With a logical medium on every side that is allocated or complete.
    Medium add_medium(const std::string& label, const Guid& pool_id, Where where,
                      std::vector<SideState> states) {
        Medium made;
        in([&](Store& rows) {
            PhysicalMedium medium;
            medium.name = label;
            medium.bar_code = label;
            medium.pool = pool_id;
            medium.media_type = lto.id;
            medium.library = where == Where::Inside ? library.id : offline.id;
            if (where == Where::Inside) medium.location = slot.id;
            medium.sequence_number = rows.new_sequence_number();
            rows.insert(medium);
            made.id = medium.id;
            for (const SideState state : states)
                made.sides.push_back(add_side(rows, medium, state));
        });
        return made;
    }

    Guid add_side(Store& rows, const PhysicalMedium& medium, SideState state) {
        Side side;
        side.medium = medium.id;
        side.number = static_cast<std::uint32_t>(rows.sides_of(medium.id).size());
        side.state = state;
        if (state == SideState::Allocated || state == SideState::Complete) {
            LogicalMedium logical;
            logical.pool = medium.pool;
            rows.insert(logical);
            side.logical_medium = logical.id;
        }
        rows.insert(side);
        return side.id;
    }

    template <typename Row>
    std::optional<Row> row(const Guid& id) {
        std::optional<Row> found;
        in([&](Store& rows) { found = rows.find<Row>(id); });
        return found;
    }
    SideState state_of(const Guid& side) { return row<Side>(side)->state; }
    Guid logical_on(const Guid& side) { return row<Side>(side)->logical_medium; }

    Policy policy{kAdministrators, std::nullopt, Edition::Server2003};
    std::uint64_t now = 1'700'000'000'000;
    std::unique_ptr<Store> store;
    Session session;
    MediaType lto;
    Library library;
    Library offline;
    StorageSlot slot;
    IEPort port;
    MediaPool free;
    MediaPool import;
    MediaPool unrecognized;
    Guid pool;  // \Backup, of LTO media
};

}  // namespace nearline::rsm
