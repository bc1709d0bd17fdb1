// From a personality file to the profiles that changers and drives are built with.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "changer/changer_profile.h"
#include "config/identity.h"
#include "config/proto_text.h"
#include "drives/drive.h"
#include "nearline/v1/personality.pb.h"

namespace nearline::config {

// Nothing when anything is wrong with it.
std::optional<v1::Personality> read_personality(std::string_view text, ProblemList& problems);

// Of a personality that passed.
changer::ChangerProfile build_changer(const v1::Personality& model, const Identity& identity);
drives::DriveProfile build_drive(const v1::Personality& model, const Identity& identity);

// A file that says the same without a base.
std::string to_text(const v1::Personality& model);

media::Generation generation_of(v1::Generation generation);

}  // namespace nearline::config
