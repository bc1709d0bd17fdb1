// Result<T, E>: the value of fallible work, or why there is none. The shape of std::expected.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "base/check.h"

namespace nearline::base {

// Wraps an error on its way into a Result: `return Failure{kMediumSourceElementEmpty};`
template <typename E>
struct Failure {
    E error;
};
template <typename E>
Failure(E) -> Failure<E>;

template <typename T, typename E>
class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = E;

    template <typename U = T>
        requires std::is_convertible_v<U&&, T>
    Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT
    template <typename G>
        requires std::is_convertible_v<G, E>
    Result(Failure<G> failure)  // NOLINT
        : state_(std::in_place_index<1>, std::move(failure.error)) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & {
        CHECK(has_value());
        return std::get<0>(state_);
    }
    const T& value() const& {
        CHECK(has_value());
        return std::get<0>(state_);
    }
    T&& value() && {
        CHECK(has_value());
        return std::get<0>(std::move(state_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T value_or(T otherwise) const { return has_value() ? value() : std::move(otherwise); }

    const E& error() const& {
        CHECK(!has_value());
        return std::get<1>(state_);
    }
    E&& error() && {
        CHECK(!has_value());
        return std::get<1>(std::move(state_));
    }

private:
    std::variant<T, E> state_;
};

// Work that yields nothing but may fail: `return {};` is success.
template <typename E>
class [[nodiscard]] Result<void, E> {
public:
    using value_type = void;
    using error_type = E;

    Result() = default;
    template <typename G>
        requires std::is_convertible_v<G, E>
    Result(Failure<G> failure) : error_(std::move(failure.error)) {}  // NOLINT

    bool has_value() const { return !error_.has_value(); }
    explicit operator bool() const { return has_value(); }
    const E& error() const& {
        CHECK(!has_value());
        return *error_;
    }
    E&& error() && {
        CHECK(!has_value());
        return *std::move(error_);
    }

private:
    std::optional<E> error_;
};

}  // namespace nearline::base
