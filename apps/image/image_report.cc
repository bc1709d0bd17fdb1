#include "apps/image/image_report.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "apps/changer/json_writer.h"

namespace nearline::apps {
namespace {

using media::Loss;
using media::TapeImage;

std::string counted(std::uint64_t number, const char* what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

struct PartitionFacts {
    std::uint64_t objects = 0;
    std::uint64_t filemarks = 0;
    std::uint64_t stored = 0;
    std::uint64_t size = 0;
    std::uint64_t blocks() const { return objects - filemarks; }
};

PartitionFacts facts_of(const TapeImage& image, std::uint8_t partition) {
    const std::uint64_t end = image.end_of_data(partition);
    return {end, image.filemark_count(partition), image.stored_before({partition, end}),
            image.partition_size(partition)};
}

void write_loss(JsonWriter& json, const Loss& loss) {
    json.begin_object();
    if (loss.count > 0) {
        json.member("partition", std::uint64_t{loss.partition});
        json.member("first", loss.first).member("count", loss.count);
    }
    json.member("text", std::string_view(loss.text)).end_object();
}

void write_losses(JsonWriter& json, const std::vector<Loss>& losses) {
    json.key("losses").begin_array();
    for (const Loss& loss : losses) write_loss(json, loss);
    json.end_array();
}

}  // namespace

void print_info(TapeImage& image, std::uint64_t file_size, std::ostream& out) {
    fmt::print(out, "identity     {}\n", image.identity());
    fmt::print(out, "capacity     {}\n", counted(image.capacity(), "byte"));
    fmt::print(out, "file         {}, {} of them dead\n", counted(file_size, "byte"),
               image.dead_bytes());
    fmt::print(out, "keeps        {}\n",
               image.is_discarding() ? "no bytes of blocks, only their lengths" : "whole blocks");
    for (std::uint8_t at = 0; at < image.partition_count(); ++at) {
        const PartitionFacts facts = facts_of(image, at);
        fmt::print(out, "partition {}  {}, {}; {} of tape, of {}\n", at,
                   counted(facts.blocks(), "block"), counted(facts.filemarks, "filemark"),
                   counted(facts.stored, "byte"), facts.size);
    }
    fmt::print(out, "memory       {}\n", counted(image.memory().size(), "attribute"));
    for (const Loss& loss : image.losses()) fmt::print(out, "lost         {}\n", loss.text);
}

void print_info_as_json(TapeImage& image, std::uint64_t file_size, std::ostream& out) {
    JsonWriter json;
    json.begin_object();
    json.member("identity", std::string_view(image.identity()));
    json.member("capacity", image.capacity()).member("fileSize", file_size);
    json.member("deadBytes", image.dead_bytes()).member("keepsBytes", !image.is_discarding());
    json.key("partitions").begin_array();
    for (std::uint8_t at = 0; at < image.partition_count(); ++at) {
        const PartitionFacts facts = facts_of(image, at);
        json.begin_object().member("blocks", facts.blocks()).member("filemarks", facts.filemarks);
        json.member("stored", facts.stored).member("size", facts.size).end_object();
    }
    json.end_array();
    json.member("memoryAttributes", std::uint64_t{image.memory().size()});
    write_losses(json, image.losses());
    json.end_object();
    out << json.text() << '\n';
}

void print_losses(const std::vector<Loss>& losses, std::ostream& out) {
    for (const Loss& loss : losses) out << loss.text << '\n';
    if (losses.empty()) out << "all is there\n";
}

void print_losses_as_json(const std::vector<Loss>& losses, std::ostream& out) {
    JsonWriter json;
    json.begin_object();
    write_losses(json, losses);
    json.end_object();
    out << json.text() << '\n';
}

}  // namespace nearline::apps
