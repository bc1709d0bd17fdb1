// Listens to what happens to pools while another thread makes one.
#include "sample.h"

static DWORD WINAPI make_pool(LPVOID parameter) {
    HANDLE session = (HANDLE)parameter;
    NTMS_GUID pool;
    DWORD error = CreateNtmsMediaPool(session, TEXT("Watched"), NULL, NTMS_CREATE_NEW, NULL, &pool);
    if (error != ERROR_SUCCESS) return error;
    return DeleteNtmsMediaPool(session, &pool);
}

// Until the pool has come and gone.
static BOOL listen_to(HANDLE notification) {
    NTMS_NOTIFICATIONINFORMATION information;
    DWORD error;
    int inserted = 0, deleted = 0, heard;
    for (heard = 0; heard < 64 && !(inserted && deleted); ++heard) {
        error = WaitForNtmsNotification(notification, &information, 60000);
        if (failed(TEXT("WaitForNtmsNotification"), error)) return FALSE;
        if (information.dwOperation == NTMS_OBJ_INSERT) ++inserted;
        if (information.dwOperation == NTMS_OBJ_DELETE) ++deleted;
    }
    _tprintf(TEXT("inserted: %d, deleted: %d\n"), inserted, deleted);
    return inserted > 0 && deleted > 0;
}

int main(void) {
    HANDLE notification, thread;
    DWORD outcome = 0;
    BOOL is_done;
    HANDLE session = open_session(TEXT("RSM example: watch"));
    use_all();
    if (session == INVALID_HANDLE_VALUE) return 1;
    notification = OpenNtmsNotification(session, NTMS_MEDIA_POOL);
    if (notification == INVALID_HANDLE_VALUE) {
        failed(TEXT("OpenNtmsNotification"), GetLastError());
        CloseNtmsSession(session);
        return 1;
    }
    thread = CreateThread(NULL, 0, make_pool, session, 0, NULL);
    is_done = listen_to(notification);
    WaitForSingleObject(thread, INFINITE);
    if (GetExitCodeThread(thread, &outcome) && failed(TEXT("the other thread"), outcome)) {
        is_done = FALSE;
    }
    CloseHandle(thread);
    // The samples of old pass the address; this must be found out, and is no harm.
    if (CloseNtmsNotification(&notification) != ERROR_INVALID_HANDLE) is_done = FALSE;
    if (failed(TEXT("CloseNtmsNotification"), CloseNtmsNotification(notification))) is_done = FALSE;
    CloseNtmsSession(session);
    return is_done ? 0 : 1;
}
