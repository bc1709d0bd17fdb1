// A scsi::Initiator for tests: answers at once with what a function says, and notes what was asked.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "scsi/initiator.h"

namespace nearline::initiator {

// Bytes of a manual or capture, as it prints them: "01 80 0034", line ends and all.
inline scsi::Bytes bytes_of(const std::string& hex) {
    std::string digits;
    for (const char c : hex) {
        if (c != ' ' && c != '\n') digits += c;
    }
    return base::from_hex(digits).value();
}

inline scsi::Response good(scsi::Bytes data = {}) {
    scsi::Response response;
    response.data_in = std::move(data);
    return response;
}

inline scsi::Response refused(const scsi::Sense& sense) {
    scsi::Response response;
    response.status = scsi::Status::CheckCondition;
    response.sense = sense;
    return response;
}

inline scsi::Response lost(std::string why) {
    scsi::Response response;
    response.delivery = scsi::Delivery::TransportFailed;
    response.failure = std::move(why);
    return response;
}

class ScriptedInitiator final : public scsi::Initiator {
public:
    using Script = std::function<scsi::Response(const scsi::Request&)>;
    explicit ScriptedInitiator(Script script) : script_(std::move(script)) {}

    // A target sends no more than was asked for.
    void execute(scsi::Request request, std::function<void(scsi::Response)> done) override {
        scsi::Response response = script_(request);
        if (response.data_in.size() > request.data_in_length) {
            response.data_in.resize(request.data_in_length);
        }
        cdbs_.push_back(base::to_hex(request.cdb));
        done(std::move(response));
    }

    const std::vector<std::string>& cdbs() const { return cdbs_; }

private:
    Script script_;
    std::vector<std::string> cdbs_;
};

}  // namespace nearline::initiator
