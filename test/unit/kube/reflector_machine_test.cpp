#include "pkg/kube/reflector_machine.hpp"

#include <gtest/gtest.h>

namespace weir::kube {
namespace {

using ListPage = ReflectorMachine::ListPage;
using OpenWatch = ReflectorMachine::OpenWatch;
using Pause = ReflectorMachine::Pause;

ReflectorMachine machine() { return ReflectorMachine{async::BackoffOptions{}}; }

TEST(ReflectorMachine, ListsPageByPageThenWatchesFromTheList) {
  auto m = machine();
  EXPECT_EQ(std::get<ListPage>(m.start()).continue_token, "");
  EXPECT_EQ(std::get<ListPage>(m.on_page("10", "more")).continue_token, "more");
  EXPECT_EQ(std::get<OpenWatch>(m.on_page("10", "")).resource_version, "10");
}

TEST(ReflectorMachine, ResumesAfterTheLastEvent) {
  auto m = machine();
  m.on_page("10", "");
  m.on_event("12");
  EXPECT_EQ(std::get<OpenWatch>(m.on_stream_end()).resource_version, "12");
  m.on_failure(false, 0);
  EXPECT_EQ(std::get<OpenWatch>(m.after_pause()).resource_version, "12");
}

TEST(ReflectorMachine, ListsAfreshWhenItsVersionIsForgotten) {
  auto m = machine();
  m.on_page("10", "");
  ASSERT_TRUE(std::holds_alternative<Pause>(m.on_failure(true, 0)));
  EXPECT_EQ(std::get<ListPage>(m.after_pause()).continue_token, "");
}

TEST(ReflectorMachine, AnExpiredContinueTokenStartsTheListOver) {
  auto m = machine();
  m.on_page("10", "more");
  m.on_failure(true, 0);
  EXPECT_EQ(std::get<ListPage>(m.after_pause()).continue_token, "");
}

TEST(ReflectorMachine, PausesGrowUntilAnEventArrives) {
  auto m = machine();
  m.on_page("10", "");
  const auto first = std::get<Pause>(m.on_failure(false, 0)).length;
  EXPECT_GT(std::get<Pause>(m.on_failure(false, 0)).length, first);
  m.on_event("11");
  EXPECT_EQ(std::get<Pause>(m.on_failure(false, 0)).length, first);
}

}  // namespace
}  // namespace weir::kube
