#include "apps/exec/tape_file.h"

#include <fcntl.h>
#include <linux/mtio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nearline::apps {
namespace {

using fixtures::Call;
using fixtures::Operation;

// A call's value, or the errno of one that failed.
DeviceReply reply_of(TapeResult result) {
    DeviceReply reply;
    if (result.value < 0) {
        reply.answer.error = static_cast<std::int32_t>(-result.value);
        return reply;
    }
    reply.answer.value = result.value;
    reply.answer.outcome.data_length = result.data.size();
    reply.data = std::move(result.data);
    return reply;
}

void put(scsi::BytesView bytes, DeviceReply& reply) {
    const std::size_t length = std::min(bytes.size(), fixtures::kLongestInline);
    std::copy_n(bytes.begin(), length, reply.answer.inline_data);
    reply.answer.inline_length = static_cast<std::uint32_t>(length);
    reply.answer.value = 0;
}

TapeDriver::Done answer(const DeviceFile::Answered& done) {
    return [done](TapeResult result) { done(reply_of(std::move(result))); };
}

}  // namespace

TapeFile::TapeFile(TapeDevice& device, TapeDriver::AtClose at_close)
    : device_(device), at_close_(at_close), generic_(device.generic(), [] {}) {
    Call opening{};
    opening.version = fixtures::kVersion;
    opening.operation = Operation::Open;
    generic_.call(opening, {}, [](const DeviceReply&) {});
}

void TapeFile::call(const Call& call, scsi::Bytes data_out, Answered done) {
    if (call.version != fixtures::kVersion) return done(failed(EPROTO));
    if (call.operation == Operation::Open) return open(call, done);
    if (*state_ != State::Open) return done(failed(ENODEV));
    TapeDriver& driver = device_.driver();
    switch (call.operation) {
        case Operation::Read:
            if (!may_read_) return done(failed(EBADF));
            return driver.read(call.command.data_length, answer(done));
        case Operation::Write:
            if (!may_write_) return done(failed(EBADF));
            return driver.write(std::move(data_out), answer(done));
        case Operation::Control:
            return control(call, done);
        case Operation::Execute:
            return generic_.call(call, std::move(data_out), std::move(done));
        default:
            return done(failed(EPROTO));
    }
}

void TapeFile::open(const Call& call, const Answered& done) {
    if (*state_ != State::Closed) return done(failed(EPROTO));
    const unsigned mode = call.flags & O_ACCMODE;
    may_read_ = mode == O_RDONLY || mode == O_RDWR;
    may_write_ = mode == O_WRONLY || mode == O_RDWR;
    TapeDriver::Opening opening;
    opening.may_write = may_write_;
    opening.at_close = at_close_;
    if ((call.flags & O_NONBLOCK) != 0) opening.waiting = TapeDriver::Waiting::Refused;
    *state_ = State::Opening;
    device_.driver().open(opening, [state = state_, done](TapeResult result) {
        *state = result.value == 0 ? State::Open : State::Closed;
        done(reply_of(std::move(result)));
    });
}

// Behind whatever is under way: an open, too, that nobody is there for any more.
void TapeFile::close(Answered done) {
    if (*state_ == State::Closed) return done({});
    const auto is_open = [state = state_] {
        return std::exchange(*state, State::Closed) == State::Open;
    };
    device_.driver().close_if(is_open, answer(done));
}

void TapeFile::control(const Call& call, const Answered& done) {
    TapeDriver& driver = device_.driver();
    switch (static_cast<unsigned long>(call.code)) {
        case MTIOCTOP: {
            mtop operation{};
            std::memcpy(&operation, call.inline_data, sizeof(operation));
            return driver.operate(operation.mt_op, operation.mt_count, answer(done));
        }
        case MTIOCGET:
            return driver.status([done](TapeResult result) {
                DeviceReply reply = reply_of({result.value});
                if (result.value == 0) put(result.data, reply);
                done(std::move(reply));
            });
        case MTIOCPOS:
            return driver.position([done](const TapeResult& result) {
                DeviceReply reply = reply_of({result.value});
                const mtpos position{static_cast<long>(result.value)};
                scsi::Bytes bytes(sizeof(position));
                std::memcpy(bytes.data(), &position, sizeof(position));
                if (result.value >= 0) put(bytes, reply);
                done(std::move(reply));
            });
        default:
            return generic_.call(call, {}, done);
    }
}

}  // namespace nearline::apps
