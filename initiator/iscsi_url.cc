#include "initiator/iscsi_url.h"

#include <iscsi/iscsi.h>

#include <memory>
#include <string_view>

namespace nearline::initiator {
namespace {

using base::Failure;
using base::Result;

constexpr std::string_view kScheme = "iscsi://";
constexpr std::uint16_t kLunLimit = 0x4000;  // flat space addressing (SAM-5 4.7.7.3)

struct Free {
    void operator()(iscsi_context* context) const { iscsi_destroy_context(context); }
    void operator()(iscsi_url* url) const { iscsi_destroy_url(url); }
};

std::string without_password(const std::string& text) {
    const std::size_t at = text.find('@');
    const std::size_t percent = text.find('%');
    std::string shown = text;
    if (at != std::string::npos && percent < at) shown.replace(percent, at - percent, "%...");
    const std::size_t query = shown.find('?');
    return query == std::string::npos ? shown : shown.substr(0, query) + "?...";
}

using Parser = iscsi_url* (*)(iscsi_context*, const char*);

Result<std::unique_ptr<iscsi_url, Free>, std::string> parse(const std::string& text,
                                                            Parser parser) {
    const std::string shown = without_password(text);
    if (!text.starts_with(kScheme)) {
        return Failure{"'" + shown + "' does not begin with iscsi://"};
    }
    if (text.size() > MAX_STRING_SIZE) return Failure{"'" + shown + "' is too long"};
    const std::unique_ptr<iscsi_context, Free> context(
        iscsi_create_context("iqn.2026-11.test.nearline:url"));
    if (context == nullptr) return Failure{std::string("out of memory")};
    std::unique_ptr<iscsi_url, Free> url(parser(context.get(), text.c_str()));
    if (url == nullptr) {
        return Failure{"'" + shown +
                       "' is not of the form "
                       "iscsi://[user[%password]@]host[:port]/target-iqn/lun"};
    }
    return url;
}

Portal portal_of(const iscsi_url& url) {
    return {url.portal, url.user, url.passwd, url.target_user, url.target_passwd};
}

}  // namespace

Result<IscsiUrl, std::string> parse_iscsi_url(const std::string& text) {
    auto url = parse(text, iscsi_parse_full_url);
    if (!url) return Failure{url.error()};
    const int lun = (*url)->lun;
    if (lun < 0 || lun >= kLunLimit) {
        return Failure{"'" + without_password(text) + "': there is no LUN " + std::to_string(lun)};
    }
    return IscsiUrl{portal_of(**url), (*url)->target,
                    scsi::simple_lun(static_cast<std::uint16_t>(lun))};
}

Result<Portal, std::string> parse_portal_url(const std::string& text) {
    auto url = parse(text, iscsi_parse_portal_url);
    if (!url) return Failure{url.error()};
    return portal_of(**url);
}

std::string to_text(const IscsiUrl& url) {
    return std::string(kScheme) + url.portal.address + "/" + url.target + "/" +
           scsi::to_text(url.lun);
}

}  // namespace nearline::initiator
