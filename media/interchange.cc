#include "media/interchange.h"

#include "base/text.h"
#include "media/awstape.h"
#include "media/compression.h"
#include "media/medium.h"
#include "media/simh_tape.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::Failure;

constexpr std::size_t kEnough = std::size_t{1} << 20;  // bytes written at once

std::string name_of(std::uint64_t object) {
    return "object " + std::to_string(object);
}

// The block as hosts see it.
InterchangeResult<Bytes> host_block(Medium& from, Position at) {
    const auto form = from.form(at);
    if (!form) return Failure{form.error().message};
    if (form->encryption) {
        return Failure{name_of(at.object) +
                       " is encrypted: only a drive that has its key can read it"};
    }
    if (form->length > kLargestBlock) return Failure{name_of(at.object) + " is too long"};
    Bytes stored(form->stored);
    if (auto done = from.read(at, stored); !done) return Failure{done.error().message};
    if (form->compression == Compression::None) return stored;
    Bytes block(form->length);
    if (auto done = decompress(form->compression, stored, block); !done) {
        return Failure{name_of(at.object) + ": " + done.error()};
    }
    return block;
}

// Collects what is written, so that small blocks do not cost a write each.
class Sink {
public:
    explicit Sink(base::File& file) : file_(file) {}

    Bytes& buffer() { return buffer_; }
    InterchangeResult<void> flush(std::size_t unless_below) {
        if (buffer_.size() < unless_below) return {};
        if (auto done = file_.write_at(offset_, buffer_); !done) {
            return Failure{done.error().message};
        }
        offset_ += buffer_.size();
        buffer_.clear();
        return {};
    }

private:
    base::File& file_;
    Bytes buffer_;
    std::uint64_t offset_ = 0;
};

}  // namespace

std::optional<InterchangeFormat> interchange_format(std::string_view name) {
    if (name == "simh") return InterchangeFormat::Simh;
    if (name == "awstape") return InterchangeFormat::Awstape;
    return std::nullopt;
}

std::optional<InterchangeFormat> interchange_format_of_file(const std::string& path) {
    const std::string name = base::to_lower(path);
    if (name.ends_with(".tap")) return InterchangeFormat::Simh;
    if (name.ends_with(".aws")) return InterchangeFormat::Awstape;
    return std::nullopt;
}

std::unique_ptr<InterchangeReader> interchange_reader(InterchangeFormat format, base::File& file) {
    if (format == InterchangeFormat::Simh) return std::make_unique<SimhReader>(file);
    return std::make_unique<AwstapeReader>(file);
}

std::unique_ptr<InterchangeWriter> interchange_writer(InterchangeFormat format) {
    if (format == InterchangeFormat::Simh) return std::make_unique<SimhWriter>();
    return std::make_unique<AwstapeWriter>();
}

InterchangeResult<Exchanged> import_tape(base::File& from, InterchangeFormat format, Medium& to) {
    const auto reader = interchange_reader(format, from);
    Exchanged done;
    while (true) {
        const auto item = reader->next();
        if (!item) return Failure{item.error()};
        if (!*item) break;
        const Position end{0, to.end_of_data(0)};
        MediumResult<void> written;
        if ((*item)->is_filemark) {
            written = to.write_filemarks(end, 1);
            ++done.filemarks;
        } else {
            const Bytes& block = (*item)->block;
            BlockForm form;
            form.length = static_cast<std::uint32_t>(block.size());
            form.stored = form.length;
            written = to.write_block(end, form, block);
            ++done.blocks;
            done.bytes += block.size();
        }
        if (!written) return Failure{written.error().message};
    }
    if (auto synced = to.sync(); !synced) return Failure{synced.error().message};
    return done;
}

InterchangeResult<Exchanged> export_tape(Medium& from, std::uint8_t partition,
                                         InterchangeFormat format, base::File& to) {
    if (from.is_discarding()) return Failure{std::string("the image keeps no bytes of its blocks")};
    const auto writer = interchange_writer(format);
    Sink sink(to);
    Exchanged done;
    const std::uint64_t end = from.end_of_data(partition);
    for (Position at{partition, 0}; at.object < end; ++at.object) {
        if (from.kind(at) == ObjectKind::Filemark) {
            writer->add_filemark(sink.buffer());
            ++done.filemarks;
        } else {
            const auto block = host_block(from, at);
            if (!block) return Failure{block.error()};
            if (auto added = writer->add_block(*block, sink.buffer()); !added) {
                return Failure{name_of(at.object) + ": " + added.error()};
            }
            ++done.blocks;
            done.bytes += block->size();
        }
        if (auto flushed = sink.flush(kEnough); !flushed) return Failure{flushed.error()};
    }
    writer->end(sink.buffer());
    if (auto flushed = sink.flush(0); !flushed) return Failure{flushed.error()};
    if (auto synced = to.sync(); !synced) return Failure{synced.error().message};
    return done;
}

}  // namespace nearline::media
