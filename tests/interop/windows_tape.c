/* A program that works a tape drive as on Windows: the calls of winbase.h on \\.\Tape0, which has a
 * cartridge in it. Prints what is not as it should be. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static int failures = 0;

static void expect(int is_so, const char* what) {
    if (is_so) return;
    ++failures;
    printf("expected: %s (last error %u)\n", what, (unsigned)GetLastError());
}

static DWORD block_now(HANDLE tape) {
    DWORD partition = 0, low = 0xFFFFFFFF, high = 0;
    DWORD error = GetTapePosition(tape, TAPE_ABSOLUTE_POSITION, &partition, &low, &high);
    expect(error == NO_ERROR && partition == 0 && high == 0, "a position");
    return low;
}

static BOOL write_block(HANDLE tape, const char* text) {
    DWORD count = 0;
    return WriteFile(tape, text, (DWORD)strlen(text), &count, NULL) && count == strlen(text);
}

/* The error of a read of at most `size` bytes; what was read is in `text`. */
static DWORD read_block(HANDLE tape, char* text, DWORD size) {
    DWORD count = 0;
    BOOL is_done = ReadFile(tape, text, size, &count, NULL);
    text[count] = 0;
    return is_done ? NO_ERROR : GetLastError();
}

static DWORD go(HANDLE tape, DWORD method, LONG offset) {
    return SetTapePosition(tape, method, 0, (DWORD)offset, offset < 0 ? 0xFFFFFFFF : 0, FALSE);
}

static void ask_parameters(HANDLE tape) {
    TAPE_GET_MEDIA_PARAMETERS media;
    TAPE_GET_DRIVE_PARAMETERS drive;
    TAPE_SET_MEDIA_PARAMETERS variable = {0};
    DWORD size = sizeof(media);
    expect(SetTapeParameters(tape, SET_TAPE_MEDIA_INFORMATION, &variable) == NO_ERROR,
           "variable blocks");
    expect(GetTapeParameters(tape, GET_TAPE_MEDIA_INFORMATION, &size, &media) == NO_ERROR,
           "parameters of the medium");
    expect(media.BlockSize == 0, "variable blocks, as set");
    expect(media.Capacity.QuadPart > 1000000 && media.Remaining.QuadPart > 0, "its capacity");
    expect(!media.WriteProtected, "that it can be written");
    size = 1;
    expect(GetTapeParameters(tape, GET_TAPE_MEDIA_INFORMATION, &size, &media) == ERROR_MORE_DATA,
           "no room for parameters");
    expect(size == sizeof(media), "the room they need");
    size = sizeof(drive);
    expect(GetTapeParameters(tape, GET_TAPE_DRIVE_INFORMATION, &size, &drive) == NO_ERROR,
           "parameters of the drive");
    expect(drive.MaximumBlockSize >= 65536 && drive.MinimumBlockSize == 1, "its block limits");
}

static void write_files(HANDLE tape) {
    expect(go(tape, TAPE_REWIND, 0) == NO_ERROR, "a rewind");
    expect(write_block(tape, "first") && write_block(tape, "second"), "two blocks written");
    expect(WriteTapemark(tape, TAPE_FILEMARKS, 1, FALSE) == NO_ERROR, "a filemark");
    expect(write_block(tape, "third"), "a third block");
    expect(WriteTapemark(tape, TAPE_FILEMARKS, 1, TRUE) == NO_ERROR, "another filemark");
    expect(FlushFileBuffers(tape), "a flush");
    expect(block_now(tape) == 5, "the position behind five objects");
}

static void read_files(HANDLE tape) {
    char text[64];
    expect(go(tape, TAPE_REWIND, 0) == NO_ERROR, "a rewind");
    expect(read_block(tape, text, 63) == NO_ERROR && strcmp(text, "first") == 0, "first");
    expect(read_block(tape, text, 2) == ERROR_MORE_DATA, "a block longer than the buffer");
    expect(read_block(tape, text, 63) == ERROR_FILEMARK_DETECTED, "the filemark");
    expect(read_block(tape, text, 63) == NO_ERROR && strcmp(text, "third") == 0, "third");
    expect(read_block(tape, text, 63) == ERROR_FILEMARK_DETECTED, "the last filemark");
    expect(read_block(tape, text, 63) == ERROR_NO_DATA_DETECTED, "the end of the data");
}

