// Where XML events go. Natively libxml2 makes them, in a browser its own parser does; whoever reads a format that is
// XML takes them from here and never sees the parser.
#pragma once

#include <span>
#include <string_view>

namespace skypod::feed {

/// One attribute of an element; the views need to live only during the call.
struct Attribute {
  std::string_view namespace_uri;
  std::string_view name;  // local
  std::string_view value;
};

/// Takes one document, event by event in document order.
class XmlSink {
 public:
  virtual ~XmlSink() = default;

  virtual void start_element(std::string_view namespace_uri, std::string_view local_name,
                             std::span<const Attribute> attributes) = 0;

  /// Character data, references resolved; UTF-8, in pieces of any size.
  virtual void text(std::string_view chars) = 0;

  /// Ends the innermost element that is open.
  virtual void end_element() = 0;

  /// True once further events are of no use: stop sending.
  virtual bool stopped() const = 0;
};

/// The value of the attribute without namespace, or "".
std::string_view attribute(std::span<const Attribute> attributes, std::string_view name);

}  // namespace skypod::feed
