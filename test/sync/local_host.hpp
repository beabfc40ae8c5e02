// A host for one replica or library that answers at once: SQLite in memory or in a file, a clock that the test sets.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.hpp"
#include "native/database.hpp"

namespace skypod::test {

/// Runs tasks of the core to their end, answering what they ask.
class LocalHost {
 public:
  /// `path`: of the database's file, or ":memory:".
  explicit LocalHost(std::uint64_t seed, const std::string& path = ":memory:")
      : host_(Random(seed).bytes(32)), database_(std::move(*sqlite::Database::open(path))) {
    host_.set_now(now_);
  }

  core::Host& host() { return host_; }
  sqlite::Database& database() { return database_; }

  wire::TimeMs now() const { return now_; }
  void set_now(wire::TimeMs ms) { host_.set_now(now_ = ms); }
  void pass(wire::TimeMs ms) { set_now(now_ + ms); }
  /// From now on no write succeeds.
  void fill_disk(bool full) { full_ = full; }
  /// From now on there is no room for statements that begin so; "": for all there is.
  void refuse(std::string begin) { refused_ = std::move(begin); }
  /// Who answers what is not about the database.
  void answer_others(std::function<core::Answer(const core::Ask&)> others) { others_ = std::move(others); }
  /// Questions that were asked so far.
  std::size_t asked() const { return asked_; }

  /// Runs a task to its end.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    TaskScope scope;
    scope.spawn(keep(std::move(task), result));
    for (auto outputs = host_.drain(); !outputs.empty(); outputs = host_.drain()) {
      for (core::Output& output : outputs) {
        if (auto* asked = std::get_if<core::out::Asked>(&output)) host_.answer(asked->id, answer(asked->ask));
      }
    }
    return std::move(*result);
  }

 private:
  template <class T>
  static Task<void> keep(Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }

  core::Answer answer(const core::Ask& ask) {
    ++asked_;
    if (!std::holds_alternative<core::ask::Database>(ask)) return others_(ask);
    const auto& wanted = std::get<core::ask::Database>(ask);
    for (const auto& statement : wanted.statements) {
      const bool refused = !refused_.empty() && statement.sql.starts_with(refused_);
      if (refused || (full_ && !statement.sql.starts_with("SELECT"))) {
        return unexpected(core::Error{core::ErrorCode::storage_failed, "database or disk is full"});
      }
    }
    return run_database(database_, wanted);
  }

  wire::TimeMs now_ = 1'700'000'000'000;
  core::Host host_;
  sqlite::Database database_;
  std::function<core::Answer(const core::Ask&)> others_;
  bool full_ = false;
  std::string refused_;
  std::size_t asked_ = 0;
};

}  // namespace skypod::test
