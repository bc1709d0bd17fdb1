// Personalities based on another one: a family of models is told once, its members by how they
// differ.
#pragma once

#include "config/proto_text.h"
#include "nearline/v1/personality.pb.h"

namespace nearline::config {

// Adds to `model` what its base says and it does not. What the file says itself keeps its number
// among its kind, and so its place.
void inherit(v1::Personality& model, const Where& where, ProblemList& problems);

// Takes out the pages that are there only to say that they are absent.
void drop_absent_pages(v1::Personality& model);

}  // namespace nearline::config
