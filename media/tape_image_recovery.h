// Reads what a tape image holds, whatever happened to its file. A log that was not ended in order
// is taken up to its first record that is not whole; damage before the last durable point is told
// exactly.
//
// Cost: the indexes and what came after the last of them; a whole pass over the record headers only
// when a head or an index is damaged.
#pragma once

#include <string>

#include "base/file.h"
#include "media/tape_image_content.h"

namespace nearline::media {

// Fails when the storage does, and when `path` is no tape image or of a later format.
MediumResult<TapeContent> recover_tape_image(base::File& file, const std::string& path);

}  // namespace nearline::media
