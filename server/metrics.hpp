// Numbers for Prometheus, in its text format. They are of the whole server: no label, so no address, realm or identity.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace skypod::server {

/// Collects them.
class Metrics {
 public:
  static constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

  /// What only grows; by convention its name ends in _total. Help is one line.
  void counter(std::string_view name, std::string_view help, std::uint64_t value) { add(name, help, "counter", value); }

  /// What is so now.
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) { add(name, help, "gauge", value); }

  const std::string& text() const { return text_; }

 private:
  void add(std::string_view name, std::string_view help, std::string_view type, std::uint64_t value) {
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ");
    text_.append(type).append("\n").append(name).append(" ").append(std::to_string(value)).append("\n");
  }

  std::string text_;
};

}  // namespace skypod::server
