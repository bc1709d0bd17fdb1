// Gives up every logical medium of the examples' pool.
#include "sample.h"

int main(void) {
    NTMS_GUID pool, media[MOST_OBJECTS];
    DWORD count, at;
    BOOL is_done = TRUE;
    HANDLE session = open_session(TEXT("RSM example: deallocate"));
    use_all();
    if (session == INVALID_HANDLE_VALUE) return 1;
    if (!open_pool(session, &pool)) {
        CloseNtmsSession(session);
        return 1;
    }
    count = list_objects(session, &pool, NTMS_LOGICAL_MEDIA, media);
    for (at = 0; at < count; ++at) {
        is_done &=
            !failed(TEXT("DeallocateNtmsMedia"), DeallocateNtmsMedia(session, &media[at], 0));
    }
    _tprintf(TEXT("deallocated: %u\n"), (unsigned)count);
    CloseNtmsSession(session);
    return is_done ? 0 : 1;
}
