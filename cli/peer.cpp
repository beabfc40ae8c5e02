// `skypod peer`.
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "cli/command.hpp"
#include "cli/data_options.hpp"
#include "cli/event_lines.hpp"
#include "native/descriptor.hpp"
#include "peer/lines.hpp"
#include "peer/process.hpp"
#include "peer/standard_input.hpp"

namespace skypod::cli {
namespace {

using wire::Json;

struct Choices {
  DataOptions data;
  bool json = false;
  bool no_rtc = false;
  std::string rtc_address;
  std::vector<std::string> cidrs;
};

/// Prints on standard output. Once nobody reads that any more, `gone` is called.
class Printer : public peer::Program {
 public:
  explicit Printer(std::function<void()> gone) : gone_(std::move(gone)) {}

 protected:
  void print(const std::string& text) {
    if (!write_all(STDOUT_FILENO, text) && gone_) std::exchange(gone_, nullptr)();
  }

 private:
  std::function<void()> gone_;
};

/// Prints everything as the lines of peer/lines.hpp.
class JsonPrinter final : public Printer {
 public:
  using Printer::Printer;
  void event(const std::string& name, const Json& dat) override { print(peer::event_line(name, dat)); }
  void reply(std::string line) override { print(line); }
};

/// Prints what has changed as lines for people.
class LinePrinter final : public Printer {
 public:
  using Printer::Printer;
  void event(const std::string& name, const Json& dat) override {
    for (const std::string& line : lines_.take(name, dat)) print(line + "\n");
  }
  void reply(std::string) override {}

 private:
  EventLines lines_;
};

CLI::Validator is_ip_address() {
  return {[](const std::string& text) {
            boost::system::error_code error;
            boost::asio::ip::make_address(text, error);
            return error ? text + " is no IP address" : std::string();
          },
          "IP"};
}

std::shared_ptr<peer::Program> make_printer(bool json, std::function<void()> gone) {
  if (json) return std::make_shared<JsonPrinter>(std::move(gone));
  return std::make_shared<LinePrinter>(std::move(gone));
}

/// `skypod peer` runs until it is told to stop.
int run(const Choices& choices) {
  peer::Options options = choices.data.peer_options();
  options.allow_fetch = networks_of(choices.cidrs);
  options.has_rtc = !choices.no_rtc;
  options.rtc_address = choices.rtc_address;
  auto opened = peer::Process::open(options);
  if (!opened) {
    return fail(opened.error().kind == peer::Refusal::Kind::no_server ? misused : failed, opened.error().message);
  }
  peer::Process& process = **opened;
  if (const std::string problem = process.listen(); !problem.empty()) {
    return fail(failed, problem);
  }
  std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone is noticed where it is written to
  boost::asio::signal_set signals(process.io(), SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (!error) process.stop();
  });
  const std::shared_ptr<peer::Program> printer =
      make_printer(choices.json, [&process] { boost::asio::post(process.io(), [&process] { process.stop(); }); });
  process.service().watch(printer);
  std::optional<peer::StandardInput> input;
  if (choices.json) {
    input.emplace(process.io(), [&](const std::string& line) { process.service().request(line, printer); });
  }
  process.run();
  return done;
}

}  // namespace

void add_peer(CLI::App& app, Action& action) {
  const auto choices = std::make_shared<Choices>();
  CLI::App* command = add_command(app, action, choices, "peer", "Be a device of the realm that is always on", run);
  add_allow_fetch(*command, choices->cidrs);
  command->add_flag("--no-rtc", choices->no_rtc, "Make no direct connections: where UDP does not pass");
  command->add_option("--rtc-address", choices->rtc_address, "The one local address for direct connections")
      ->check(is_ip_address());
  command->footer(
      "With --json it prints events as JSON lines, and takes commands as JSON lines on standard input;\n"
      "docs/OPERATIONS.md says how to run it as a service.");
}

}  // namespace skypod::cli
