// Allocates a medium, mounts it, writes a label on it, tells RSM of the label, and dismounts.
#include "sample.h"

// The label that RSM's own samples write in the first block. On tape, text has 16 bits a character.
typedef struct {
    WCHAR type[24];
    WCHAR version[5];
    WCHAR vendor[22];
    WCHAR time_stamp[20];
    WCHAR application[15];
    WCHAR tape_name[128];
    WCHAR media_id[39];
} Label;

static void put(WCHAR* field, size_t size, const WCHAR* text) {
    NearlineWcsncpy(field, text, size);
}

static void make_label(NTMS_GUID* id, Label* label) {
    memset(label, 0, sizeof(*label));
    put(label->type, 24, NEARLINE_WIDE("Simple Tape Label (STL)"));
    put(label->version, 5, NEARLINE_WIDE("2.60"));
    put(label->vendor, 22, NEARLINE_WIDE("Microsoft Corporation"));
    put(label->application, 15, NEARLINE_WIDE("RSM Sample App"));
    put(label->tape_name, 128, NEARLINE_WIDE("an example"));
    StringFromGUID2(*id, label->media_id, 39);
}

static BOOL write_label(const TCHAR* device, Label* label) {
    DWORD written = 0;
    BOOL is_written;
    HANDLE tape = CreateFile(device, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (tape == INVALID_HANDLE_VALUE) return !failed(device, GetLastError());
    if (failed(TEXT("SetTapePosition"), SetTapePosition(tape, TAPE_REWIND, 0, 0, 0, FALSE))) {
        CloseHandle(tape);
        return FALSE;
    }
    is_written = WriteFile(tape, label, sizeof(*label), &written, NULL);
    if (!is_written) failed(TEXT("WriteFile"), GetLastError());
    if (is_written) {
        is_written = !failed(TEXT("WriteTapemark"), WriteTapemark(tape, TAPE_FILEMARKS, 1, FALSE));
    }
    CloseHandle(tape);
    return is_written;
}

// Reads the label back, up to the filemark behind it.
static BOOL check_label(const TCHAR* device, Label* label) {
    Label found;
    DWORD got = 0, error;
    HANDLE tape = CreateFile(device, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (tape == INVALID_HANDLE_VALUE) return !failed(device, GetLastError());
    error = SetTapePosition(tape, TAPE_REWIND, 0, 0, 0, FALSE);
    if (error == ERROR_SUCCESS && !ReadFile(tape, &found, sizeof(found), &got, NULL)) {
        error = GetLastError();
    }
    if (error == ERROR_SUCCESS && !ReadFile(tape, &found, sizeof(found), &got, NULL)) {
        error = GetLastError() == ERROR_FILEMARK_DETECTED ? ERROR_SUCCESS : GetLastError();
    }
    CloseHandle(tape);
    if (failed(TEXT("ReadFile"), error)) return FALSE;
    if (memcmp(&found, label, sizeof(found)) == 0) return TRUE;
    _tprintf(TEXT("the label is not what was written\n"));
    return FALSE;
}

static BOOL label_medium(HANDLE session, NTMS_GUID* medium) {
    NTMS_GUID drive;
    NTMS_OBJECTINFORMATION object;
    Label label;
    BOOL is_done;
    if (failed(TEXT("MountNtmsMedia"),
               MountNtmsMedia(session, medium, &drive, 1, NTMS_MOUNT_ERROR_NOT_AVAILABLE,
                              NTMS_PRIORITY_NORMAL, INFINITE, NULL))) {
        return FALSE;
    }
    make_label(medium, &label);
    is_done = get_object(session, &drive, NTMS_DRIVE, &object) &&
              write_label(object.Info.Drive.szDeviceName, &label) &&
              check_label(object.Info.Drive.szDeviceName, &label) &&
              !failed(TEXT("UpdateNtmsOmidInfo"),
                      UpdateNtmsOmidInfo(session, medium, NTMS_OMID_TYPE_RAW_LABEL, sizeof(label),
                                         &label));
    if (failed(TEXT("DismountNtmsMedia"), DismountNtmsMedia(session, medium, 1, 0))) return FALSE;
    return is_done;
}

int main(void) {
    NTMS_GUID pool, medium;
    BOOL is_done = FALSE;
    HANDLE session = open_session(TEXT("RSM example: write a label"));
    use_all();
    if (session == INVALID_HANDLE_VALUE) return 1;
    if (open_pool(session, &pool) &&
        !failed(
            TEXT("AllocateNtmsMedia"),
            AllocateNtmsMedia(session, &pool, NULL, &medium,
                              NTMS_ALLOCATE_NEW | NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE, 0, NULL))) {
        is_done = label_medium(session, &medium);
    }
    if (is_done) _tprintf(TEXT("labelled\n"));
    CloseNtmsSession(session);
    return is_done ? 0 : 1;
}
