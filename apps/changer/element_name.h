// How the command line names elements, both ways:
//
//     7           by place: slots count from 1, drives from 0, as mtx does; stations follow slots
//     0x1004      by element address, as the library's manual does
//     slot:7 drive:0 station:1 robot:0     by kind and place, where a plain number could be either
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "initiator/changer_client.h"

namespace nearline::apps {

// What a plain number counts.
enum class PlainNumber { Slot, Drive };

// The error is a sentence. A well-formed address need not exist: the changer will say so.
base::Result<initiator::ElementAddress, std::string> find_element(
    const initiator::Inventory& inventory, const std::string& name, PlainNumber plain);

// Whether `name` could name an element of some library: checked before one is asked.
bool is_element_name(const std::string& name);

// "slot 7", "drive 0", "station 1", "robot 0"; "element 0x1004" for what the inventory lacks.
std::string name_of(const initiator::Inventory& inventory, initiator::ElementAddress address);
// The number in that name.
std::optional<std::size_t> place_of(const initiator::Inventory& inventory,
                                    initiator::ElementAddress address);
std::string hex_of(initiator::ElementAddress address);  // "0x1004"

}  // namespace nearline::apps
