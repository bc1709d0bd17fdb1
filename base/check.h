// CHECK: a promise of the code to itself. On in every build; a broken one ends the process with
// the place and the condition. Never for input from outside: that gets an answer.
#pragma once

namespace nearline::base {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace nearline::base

#define CHECK(condition)                                                              \
    (static_cast<bool>(condition) ? static_cast<void>(0)                              \
                                  : ::nearline::base::check_failed(#condition, __FILE__, __LINE__))
