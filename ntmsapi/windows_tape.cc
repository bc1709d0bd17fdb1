// The tape calls of Windows, on the Linux tape driver's (st(4)) operations.
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include <sys/mtio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <span>

#include "base/bytes.h"
#include "ntmsapi/windows_file.h"

namespace nearline::ntmsapi {
namespace {

// Runs `work` on a tape's descriptor.
template <typename Work>
DWORD on_tape(HANDLE handle, Work work) {
    const auto file = windows_objects().find<WindowsFile>(handle);
    if (file == nullptr) return ERROR_INVALID_HANDLE;
    if (!file->is_tape()) return ERROR_INVALID_FUNCTION;
    const DWORD error = work(file->descriptor());
    SetLastError(error);
    return error;
}

// What stopped an operation of the drive, by where the tape stands now.
DWORD error_of_motion(int descriptor, int error) {
    if (error != EIO) return error_of_errno(error);
    mtget status = {};
    if (::ioctl(descriptor, MTIOCGET, &status) != 0) return ERROR_IO_DEVICE;
    if (GMT_EOD(status.mt_gstat) != 0) return ERROR_NO_DATA_DETECTED;
    if (GMT_EOF(status.mt_gstat) != 0) return ERROR_FILEMARK_DETECTED;
    if (GMT_BOT(status.mt_gstat) != 0) return ERROR_BEGINNING_OF_MEDIA;
    if (GMT_EOT(status.mt_gstat) != 0) return ERROR_END_OF_MEDIA;
    return ERROR_IO_DEVICE;
}

DWORD operate(int descriptor, int operation, LONGLONG count) {
    constexpr LONGLONG kMost = std::numeric_limits<int>::max();
    if (count < 0 || count > kMost) return ERROR_INVALID_PARAMETER;
    mtop request = {};
    request.mt_op = static_cast<short>(operation);
    request.mt_count = static_cast<int>(count);
    if (::ioctl(descriptor, MTIOCTOP, &request) == 0) return ERROR_SUCCESS;
    return error_of_motion(descriptor, errno);
}

// Forward by `count`, or back when that is negative.
DWORD space(int descriptor, int forward, int back, LONGLONG count) {
    return count < 0 ? operate(descriptor, back, -count) : operate(descriptor, forward, count);
}

// Windows counts partitions from 1; 0 is where the tape is.
DWORD go_to_partition(int descriptor, DWORD partition) {
    return partition == 0 ? ERROR_SUCCESS : operate(descriptor, MTSETPART, partition - 1);
}

DWORD status_of(int descriptor, mtget& status) {
    return ::ioctl(descriptor, MTIOCGET, &status) == 0 ? ERROR_SUCCESS : error_of_errno(errno);
}

DWORD block_size_of(const mtget& status) {
    return static_cast<DWORD>((status.mt_dsreg & MT_ST_BLKSIZE_MASK) >> MT_ST_BLKSIZE_SHIFT);
}

// --- What the tape driver has no word for is asked of the drive itself.

bool read_from_drive(int descriptor, std::span<const std::uint8_t> command,
                     std::span<std::uint8_t> data) {
    std::array<std::uint8_t, 32> sense = {};
    std::array<std::uint8_t, 16> copy = {};
    std::memcpy(copy.data(), command.data(), command.size());
    sg_io_hdr_t request = {};
    request.interface_id = 'S';
    request.dxfer_direction = SG_DXFER_FROM_DEV;
    request.cmd_len = static_cast<unsigned char>(command.size());
    request.cmdp = copy.data();
    request.dxferp = data.data();
    request.dxfer_len = static_cast<unsigned>(data.size());
    request.sbp = sense.data();
    request.mx_sb_len = sense.size();
    request.timeout = 60'000;
    return ::ioctl(descriptor, SG_IO, &request) == 0 && request.status == 0;
}

// READ BLOCK LIMITS (SSC-5 7.4): the longest and the shortest block.
struct BlockLimits {
    DWORD most = 0;
    DWORD least = 0;
};

BlockLimits block_limits(int descriptor) {
    constexpr std::array<std::uint8_t, 6> kCommand = {0x05};
    std::array<std::uint8_t, 6> data = {};
    if (!read_from_drive(descriptor, kCommand, data)) return {};
    base::ByteReader in(data);
    in.skip(1);
    const DWORD most = in.u24();
    return {most, in.u16()};
}

// READ ATTRIBUTE (SPC-6 6.18) of one attribute of 8 bytes, in mebibytes; 0: the medium has none.
LONGLONG attribute(int descriptor, std::uint16_t identifier) {
    std::array<std::uint8_t, 64> data = {};
    const std::array<std::uint8_t, 16> command = {0x8C,
                                                  0,
                                                  0,
                                                  0,
                                                  0,
                                                  0,
                                                  0,
                                                  0,
                                                  static_cast<std::uint8_t>(identifier >> 8),
                                                  static_cast<std::uint8_t>(identifier & 0xFF),
                                                  0,
                                                  0,
                                                  0,
                                                  sizeof(data),
                                                  0,
                                                  0};
    if (!read_from_drive(descriptor, command, data)) return 0;
    base::ByteReader in(data);
    in.skip(4);  // the length of the list
    if (in.u16() != identifier) return 0;
    in.skip(3);  // format and length
    constexpr LONGLONG kMebibyte = 1 << 20;
    return static_cast<LONGLONG>(in.u64()) * kMebibyte;
}

// SPC-6 7.4.2.2: REMAINING CAPACITY IN PARTITION, MAXIMUM CAPACITY IN PARTITION.
constexpr std::uint16_t kRemaining = 0x0000;
constexpr std::uint16_t kMaximum = 0x0001;

// --- Parameters.

template <typename Parameters>
DWORD give(const Parameters& parameters, DWORD* size, void* out) {
    const DWORD capacity = *size;
    *size = sizeof(parameters);
    if (capacity < sizeof(parameters)) return ERROR_MORE_DATA;
    std::memcpy(out, &parameters, sizeof(parameters));
    return ERROR_SUCCESS;
}

DWORD give_media(int descriptor, DWORD* size, void* out) {
    mtget status = {};
    if (const DWORD error = status_of(descriptor, status); error != ERROR_SUCCESS) return error;
    if (GMT_DR_OPEN(status.mt_gstat) != 0) return ERROR_NO_MEDIA_IN_DRIVE;
    TAPE_GET_MEDIA_PARAMETERS media = {};
    media.Capacity.QuadPart = attribute(descriptor, kMaximum);
    media.Remaining.QuadPart = attribute(descriptor, kRemaining);
    media.BlockSize = block_size_of(status);
    media.PartitionCount = 1;
    media.WriteProtected = GMT_WR_PROT(status.mt_gstat) != 0 ? 1 : 0;
    return give(media, size, out);
}

DWORD give_drive(int descriptor, DWORD* size, void* out) {
    const BlockLimits limits = block_limits(descriptor);
    TAPE_GET_DRIVE_PARAMETERS drive = {};
    drive.ECC = 1;
    drive.Compression = 1;
    drive.DefaultBlockSize = 64 << 10;
    drive.MaximumBlockSize = limits.most;
    drive.MinimumBlockSize = limits.least;
    drive.MaximumPartitionCount = 1;
    drive.FeaturesLow = TAPE_DRIVE_VARIABLE_BLOCK | TAPE_DRIVE_WRITE_PROTECT;
    return give(drive, size, out);
}

}  // namespace
}  // namespace nearline::ntmsapi

