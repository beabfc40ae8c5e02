// Gives back the room of what was overwritten and deleted. Pages that are unused altogether SQLite counts; those that
// are half empty, as overwritten registers leave them, show only in that the file has grown.
#include "core/library/library.hpp"
#include "core/wire/fields.hpp"

namespace skypod::library {
namespace {

constexpr std::int64_t pages_min = 1'024;  // 4 MiB: less is not worth a look
constexpr std::int64_t share = 4;          // a quarter
constexpr TimeMs every_ms = 24 * 60 * 60'000;
constexpr const char* state_key = "compacted";

/// When it was done or tried last, and how many pages there were afterwards.
struct Last {
  TimeMs at_ms = 0;
  std::int64_t pages = 0;

  static Last read(const Json& state) {
    wire::Fields fields(state);
    return {fields.optional_integer("at", 0, INT64_MAX).value_or(0),
            fields.optional_integer("pages", 0, INT64_MAX).value_or(0)};
  }
  Json to_json() const { return {{"at", at_ms}, {"pages", pages}}; }
};

bool is_worth(std::int64_t pages, std::int64_t unused, const Last& last) {
  return pages >= pages_min && (unused * share >= pages || (pages - last.pages) * share >= pages);
}

}  // namespace

Task<Result<void, Error>> Library::compact() {
  const Result<void, Error> merged = co_await execute({{"INSERT INTO search(search) VALUES('optimize')"}});
  if (!merged) {
    co_return merged;
  }
  co_return co_await execute({{"VACUUM"}});
}

/// The pages of the file, and how many of them are unused.
Task<Result<std::pair<std::int64_t, std::int64_t>, Error>> Library::count_pages() {
  const Rows rows = co_await query({{"PRAGMA page_count"}, {"PRAGMA freelist_count"}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return std::pair(wire::whole_number((*rows)[0][0][0]).value_or(0),
                      wire::whole_number((*rows)[1][0][0]).value_or(0));
}

Task<Result<bool, Error>> Library::compact_if_worth() {
  const auto pages = co_await count_pages();
  const auto state = co_await load_state(state_key);
  if (!pages || !state) {
    co_return unexpected(pages ? state.error() : pages.error());
  }
  Last last = Last::read(*state);
  const TimeMs since_ms = host_.now() - last.at_ms;
  const bool today = since_ms >= 0 && since_ms < every_ms;  // a clock that was ahead does not put it off
  if (today || !is_worth(pages->first, pages->second, last)) {
    co_return false;
  }
  // Noted before: what fails for want of room, or is cut short, is not tried at every opportunity.
  last.at_ms = host_.now();
  const auto noted = co_await save_state(state_key, last.to_json());
  const auto done = noted ? co_await compact() : noted;
  const auto after = co_await count_pages();
  if (!done || !after) {
    co_return unexpected(done ? after.error() : done.error());
  }
  last.pages = after->first;
  const auto saved = co_await save_state(state_key, last.to_json());
  co_return saved ? Result<bool, Error>(true) : unexpected(saved.error());
}

}  // namespace skypod::library
