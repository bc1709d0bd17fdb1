// Walks all pools, and moves the media of the examples' pool that nobody has allocated to the free
// pool.
#include "sample.h"

static void print_pools(HANDLE session, NTMS_GUID* parent, int depth) {
    NTMS_GUID ids[MOST_OBJECTS];
    NTMS_OBJECTINFORMATION object;
    DWORD count = list_objects(session, parent, NTMS_MEDIA_POOL, ids), at;
    if (depth > 8) return;
    for (at = 0; at < count; ++at) {
        if (!get_object(session, &ids[at], NTMS_MEDIA_POOL, &object)) continue;
        _tprintf(TEXT("%*s%s: %u media\n"), depth * 2, TEXT(""), object.szName,
                 (unsigned)object.Info.MediaPool.dwNumberOfPhysicalMedia);
        print_pools(session, &ids[at], depth + 1);
    }
}

// Whether every side of the medium is available.
static BOOL is_free(HANDLE session, NTMS_GUID* medium) {
    NTMS_GUID sides[MOST_OBJECTS];
    NTMS_OBJECTINFORMATION object;
    DWORD count = list_objects(session, medium, NTMS_PARTITION, sides), at;
    for (at = 0; at < count; ++at) {
        if (!get_object(session, &sides[at], NTMS_PARTITION, &object)) return FALSE;
        if (object.Info.Partition.State != NTMS_PARTSTATE_AVAILABLE) return FALSE;
    }
    return TRUE;
}

int main(void) {
    NTMS_GUID pool, free_pool, media[MOST_OBJECTS];
    NTMS_OBJECTINFORMATION object;
    DWORD count, at, moved = 0;
    BOOL is_done;
    HANDLE session = open_session(TEXT("RSM example: move media"));
    use_all();
    if (session == INVALID_HANDLE_VALUE) return 1;
    print_pools(session, NULL, 0);
    is_done = open_pool(session, &pool) && get_object(session, &pool, NTMS_MEDIA_POOL, &object) &&
              find_system_pool(session, NTMS_POOLTYPE_SCRATCH, &object.Info.MediaPool.MediaType,
                               &free_pool);
    if (is_done) {
        count = list_objects(session, &pool, NTMS_PHYSICAL_MEDIA, media);
        for (at = 0; at < count; ++at) {
            if (!is_free(session, &media[at])) continue;
            if (failed(TEXT("MoveToNtmsMediaPool"),
                       MoveToNtmsMediaPool(session, &media[at], &free_pool))) {
                is_done = FALSE;
            } else {
                ++moved;
            }
        }
        _tprintf(TEXT("moved: %u\n"), (unsigned)moved);
    }
    CloseNtmsSession(session);
    return is_done ? 0 : 1;
}
