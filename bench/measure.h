// What benches in one process measure with.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace nearline::bench {

inline double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

inline double median(std::vector<double> numbers) {
    std::sort(numbers.begin(), numbers.end());
    return numbers[numbers.size() / 2];
}

}  // namespace nearline::bench
