// `skypod peer`.
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "cli/command.hpp"
#include "cli/data_options.hpp"
#include "peer/lines.hpp"
#include "peer/process.hpp"
#include "peer/standard_input.hpp"

namespace skypod::cli {
namespace {

using wire::Json;

struct Choices {
  DataOptions data;
  bool json = false;
};

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

/// Prints everything as the lines of peer/lines.hpp.
class JsonPrinter final : public peer::Program {
 public:
  void event(const std::string& name, const Json& dat) override { print(peer::event_line(name, dat)); }
  void reply(std::string line) override { print(line); }
};

int run(const Choices& choices) {
  auto opened = peer::Process::open(choices.data.peer_options());
  if (!opened) {
    return fail(opened.error().kind == peer::Refusal::Kind::no_server ? misused : failed, opened.error().message);
  }
  peer::Process& process = **opened;
  if (const std::string problem = process.listen(); !problem.empty()) {
    return fail(failed, problem);
  }
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that the server may have closed
  boost::asio::signal_set signals(process.io(), SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (!error) process.stop();
  });
  const auto printer = std::make_shared<JsonPrinter>();
  process.service().watch(printer);
  peer::StandardInput input(process.io(), [&](const std::string& line) { process.service().request(line, printer); });
  process.run();
  return done;
}

}  // namespace

void add_peer(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("peer", "Be a device of the realm that is always on");
  const auto choices = std::make_shared<Choices>();
  choices->data.add_to(*command);
  command->add_flag("--json", choices->json, "Print events as JSON lines, and take commands as JSON lines on stdin");
  command->callback([&action, choices] { action = [choices] { return run(*choices); }; });
}

}  // namespace skypod::cli