using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

DWORD WINAPI PrepareTape(HANDLE handle, DWORD operation, BOOL) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        switch (operation) {
            case TAPE_LOAD:
                return operate(descriptor, MTLOAD, 0);
            case TAPE_UNLOAD:
                return operate(descriptor, MTUNLOAD, 0);
            case TAPE_TENSION:
                return operate(descriptor, MTRETEN, 0);
            case TAPE_LOCK:
                return operate(descriptor, MTLOCK, 0);
            case TAPE_UNLOCK:
                return operate(descriptor, MTUNLOCK, 0);
            case TAPE_FORMAT:
                return ERROR_NOT_SUPPORTED;
            default:
                return ERROR_INVALID_PARAMETER;
        }
    });
}

DWORD WINAPI SetTapePosition(HANDLE handle, DWORD method, DWORD partition, DWORD low, DWORD high,
                             BOOL) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        const auto offset =
            static_cast<LONGLONG>(static_cast<ULONGLONG>(high) << 32 | ULONGLONG{low});
        const bool is_absolute = method <= TAPE_SPACE_END_OF_DATA;
        if (is_absolute) {
            const DWORD error = go_to_partition(descriptor, partition);
            if (error != ERROR_SUCCESS) return error;
        }
        switch (method) {
            case TAPE_REWIND:
                return operate(descriptor, MTREW, 1);
            case TAPE_ABSOLUTE_BLOCK:
            case TAPE_LOGICAL_BLOCK:
                return operate(descriptor, MTSEEK, offset);
            case TAPE_SPACE_END_OF_DATA:
                return operate(descriptor, MTEOM, 1);
            case TAPE_SPACE_RELATIVE_BLOCKS:
                return space(descriptor, MTFSR, MTBSR, offset);
            case TAPE_SPACE_FILEMARKS:
                return space(descriptor, MTFSF, MTBSF, offset);
            case TAPE_SPACE_SETMARKS:
                return space(descriptor, MTFSS, MTBSS, offset);
            case TAPE_PSEUDO_LOGICAL_BLOCK:
            case TAPE_SPACE_SEQUENTIAL_FMKS:
            case TAPE_SPACE_SEQUENTIAL_SMKS:
                return ERROR_NOT_SUPPORTED;
            default:
                return ERROR_INVALID_PARAMETER;
        }
    });
}

