#include "cli/serve_findings.hpp"

#include <sys/timex.h>

#include <boost/asio/io_context.hpp>
#include <system_error>
#include <utility>

#include "cli/storage_findings.hpp"
#include "peer/server_check.hpp"
#include "server/listener.hpp"
#include "server/tls.hpp"

namespace skypod::cli {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

/// The version of the skypod that serves there; nothing if none answers.
std::optional<std::string> skypod_at(tcp::endpoint endpoint) {
  if (endpoint.address().is_unspecified()) {
    const bool is_v4 = endpoint.address().is_v4();
    endpoint.address(is_v4 ? boost::asio::ip::address(boost::asio::ip::address_v4::loopback())
                           : boost::asio::ip::address(boost::asio::ip::address_v6::loopback()));
  }
  const auto address = ServerAddress::parse(server::url_of(endpoint, false));
  const auto dialer = address ? Dialer::make(*address, std::nullopt) : unexpected(address.error());
  if (!dialer) return std::nullopt;
  const peer::ServerCheck seen = peer::check_server(*dialer);
  return seen.problem.empty() ? std::optional(seen.version) : std::nullopt;
}

Finding port_finding(const ServePlan& plan) {
  const auto endpoint = server::parse_endpoint(plan.listen);
  if (!endpoint) return bad_finding("port", endpoint.error());
  boost::asio::io_context io(1);
  const auto acceptor = server::listen(io, *endpoint);
  if (acceptor) return {"port", Health::good, plan.listen + " is free for skypod serve"};
  if (const auto version = skypod_at(*endpoint)) {
    return {"port", Health::good, "skypod " + *version + " serves at " + plan.listen + " already"};
  }
  Finding finding = bad_finding("port", acceptor.error());
  if (plan.tls_certificate) finding.mend = "nothing, if it is skypod serve itself; else " + finding.mend;
  return finding;
}

Finding certificate_finding(const fs::path& certificate, const fs::path& key) {
  const auto tls = server::Tls::load(certificate, key);
  if (!tls) return bad_finding("certificate", tls.error());
  return {"certificate", Health::good, "it and its key can be read, and go together"};
}

bool is_clock_synchronised() {
  timex asked{};
  return adjtimex(&asked) != TIME_ERROR;
}

}  // namespace

Finding synchrony_finding(bool is_synchronised) {
  if (is_synchronised) return {"clock", Health::good, "the network keeps it right"};
  return {"clock", Health::warning,
          "nothing keeps this machine's clock right, and devices are refused when it is minutes off",
          "have it set by the network: timedatectl set-ntp true"};
}

Findings serve_findings(const ServePlan& plan) {
  Findings findings = place_findings(plan.data, serve_space_min);
  std::error_code error;
  if (fs::exists(plan.data / "registry.sqlite", error)) {
    findings.push_back(database_finding("registry", plan.data / "registry.sqlite",
                                        "stop the server and move it away: realms register again by themselves"));
  }
  findings.push_back(port_finding(plan));
  if (plan.tls_certificate || plan.tls_key) {
    findings.push_back(certificate_finding(plan.tls_certificate.value_or(""), plan.tls_key.value_or("")));
  }
  findings.push_back(synchrony_finding(is_clock_synchronised()));
  return findings;
}

}  // namespace skypod::cli
