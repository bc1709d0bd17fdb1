// Reads a library file: protobuf text in, a LibraryDescription in which everything has been
// checked against the rest out; or all that is wrong, each with its place.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "config/problem.h"
#include "library/library_description.h"

namespace nearline::v1 {
class Library;
}

namespace nearline::config {

class Where;

using ReadLibrary = base::Result<library::LibraryDescription, Problems>;

// `file` is the text's path: problems name it, and secrets and personalities that are files are
// looked for beside it.
ReadLibrary read_library(std::string_view text, const std::string& file, base::FileSystem& files);
ReadLibrary read_library_file(const std::string& path, base::FileSystem& files);

// The same for a library that stands in another text: `where` tells the places of its fields.
ReadLibrary read_library(const v1::Library& message, const Where& where, const std::string& file,
                         base::FileSystem& files);

// What `nearline serve` serves without a file: 2 LTO-9 drives, 24 slots, 2 import/export slots, 20
// cartridges and a cleaning cartridge.
std::string_view default_library_text();
library::LibraryDescription default_library();

// The whole of a file, or the problem that it cannot be read.
base::Result<std::string, Problems> read_text_file(const std::string& path,
                                                   base::FileSystem& files);

}  // namespace nearline::config