DWORD WINAPI GetTapePosition(HANDLE handle, DWORD type, LPDWORD partition, LPDWORD low,
                             LPDWORD high) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        if (partition == nullptr || low == nullptr || high == nullptr) {
            return ERROR_INVALID_PARAMETER;
        }
        if (type > TAPE_LOGICAL_POSITION) return ERROR_INVALID_PARAMETER;
        mtget status = {};
        if (const DWORD error = status_of(descriptor, status); error != ERROR_SUCCESS) return error;
        mtpos position = {};
        if (::ioctl(descriptor, MTIOCPOS, &position) != 0) return error_of_errno(errno);
        const auto block = static_cast<ULONGLONG>(position.mt_blkno);
        // For SCSI drives the driver keeps the partition's number here.
        *partition = type == TAPE_LOGICAL_POSITION ? static_cast<DWORD>(status.mt_resid) + 1 : 0;
        *low = static_cast<DWORD>(block & 0xFFFFFFFF);
        *high = static_cast<DWORD>(block >> 32);
        return ERROR_SUCCESS;
    });
}

DWORD WINAPI WriteTapemark(HANDLE handle, DWORD type, DWORD count, BOOL) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        switch (type) {
            case TAPE_SETMARKS:
                return operate(descriptor, MTWSM, count);
            case TAPE_FILEMARKS:
                return operate(descriptor, MTWEOF, count);
            case TAPE_SHORT_FILEMARKS:
            case TAPE_LONG_FILEMARKS:
                return ERROR_NOT_SUPPORTED;
            default:
                return ERROR_INVALID_PARAMETER;
        }
    });
}

DWORD WINAPI EraseTape(HANDLE handle, DWORD type, BOOL) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        if (type > TAPE_ERASE_LONG) return ERROR_INVALID_PARAMETER;
        return operate(descriptor, MTERASE, type);
    });
}

DWORD WINAPI CreateTapePartition(HANDLE handle, DWORD method, DWORD count, DWORD size) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        if (method > TAPE_INITIATOR_PARTITIONS || count > 2) return ERROR_INVALID_PARAMETER;
        return operate(descriptor, MTMKPART, count == 2 ? size : 0);
    });
}

DWORD WINAPI GetTapeStatus(HANDLE handle) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        mtget status = {};
        if (const DWORD error = status_of(descriptor, status); error != ERROR_SUCCESS) return error;
        if (GMT_DR_OPEN(status.mt_gstat) != 0) return ERROR_NO_MEDIA_IN_DRIVE;
        return GMT_ONLINE(status.mt_gstat) != 0 ? ERROR_SUCCESS : ERROR_NOT_READY;
    });
}

DWORD WINAPI GetTapeParameters(HANDLE handle, DWORD operation, LPDWORD size, LPVOID information) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        if (size == nullptr || information == nullptr) return ERROR_INVALID_PARAMETER;
        switch (operation) {
            case GET_TAPE_MEDIA_INFORMATION:
                return give_media(descriptor, size, information);
            case GET_TAPE_DRIVE_INFORMATION:
                return give_drive(descriptor, size, information);
            default:
                return ERROR_INVALID_PARAMETER;
        }
    });
}

DWORD WINAPI SetTapeParameters(HANDLE handle, DWORD operation, LPVOID information) {
    return on_tape(handle, [&](int descriptor) -> DWORD {
        if (information == nullptr) return ERROR_INVALID_PARAMETER;
        if (operation == SET_TAPE_MEDIA_INFORMATION) {
            TAPE_SET_MEDIA_PARAMETERS media = {};
            std::memcpy(&media, information, sizeof(media));
            return operate(descriptor, MTSETBLK, media.BlockSize);
        }
        if (operation != SET_TAPE_DRIVE_INFORMATION) return ERROR_INVALID_PARAMETER;
        TAPE_SET_DRIVE_PARAMETERS drive = {};
        std::memcpy(&drive, information, sizeof(drive));
        return operate(descriptor, MTCOMPRESSION, drive.Compression != 0 ? 1 : 0);
    });
}

BOOL WINAPI DeviceIoControl(HANDLE handle, DWORD code, LPVOID in, DWORD in_size, LPVOID, DWORD,
                            LPDWORD returned, LPOVERLAPPED overlapped) {
    if (returned != nullptr) *returned = 0;
    if (overlapped != nullptr) return succeed_or(false, ERROR_NOT_SUPPORTED);
    DWORD error = ERROR_INVALID_FUNCTION;
    if (code == IOCTL_STORAGE_CHECK_VERIFY) error = GetTapeStatus(handle);
    if (code == IOCTL_STORAGE_LOAD_MEDIA) error = PrepareTape(handle, TAPE_LOAD, FALSE);
    if (code == IOCTL_STORAGE_EJECT_MEDIA) error = PrepareTape(handle, TAPE_UNLOAD, FALSE);
    if (code == IOCTL_STORAGE_MEDIA_REMOVAL) {
        PREVENT_MEDIA_REMOVAL removal = {};
        if (in == nullptr || in_size < sizeof(removal)) {
            return succeed_or(false, ERROR_INVALID_PARAMETER);
        }
        std::memcpy(&removal, in, sizeof(removal));
        const bool is_locked = removal.PreventMediaRemoval != 0;
        error = PrepareTape(handle, is_locked ? TAPE_LOCK : TAPE_UNLOCK, FALSE);
    }
    return succeed_or(error == ERROR_SUCCESS, error);
}
