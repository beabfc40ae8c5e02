// How fast feeds are understood, beside the floor: libxml2's SAX parser with handlers that do nothing. Both read the
// same documents from memory in the same run, in turns, so that neither has the machine to itself.
//
//   bench_feed_parse FOLDER [SECONDS]     prints JSON: megabytes a second of each
#include <libxml/parser.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "core/feed/json_feed.hpp"
#include "native/feed_loader.hpp"
#include "native/xml_events.hpp"

namespace skypod {
namespace {

/// Seconds of this thread's own work: what else the machine does does not count.
double worked() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// Documents that begin as XML in UTF-8 does, which the floor can read as they are.
std::vector<std::string> load(const std::string& folder) {
  std::vector<std::string> documents;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const std::string document = text.str();
    if (document.substr(0, 200).find('<') != std::string::npos && document.find('\0') == std::string::npos) {
      documents.push_back(document);
    }
  }
  return documents;
}

void ignore_error(void*, xmlErrorPtr) {}
void ignore_start(void*, const xmlChar*, const xmlChar*, const xmlChar*, int, const xmlChar**, int, int,
                  const xmlChar**) {}
void ignore_end(void*, const xmlChar*, const xmlChar*, const xmlChar*) {}
void ignore_text(void*, const xmlChar*, int) {}

void read_nothing(const std::string& document) {
  xmlSAXHandler handler{};
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = ignore_start;
  handler.endElementNs = ignore_end;
  handler.characters = ignore_text;
  handler.cdataBlock = ignore_text;
  handler.serror = ignore_error;
  xmlSAXUserParseMemory(&handler, nullptr, document.data(), static_cast<int>(document.size()));
}

/// One contender: what it does with a document, and for how long it has done it.
struct Contender {
  const char* name;
  std::function<void(const std::string&)> read;
  double seconds = 0;
};

void run(std::vector<Contender>& contenders, const std::vector<std::string>& documents, double seconds) {
  std::size_t octets = 0;
  for (const std::string& document : documents) octets += document.size();
  double megabytes = 0;
  for (const double end = worked() + seconds; worked() < end; megabytes += static_cast<double>(octets) / 1e6) {
    for (const std::string& document : documents) {
      for (Contender& contender : contenders) {
        const double start = worked();
        contender.read(document);
        contender.seconds += worked() - start;
      }
    }
  }
  std::printf("{\"documents\":%zu,\"megabytes\":%.1f", documents.size(), static_cast<double>(octets) / 1e6);
  for (const Contender& contender : contenders) {
    std::printf(",\"%s\":%.1f", contender.name, megabytes / contender.seconds);
  }
  std::printf("}\n");
}

}  // namespace
}  // namespace skypod

int main(int count, char** arguments) {
  using namespace skypod;
  if (count < 2) return std::fprintf(stderr, "usage: bench_feed_parse FOLDER [SECONDS]\n"), 2;
  const auto documents = load(arguments[1]);
  std::vector<Contender> contenders;
  contenders.push_back({"floor", read_nothing});
  contenders.push_back({"parse", [](const std::string& text) { (void)read_xml_feed(text, "", ""); }});
  contenders.push_back({"json", [](const std::string& text) {
                          const auto feed = read_xml_feed(text, "", "");
                          if (feed) (void)wire::to_json(feed::to_json_feed(*feed));
                        }});
  run(contenders, documents, count > 2 ? std::atof(arguments[2]) : 5);
}
