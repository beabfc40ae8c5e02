// How fast feeds are understood, beside the floor: libxml2's SAX parser with handlers that do nothing. Both read the
// same documents from memory in the same run, in turns, so that neither has the machine to itself.
//
//   bench_feed_parse FOLDER [SECONDS]     prints JSON: megabytes a second of each
#include <libxml/parser.h>

#include <cstdio>
#include <cstdlib>

#include "bench/work.hpp"
#include "core/feed/json_feed.hpp"
#include "native/feed_loader.hpp"
#include "native/xml_events.hpp"

namespace skypod::bench {
namespace {

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

void read_and_write(const std::string& document) {
  const auto feed = read_xml_feed(document, "", "");
  if (feed) (void)wire::to_json(feed::to_json_feed(*feed));
}

/// Not XML, or in UTF-16: the floor cannot read it as it is.
bool is_foreign(const std::string& document) {
  return document.substr(0, 200).find('<') == std::string::npos || document.find('\0') != std::string::npos;
}

int measure(const char* folder, double seconds) {
  std::vector<std::string> documents = documents_in(folder);
  std::erase_if(documents, is_foreign);
  double megabytes = 0;
  for (const std::string& document : documents) megabytes += static_cast<double>(document.size()) / 1e6;
  std::vector<Contender> contenders{
      {"floor", read_nothing},
      {"parse", [](const std::string& text) { (void)read_xml_feed(text, "", ""); }},
      {"json", read_and_write},
  };
  const int rounds = run(contenders, documents, seconds);
  std::printf("{\"documents\":%zu,\"megabytes\":%.1f", documents.size(), megabytes);
  for (const Contender& each : contenders) std::printf(",\"%s\":%.1f", each.name, rounds * megabytes / each.seconds);
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace skypod::bench

int main(int count, char** arguments) {
  if (count < 2) return std::fprintf(stderr, "usage: bench_feed_parse FOLDER [SECONDS]\n"), 2;
  return skypod::bench::measure(arguments[1], count > 2 ? std::atof(arguments[2]) : 5);
}
