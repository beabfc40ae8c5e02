#include "test/support/http.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cctype>

#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

HttpAnswer parse(const std::string& octets) {
  HttpAnswer answer;
  const std::size_t end = octets.find("\r\n\r\n");
  if (!octets.starts_with("HTTP/1.1 ") || end == std::string::npos) {
    return answer;
  }
  answer.status = std::stoi(octets.substr(9, 3));
  for (std::size_t line = octets.find("\r\n"); line < end; line = octets.find("\r\n", line + 2)) {
    const std::size_t colon = octets.find(": ", line);
    std::string name = octets.substr(line + 2, colon - line - 2);
    std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::tolower(letter); });
    answer.headers[name] = octets.substr(colon + 2, octets.find("\r\n", colon) - colon - 2);
  }
  answer.body = octets.substr(end + 4);
  return answer;
}

}  // namespace

wire::Json HttpAnswer::json() const {
  return wire::parse_json(body).value_or(nullptr);
}

HttpAnswer exchange_http(std::uint16_t port, std::string_view request) {
  asio::io_context io;
  tcp::socket socket(io);
  socket.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
  std::string answer;
  asio::async_write(socket, asio::buffer(request), [](const boost::system::error_code&, std::size_t) {});
  asio::async_read(socket, asio::dynamic_buffer(answer), [](const boost::system::error_code&, std::size_t) {});
  io.run_for(2 * patience);  // the server's own idle timeout is 30 s
  return parse(answer);
}

HttpAnswer get(std::uint16_t port, std::string_view target, std::string_view headers, std::string_view method) {
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n");
  return exchange_http(port, request.append("Connection: close\r\n").append(headers).append("\r\n"));
}

}  // namespace skypod::test
