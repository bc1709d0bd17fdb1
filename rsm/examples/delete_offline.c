// Finds the library where media are that are in none, and deletes what nobody has allocated there.
#include "sample.h"

static BOOL find_offline_library(HANDLE session, NTMS_GUID* library) {
    NTMS_GUID ids[MOST_OBJECTS];
    NTMS_OBJECTINFORMATION object;
    DWORD count = list_objects(session, NULL, NTMS_LIBRARY, ids), at;
    for (at = 0; at < count; ++at) {
        if (!get_object(session, &ids[at], NTMS_LIBRARY, &object)) continue;
        if (object.Info.Library.LibraryType != NTMS_LIBRARYTYPE_OFFLINE) continue;
        if (object.Info.Library.dwFlags != NTMS_LIBRARYFLAG_FIXEDOFFLINE) continue;
        *library = ids[at];
        return TRUE;
    }
    _tprintf(TEXT("there is no offline library\n"));
    return FALSE;
}

int main(void) {
    NTMS_GUID library, media[MOST_OBJECTS];
    NTMS_OBJECTINFORMATION object;
    DWORD count, at, error, deleted = 0, kept = 0;
    HANDLE session = open_session(TEXT("RSM example: delete offline media"));
    use_all();
    if (session == INVALID_HANDLE_VALUE) return 1;
    if (!find_offline_library(session, &library)) {
        CloseNtmsSession(session);
        return 1;
    }
    count = list_objects(session, &library, NTMS_PHYSICAL_MEDIA, media);
    for (at = 0; at < count; ++at) {
        if (!get_object(session, &media[at], NTMS_PHYSICAL_MEDIA, &object)) continue;
        error = DeleteNtmsMedia(session, &media[at]);
        if (error == ERROR_SUCCESS) {
            _tprintf(TEXT("deleted %s\n"), object.szName);
            ++deleted;
        } else {
            // Allocated, complete or reserved, or found in a library after all.
            failed(object.szName, error);
            ++kept;
        }
    }
    _tprintf(TEXT("deleted: %u, kept: %u\n"), (unsigned)deleted, (unsigned)kept);
    CloseNtmsSession(session);
    return 0;
}
