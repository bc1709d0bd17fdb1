// What every RSM database holds from the first day: the computer, the offline library, the pools
// RSM makes itself, and the media types it knows.
#pragma once

#include <string>

#include "rsm/rights_table.h"
#include "rsm/store.h"

namespace nearline::rsm {

// Makes what is missing. Inside a transaction.
void prepare_catalogue(Store& store, const std::string& computer_name,
                       Edition edition = Edition::Server2003);

// Relates a type to a library, and makes the type's free, import and unrecognized pools.
void relate_media_type(Store& store, const Guid& library, const MediaType& type);

}  // namespace nearline::rsm