static void move_about(HANDLE tape) {
    char text[64];
    expect(go(tape, TAPE_LOGICAL_BLOCK, 1) == NO_ERROR, "block 1");
    expect(read_block(tape, text, 63) == NO_ERROR && strcmp(text, "second") == 0, "second");
    expect(go(tape, TAPE_SPACE_RELATIVE_BLOCKS, -2) == NO_ERROR, "two blocks back");
    expect(block_now(tape) == 0, "the beginning");
    expect(go(tape, TAPE_SPACE_FILEMARKS, 1) == NO_ERROR && block_now(tape) == 3, "a filemark on");
    expect(go(tape, TAPE_SPACE_END_OF_DATA, 0) == NO_ERROR && block_now(tape) == 5, "the end");
    expect(go(tape, TAPE_SPACE_SEQUENTIAL_FMKS, 1) == ERROR_NOT_SUPPORTED, "no sequential marks");
    expect(go(tape, 77, 1) == ERROR_INVALID_PARAMETER, "no such method");
    expect(go(tape, TAPE_ABSOLUTE_BLOCK, 0) == NO_ERROR, "block 0");
    expect(EraseTape(tape, TAPE_ERASE_LONG, FALSE) == NO_ERROR, "an erased tape");
    expect(read_block(tape, text, 63) == ERROR_NO_DATA_DETECTED, "nothing on it");
}

int main(void) {
    PREVENT_MEDIA_REMOVAL removal = {1};
    DWORD returned = 7;
    HANDLE tape = CreateFile("\\\\.\\Tape0", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                             FILE_ATTRIBUTE_NORMAL, NULL);
    expect(tape != INVALID_HANDLE_VALUE, "an open drive");
    if (tape == INVALID_HANDLE_VALUE) return 1;
    expect(CreateFile("\\\\.\\Tape0", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) ==
                   INVALID_HANDLE_VALUE &&
               GetLastError() == ERROR_SHARING_VIOLATION,
           "one user at a time");
    expect(GetTapeStatus(tape) == NO_ERROR, "a drive that is ready");
    ask_parameters(tape);
    write_files(tape);
    read_files(tape);
    move_about(tape);
    expect(DeviceIoControl(tape, IOCTL_STORAGE_CHECK_VERIFY, NULL, 0, NULL, 0, &returned, NULL),
           "a medium that is there");
    expect(returned == 0, "no bytes");
    expect(DeviceIoControl(tape, IOCTL_STORAGE_MEDIA_REMOVAL, &removal, sizeof(removal), NULL, 0,
                           NULL, NULL),
           "a locked drive");
    expect(PrepareTape(tape, TAPE_UNLOCK, FALSE) == NO_ERROR, "an unlocked drive");
    expect(!DeviceIoControl(tape, 0x12345678, NULL, 0, NULL, 0, NULL, NULL), "no such control");
    expect(PrepareTape(tape, TAPE_UNLOAD, FALSE) == NO_ERROR, "an unloaded drive");
    expect(GetTapeStatus(tape) != NO_ERROR, "no medium that is ready");
    expect(PrepareTape(tape, TAPE_LOAD, FALSE) == NO_ERROR, "a loaded drive");
    expect(GetTapeStatus(tape) == NO_ERROR, "a drive that is ready again");
    expect(PrepareTape(tape, TAPE_FORMAT, FALSE) == ERROR_NOT_SUPPORTED, "no format");
    expect(CloseHandle(tape), "a closed drive");
    tape = CreateFile("\\\\.\\Tape1", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    expect(tape != INVALID_HANDLE_VALUE, "an open drive without a cartridge");
    expect(GetTapeStatus(tape) == ERROR_NO_MEDIA_IN_DRIVE, "no medium");
    CloseHandle(tape);
    if (failures == 0) printf("all as it should be\n");
    return failures;
}
