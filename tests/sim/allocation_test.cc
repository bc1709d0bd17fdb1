// The hot path allocates nothing: counted by this program's own operator new.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "sim/random.h"
#include "sim/simulation.h"

namespace {

std::uint64_t allocations = 0;

void* counted(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}

}  // namespace

// The aligned and the nothrow forms keep their own: nothing in the kernel asks for them.
void* operator new(std::size_t size) {
    return counted(size);
}
void* operator new[](std::size_t size) {
    return counted(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace nearline::sim {
namespace {

TEST(Allocation, IsCounted) {
    const std::uint64_t before = allocations;
    const auto something = std::make_unique<std::uint64_t>(1);
    EXPECT_GT(allocations, before);
}

TEST(Allocation, DoesNotHappenPerEventOnceTheHeapHasGrown) {
    Simulation simulation;
    RandomStream random(1);
    std::vector<std::unique_ptr<Timer>> timers;
    std::uint64_t fired = 0;
    for (int i = 0; i < 1000; ++i) {
        timers.push_back(std::make_unique<Timer>(simulation, [&fired] { ++fired; }));
        timers.back()->start(Duration(random.below(1000)));
    }
    const std::uint64_t before = allocations;
    for (int i = 0; i < 100'000; ++i) {
        timers[random.below(timers.size())]->start(Duration(random.below(1000)));
        if (random.chance(1, 2)) simulation.run_next();
        if (random.chance(1, 10)) timers[random.below(timers.size())]->stop();
    }
    EXPECT_EQ(allocations, before);
    EXPECT_GT(fired, 10'000U);
}

}  // namespace
}  // namespace nearline::sim
