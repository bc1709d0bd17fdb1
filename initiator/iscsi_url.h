// iscsi:// URLs as libiscsi reads them:
//
//     iscsi://[USER[%PASSWORD]@]HOST[:PORT]/TARGET-IQN/LUN
//         [?target_user=NAME&target_password=SECRET]
//
// Secrets may also come from LIBISCSI_CHAP_USERNAME, LIBISCSI_CHAP_PASSWORD and, for the target's
// side of a mutual login, LIBISCSI_CHAP_TARGET_USERNAME and LIBISCSI_CHAP_TARGET_PASSWORD.
#pragma once

#include <string>

#include "base/result.h"
#include "scsi/types.h"

namespace nearline::initiator {

struct Portal {
    std::string address;  // "127.0.0.1:3260", "[::1]:3260"
    std::string user;     // CHAP; empty for none
    std::string password;
    std::string target_user;  // the target's own name and secret, for mutual CHAP
    std::string target_password;
};

struct IscsiUrl {
    Portal portal;
    std::string target;  // the target's iSCSI name
    scsi::Lun lun{};
};

// The error is a sentence that names the URL without its password.
base::Result<IscsiUrl, std::string> parse_iscsi_url(const std::string& text);
// "iscsi://[USER[%PASSWORD]@]HOST[:PORT]", for discovery.
base::Result<Portal, std::string> parse_portal_url(const std::string& text);

// The URL again, without secrets: for messages.
std::string to_text(const IscsiUrl& url);

}  // namespace nearline::initiator
