// Who a unit is, apart from its model: serial number and NAA identifier. Drawn from the library's
// name, so that a library has the same ones every day and two libraries differ.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nearline::v1 {
class Unit;
}

namespace nearline::config {

struct Identity {
    std::string serial;
    std::string naa;  // 16 hexadecimal digits; empty when the model has none
};

// Unit 0 of a library is its changer, 1… its drives. Neighbours' numbers follow each other, as
// those of parts mounted in one factory do.
std::uint64_t unit_number(std::string_view library_name, std::uint32_t unit);

Identity identity_of(const v1::Unit& unit, std::uint64_t number);

}  // namespace nearline::config
