// What the Linux tape driver does (st(4)), for a drive that is behind an iSCSI session of ours: one
// TapeDriver is a drive, whichever of its names it is opened by. It knows where it believes the
// tape to stand, and what the end of a file, of the data or of the tape means for the next call.
//
// Calls are carried out one after the other, in the order they come. Results are as the kernel's
// functions give them: a value, or minus an errno.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "apps/exec/generic_device.h"
#include "apps/exec/steps.h"

namespace nearline::apps {

struct TapeResult {
    std::int64_t value = 0;
    scsi::Bytes data{};  // of a read; of a status, a struct mtget
};

// What a command of the driver's has brought.
struct TapeAnswer {
    bool is_good = false;  // also of an error the drive could recover from
    std::optional<scsi::Sense> sense{};
    std::optional<std::int64_t> left{};  // the sense data's INFORMATION: what was not done
    scsi::Bytes data{};
    bool has_key(scsi::SenseKey key) const { return sense && sense->key == key; }
    bool has_filemark() const { return sense && sense->has_filemark; }
    bool has_end_of_medium() const { return sense && sense->has_end_of_medium; }
    bool has_incorrect_length() const { return sense && sense->has_incorrect_length; }
    bool has_flag() const {
        return has_filemark() || has_end_of_medium() || has_incorrect_length();
    }
};

class TapeDriver {
public:
    enum class AtClose { Rewind, Stay };
    enum class Waiting { Allowed, Refused };  // O_NONBLOCK refuses it
    struct Opening {
        bool may_write = false;
        Waiting waiting = Waiting::Allowed;
        AtClose at_close = AtClose::Stay;
    };
    using Done = std::function<void(TapeResult)>;
    // Runs an action after a time has passed.
    using Pause = std::function<void(std::chrono::milliseconds, std::function<void()>)>;

    // The unit must outlive it.
    TapeDriver(GenericUnit& unit, Pause pause);
    ~TapeDriver();  // `done` of what is under way are dropped
    TapeDriver(const TapeDriver&) = delete;
    TapeDriver& operator=(const TapeDriver&) = delete;

    void open(Opening opening, Done done);
    // Writes the filemark that ends a file, and rewinds, where that is due; its result is close's.
    // `is_open` is asked when the calls before it are over: false if the open has failed.
    void close_if(std::function<bool()> is_open, Done done);
    void close(Done done);
    void read(std::uint64_t count, Done done);
    void write(scsi::Bytes data, Done done);
    void operate(std::int32_t operation, std::int32_t count, Done done);  // MTIOCTOP
    void status(Done done);                                               // MTIOCGET
    void position(Done done);                                             // MTIOCPOS

private:
    using Work = Steps<TapeResult>;
    using Number = Steps<std::int64_t>;

    enum class Activity { Idle, Reading, Writing };
    enum class Readiness { Ready, NotReady, NoTape };
    // What the last call has met. Behind EarlyWarning one write is refused, and the next allowed.
    // A read that meets the end of the data answers with nothing once, as at a filemark.
    enum class Met {
        Nothing,
        FilemarkUntold,  // with data before it: the next read is the one that tells
        Filemark,
        EarlyWarning,
        EarlyWarningTold,
        EndOfDataUntold,
        EndOfDataTold,
        EndOfData,
    };
    struct Partition {
        Activity activity = Activity::Idle;
        Met met = Met::Nothing;
        std::int32_t file = 0;  // -1: unknown
        std::int32_t block = 0;
        std::optional<std::uint32_t> left_at{};  // where it was left for another partition
    };
    // What MTSETDRVBUFFER keeps for a new tape.
    struct Defaults {
        std::optional<std::uint32_t> block_size{};
        std::optional<std::uint8_t> density{};
        std::optional<std::uint8_t> buffering{};
        std::optional<bool> compression{};
    };
    // Which byte of the sense data asks for cleaning, of drives that say it their own way.
    struct CleaningSense {
        std::uint8_t byte = 0;
        std::uint8_t mask = 0;
        std::uint8_t value = 0;
    };
    enum class Limit { Normal, Long, Longest };

    static constexpr std::int64_t kMore = 0;  // of a READ: go on
    static constexpr std::int64_t kStop = 1;  // something was met

    // One command, to be awaited.
    class Sending {
    public:
        Sending(TapeDriver& driver, scsi::Request request, std::chrono::milliseconds timeout)
            : driver_(driver), request_(std::move(request)), timeout_(timeout) {}
        bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> caller);
        TapeAnswer await_resume() { return std::move(answer_); }

    private:
        TapeDriver& driver_;
        scsi::Request request_;
        std::chrono::milliseconds timeout_;
        TapeAnswer answer_;
    };
    class Pausing {
    public:
        Pausing(TapeDriver& driver, std::chrono::milliseconds time)
            : driver_(driver), time_(time) {}
        bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> caller);
        void await_resume() {}

