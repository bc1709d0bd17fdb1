#include "media/index_chain.h"

#include <algorithm>

namespace nearline::media {
namespace {

using base::ByteReader;
using base::Bytes;
using base::BytesView;
using base::ByteWriter;
using base::Failure;

struct Link {
    IndexRecord record;
    std::uint64_t previous = 0;
    Bytes runs;
};

MediumResult<std::optional<Link>> read_link(RecordReader& reader, std::uint8_t partition,
                                            std::uint64_t offset) {
    const auto record = reader.at(offset);
    if (!record) return Failure{record.error()};
    if (!*record) return std::optional<Link>{};
    const RecordHeader& header = (*record)->header;
    if (header.kind != RecordKind::Index || header.partition != partition) {
        return std::optional<Link>{};
    }
    const auto payload = reader.payload(header);
    if (!payload) return Failure{payload.error()};
    const auto index = *payload ? decode_index(**payload) : std::nullopt;
    if (!index || index->previous >= offset) return std::optional<Link>{};
    const std::uint64_t behind = offset + reader.size_of(header);
    return std::optional<Link>{
        Link{{offset, behind, header.object, index->end}, index->previous, index->runs}};
}

// Appends the runs of one record; false when they cannot be.
bool take_up(const Link& link, PartitionContent& content) {
    ObjectIndex& index = content.index;
    if (link.record.first != index.objects()) return false;
    std::uint64_t end = 0;
    for (std::size_t position = 0; position < link.runs.size();) {
        const auto run = read_run(link.runs, position, index.sizes(), end);
        if (!run || run->offset < index.end_offset() || end > link.record.offset) return false;
        if (run->count > kMaximumObjects - index.objects()) return false;
        index.append(*run);
    }
    content.index_records.push_back(link.record);
    return link.record.end == index.objects();
}

}  // namespace

Bytes encode_index(const IndexPayload& payload) {
    Bytes out;
    out.reserve(2 * sizeof(std::uint64_t) + payload.runs.size());
    ByteWriter(out).u64(payload.previous).u64(payload.end).bytes(payload.runs);
    return out;
}

std::optional<IndexPayload> decode_index(BytesView bytes) {
    ByteReader in(bytes);
    IndexPayload payload;
    payload.previous = in.u64();
    payload.end = in.u64();
    const BytesView runs = in.bytes(in.remaining());
    payload.runs.assign(runs.begin(), runs.end());
    if (!in.ok()) return std::nullopt;
    return payload;
}

MediumResult<bool> load_index_chain(RecordReader& reader, std::uint8_t partition,
                                    std::uint64_t last, PartitionContent& content) {
    std::vector<Link> links;
    for (std::uint64_t offset = last; offset != 0;) {
        auto link = read_link(reader, partition, offset);
        if (!link) return Failure{link.error()};
        if (!*link) return false;
        offset = (*link)->previous;  // less than before: this ends
        links.push_back(std::move(**link));
    }
    return std::all_of(links.rbegin(), links.rend(),
                       [&](const Link& link) { return take_up(link, content); });
}

}  // namespace nearline::media
