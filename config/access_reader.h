// The `access` part of a library file: who may log in, and the secrets, which stand in files of
// their own.
#pragma once

#include <string>

#include "base/file.h"
#include "config/proto_text.h"
#include "library/library_description.h"
#include "nearline/v1/library.pb.h"

namespace nearline::config {

// Secret files are looked for in `directory`.
library::Access read_access(const v1::Library::Access& access, const Where& where,
                            const std::string& directory, base::FileSystem& files,
                            ProblemList& problems);

// `name` in `directory`, unless it is absolute or the directory is the current one.
std::string path_in(const std::string& directory, const std::string& name);

}  // namespace nearline::config