    private:
        TapeDriver& driver_;
        std::chrono::milliseconds time_;
    };

    struct Pending {
        std::function<Work()> begin;
        Done done;
    };
    void enqueue(std::function<Work()> begin, Done done);
    void begin_next();
    void end_current();

    Sending send(scsi::Bytes cdb, Limit limit = Limit::Normal, std::uint32_t data_in_length = 0);
    Sending send_data(scsi::Bytes cdb, scsi::Bytes data);
    TapeAnswer note(initiator::RawResponse raw);
    std::chrono::milliseconds time_for(Limit limit) const;

    // tape_driver.cc: sessions.
    Work open_steps(Opening opening);
    Work close_steps(std::function<bool()> is_open);
    Work status_steps();
    Work position_steps();
    Number begin_use(Opening opening);
    Number look_at_tape(Opening opening);
    Number wait_until_ready(Waiting waiting);
    Steps<int> learn_modes();
    void forget_tape();
    void begin_session();
    Number end_file();
    Number settle_read();
    Number drop_read_ahead();
    void enter_next_file();
    scsi::Bytes status_data() const;

    // tape_transfer.cc.
    Work read_steps(std::uint64_t count);
    Work write_steps(scsi::Bytes data);
    Number why_not_transfer(std::uint64_t count);
    Number fill(std::uint64_t wanted);
    Number read_failed(const TapeAnswer& answer, std::uint32_t asked);
    Number incorrect_length(const TapeAnswer& answer, std::uint32_t asked, std::int64_t left);
    void tell_end(std::uint64_t count);
    Number write_blocks(scsi::Bytes data);
    std::uint64_t bytes_left(const TapeAnswer& answer, std::uint32_t units) const;
    std::int64_t write_failed(const TapeAnswer& answer, std::uint32_t units);

    // tape_operations.cc, and tape_modes.cc for what is set.
    Work operate_steps(std::int32_t operation, std::int32_t count);
    Number before_operation(std::int32_t operation, std::int32_t& count);
    Number operation(std::int32_t operation, std::int32_t count);
    Number on_tape(std::int32_t operation, std::int32_t count);
    Number space_to_end();
    Number load_or_unload(bool is_load);
    Number lock(bool is_locked);
    Number cross_filemark_back();
    Number seek(std::uint32_t object, std::size_t partition, bool is_logical);
    Number tell(bool is_logical);
    Number switch_partition();
    Number set_partition(std::int32_t number);
    Number format_partitions(std::int32_t megabytes);
    Number set_modes(std::uint8_t buffering, std::uint8_t density, std::uint32_t block_size);
    Number set_mode_operation(std::int32_t operation, std::int32_t count);
    Number apply_defaults();
    Number compress(bool is_wanted);
    Steps<std::optional<scsi::Bytes>> read_mode_page(std::uint8_t page);
    Number write_mode_page(scsi::Bytes page);
    Number partition_count();
    std::int64_t set_options(std::uint32_t options);
    std::int64_t set_default(std::uint32_t options);
    void moved(std::int32_t operation, std::int32_t count);
    enum class Marked { NotAll, All };
    Marked moved_less(std::int32_t operation, std::int32_t count, const TapeAnswer& answer);

    Partition& here() { return partitions_.at(partition_); }
    const Partition& here() const { return partitions_.at(partition_); }
    bool has(std::uint32_t option) const { return (options_ & option) != 0; }
    bool is_fixed() const { return block_size_ != 0; }

    GenericUnit& unit_;
    Pause pause_;
    std::deque<Pending> pending_;
    std::optional<Work> current_;
    Done current_done_;

    // The open file.
    bool is_in_use_ = false;  // from the beginning of its open to the end of its close
    bool is_closing_ = false;
    Opening opening_{};
    bool rewinds_at_close_ = false;
    bool is_read_only_ = false;  // opened so, or the tape is
    scsi::Bytes leftover_;       // of a block read in part, with a fixed length

    // The tape and the drive.
    Readiness readiness_ = Readiness::NotReady;
    bool is_write_protected_ = false;
    bool is_position_unknown_ = false;  // the drive was reset: only what finds a new one is allowed
    bool is_new_session_ = true;        // a medium changed, as far as anybody has been told
    bool wants_cleaning_ = false;
    std::uint32_t recovered_errors_ = 0;
    std::uint32_t block_size_ = 0;  // 0: variable
    std::uint8_t density_ = 0;
    std::uint8_t buffering_ = 1;
    std::uint32_t shortest_block_ = 0;
    std::uint32_t longest_block_ = 0;  // 0: unknown
    bool has_set_density_ = false;     // in this session, by hand
    bool has_set_block_size_ = false;
    bool has_set_compression_ = false;
    enum class Door { Unlocked, Locked, LockedByUs } door_ = Door::Unlocked;
    std::array<Partition, 4> partitions_{};
    std::size_t partition_ = 0;
    std::size_t wanted_partition_ = 0;
    std::size_t partition_count_ = 0;  // 0: not asked yet

    // What MTSETDRVBUFFER sets; it outlives tapes.
    std::uint32_t options_;
    Defaults defaults_;
    CleaningSense cleaning_sense_;
    std::chrono::seconds normal_limit_{900};
    std::chrono::seconds long_limit_{14'000};

    std::shared_ptr<TapeDriver*> self_;  // owners: this, and each answer while it comes in
};

}  // namespace nearline::apps
