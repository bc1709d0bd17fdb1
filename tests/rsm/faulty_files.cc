#include "tests/rsm/faulty_files.h"

#include <sqlite3.h>

#include <csignal>
#include <cstring>

#include "base/check.h"

namespace nearline::rsm {
namespace {

struct Faults {
    std::uint64_t writes = 0;
    std::uint64_t failing_from = 0;  // 0: never
    std::uint64_t killing_at = 0;    // 0: never
    int write_code = SQLITE_OK;
    int lock_code = SQLITE_OK;
};
Faults faults;

sqlite3_vfs* system_files() {
    return sqlite3_vfs_find("unix");
}

// A file of ours is this, and the system's file behind it.
struct File {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* ours(sqlite3_file* file) {
    return reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
    return ours(file)->real();
}
const sqlite3_io_methods* methods_of(sqlite3_file* file) {
    return real(file)->pMethods;
}

int before_write() {
    ++faults.writes;
    if (faults.writes == faults.killing_at) {
        raise(SIGKILL);
    }
    const bool fails = faults.failing_from != 0 && faults.writes >= faults.failing_from;
    return fails ? faults.write_code : SQLITE_OK;
}

int close_file(sqlite3_file* file) {
    return methods_of(file)->xClose(real(file));
}
int read_file(sqlite3_file* file, void* data, int size, sqlite3_int64 at) {
    return methods_of(file)->xRead(real(file), data, size, at);
}
int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
    const int code = before_write();
    return code != SQLITE_OK ? code : methods_of(file)->xWrite(real(file), data, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return methods_of(file)->xTruncate(real(file), size);
}
// Killing a process loses nothing that is in the page cache, so nothing need reach the disk.
int sync_file(sqlite3_file*, int) {
    return before_write();
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    return methods_of(file)->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
    if (faults.lock_code != SQLITE_OK) return faults.lock_code;
    return methods_of(file)->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return methods_of(file)->xUnlock(real(file), level);
}
int is_reserved(sqlite3_file* file, int* out) {
    return methods_of(file)->xCheckReservedLock(real(file), out);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
    return methods_of(file)->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
    return methods_of(file)->xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
    return methods_of(file)->xDeviceCharacteristics(real(file));
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    return methods_of(file)->xShmMap(real(file), page, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    const bool is_unlock = (flags & SQLITE_SHM_UNLOCK) != 0;
    if (faults.lock_code != SQLITE_OK && !is_unlock) return faults.lock_code;
    return methods_of(file)->xShmLock(real(file), offset, count, flags);
}
void barrier(sqlite3_file* file) {
    methods_of(file)->xShmBarrier(real(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
    return methods_of(file)->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods kMethods = {2,
                                     close_file,
                                     read_file,
                                     write_file,
                                     truncate_file,
                                     sync_file,
                                     size_of_file,
                                     lock_file,
                                     unlock_file,
                                     is_reserved,
                                     control_file,
                                     sector_size,
                                     characteristics,
                                     map_shared,
                                     lock_shared,
                                     barrier,
                                     unmap_shared,
                                     nullptr,
                                     nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    file->pMethods = nullptr;
    const int code = system_files()->xOpen(system_files(), name, real(file), flags, out);
    if (code == SQLITE_OK) file->pMethods = &kMethods;
    return code;
}

sqlite3_vfs files;

}  // namespace

FaultyFiles::FaultyFiles() {
    CHECK(system_files() != nullptr);
    files = *system_files();
    files.pNext = nullptr;
    files.zName = "faulty";
    files.szOsFile = static_cast<int>(sizeof(File)) + system_files()->szOsFile;
    files.xOpen = open_file;
    CHECK(sqlite3_vfs_register(&files, 1) == SQLITE_OK);
    mend();
}

FaultyFiles::~FaultyFiles() {
    mend();
    sqlite3_vfs_unregister(&files);
    sqlite3_vfs_register(system_files(), 1);
}

void FaultyFiles::fail_writes(std::uint64_t nth, int code) {
    faults = {};
    faults.failing_from = nth;
    faults.write_code = code;
}

void FaultyFiles::kill_at_write(std::uint64_t nth) {
    faults = {};
    faults.killing_at = nth;
}

void FaultyFiles::fail_locks(int code) {
    faults = {};
    faults.lock_code = code;
}

void FaultyFiles::mend() {
    faults = {};
}

std::uint64_t FaultyFiles::writes() {
    return faults.writes;
}

}  // namespace nearline::rsm
