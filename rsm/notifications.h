// Who wants to hear of what: channels for the changes of one type of objects each, opened by a
// session and gone with it, and the calls that wait at them. A channel keeps so many events and no
// more: one that nobody reads breaks, and says so.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "rsm/functions.h"
#include "rsm/store.h"
#include "sim/random.h"

namespace nearline::rsm {

class Notifications final : public StoreObserver {
public:
    using Done = std::function<void(Answer)>;

    // Both must outlive it. Handles are drawn from `random`.
    Notifications(Store& store, Delays& delays, sim::RandomStream random);
    ~Notifications() override;
    Notifications(const Notifications&) = delete;
    Notifications& operator=(const Notifications&) = delete;

    // False when `method` is none of the three functions.
    bool call(std::string_view method, std::string_view json, const Caller& caller,
              const InSession& in_session, const Done& done);
    // Its channels are gone; who waits at them hears that they broke.
    void session_ended(const Guid& session);

    bool is_listening() const override { return !channels_.empty(); }
    void request_ended(Store& store, const LibRequest& request) override;
    void committed(std::vector<Change> changes) override;

private:
    struct Wait {
        std::uint64_t deadline = 0;  // kNever: for ever
        Done done;
    };
    struct Channel {
        Guid session;
        std::uint32_t user = 0;
        std::uint32_t type = 0;
        bool is_broken = false;
        std::deque<Change> events;
        std::deque<Wait> waits;  // served in their order
    };

    void open(std::string_view json, const InSession& in_session, const Done& done);
    Error open_channel(Context& context, std::uint32_t type, Guid& handle);
    void wait(std::string_view json, const Caller& caller, const Done& done);
    void close(std::string_view json, const Caller& caller, const Done& done);

    Channel* channel_of(const std::string& text, const Caller& caller);
    std::size_t waiting() const;
    void deliver_soon();
    void deliver();
    void set_alarm();
    void end_waits_due();

    Store& store_;
    Delays& delays_;
    sim::RandomStream random_;
    std::map<Guid, Channel> channels_;
    bool is_delivering_ = false;
    std::uint64_t alarm_;  // the next time waits are looked at; kNever: none
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // watched by late callbacks
};

}  // namespace nearline::rsm
