// What `nearline image` prints of an image: for people, or as JSON.
#pragma once

#include <ostream>
#include <vector>

#include "media/tape_image.h"

namespace nearline::apps {

void print_info(media::TapeImage& image, std::uint64_t file_size, std::ostream& out);
void print_info_as_json(media::TapeImage& image, std::uint64_t file_size, std::ostream& out);

void print_losses(const std::vector<media::Loss>& losses, std::ostream& out);
void print_losses_as_json(const std::vector<media::Loss>& losses, std::ostream& out);

}  // namespace nearline::apps
