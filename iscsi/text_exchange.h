// Text requests in full feature phase (RFC 7143 11.10, 11.11): one exchange at a time, its requests
// and its answer possibly in several PDUs.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "iscsi/keys.h"
#include "iscsi/pdu.h"
#include "iscsi/portal_core.h"
#include "iscsi/session.h"
#include "iscsi/text.h"

namespace nearline::iscsi {

class TextExchange {
public:
    // All must outlive it. `local` is the address the initiator connected to.
    TextExchange(const PortalCore& core, const Session::Identity& identity,
                 const std::string& local, Parameters& parameters);

    struct Reply {
        std::optional<RejectReason> reject;  // then there is nothing else
        TextResponse response;
        Bytes text;
    };
    Reply on_request(const TextRequest& request, BytesView text);

private:
    Reply refuse(RejectReason reason);
    std::optional<RejectReason> join(const TextRequest& request, BytesView text);
    std::optional<RejectReason> read_keys();
    std::optional<Bytes> targets_for(const std::string& value) const;
    Reply respond(const TextRequest& request);
    void begin(std::uint32_t initiator_task_tag);

    const PortalCore& core_;
    const Session::Identity& identity_;
    const std::string& local_;
    Parameters& parameters_;

    bool is_open_ = false;
    std::uint32_t initiator_task_tag_ = kNoTag;
    std::uint32_t target_transfer_tag_ = kNoTag;
    std::uint32_t next_tag_ = 1;
    Bytes text_;                   // of one logical request, until it is whole
    std::size_t text_length_ = 0;  // of the exchange
    std::set<std::string> seen_;
    Parameters proposed_;  // takes effect when the exchange ends
    Bytes unsent_;
};

}  // namespace nearline::iscsi
