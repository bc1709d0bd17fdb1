// What the examples have in common: complaints, lists of objects, and what is known of one.
#pragma once

#include <ntmsapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tchar.h>

#define MOST_OBJECTS 512

// Says what failed; returns whether anything did.
static BOOL failed(const TCHAR* what, DWORD error) {
    TCHAR text[128];
    if (error == ERROR_SUCCESS) return FALSE;
    FormatMessage(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, text,
                  128, NULL);
    _tprintf(TEXT("%s: %s\n"), what, text);
    return TRUE;
}

static HANDLE open_session(const TCHAR* application) {
    HANDLE session = OpenNtmsSession(TEXT(""), application, 0);
    if (session == INVALID_HANDLE_VALUE) failed(TEXT("OpenNtmsSession"), GetLastError());
    return session;
}

// The ids in a container, as many as fit; how many there are.
static DWORD list_objects(HANDLE session, NTMS_GUID* container, DWORD type, NTMS_GUID* ids) {
    DWORD count = MOST_OBJECTS;
    DWORD error = EnumerateNtmsObject(session, container, ids, &count, type, 0);
    if (error == ERROR_INSUFFICIENT_BUFFER) return MOST_OBJECTS;
    return failed(TEXT("EnumerateNtmsObject"), error) ? 0 : count;
}

static BOOL get_object(HANDLE session, NTMS_GUID* id, DWORD type, NTMS_OBJECTINFORMATION* object) {
    memset(object, 0, sizeof(*object));
    object->dwSize = sizeof(*object);
    object->dwType = type;
    return !failed(TEXT("GetNtmsObjectInformation"), GetNtmsObjectInformation(session, id, object));
}

// The first library that a robot serves.
static BOOL find_library(HANDLE session, NTMS_GUID* library) {
    NTMS_GUID ids[MOST_OBJECTS];
    NTMS_OBJECTINFORMATION object;
    DWORD count = list_objects(session, NULL, NTMS_LIBRARY, ids), at;
    for (at = 0; at < count; ++at) {
        if (!get_object(session, &ids[at], NTMS_LIBRARY, &object)) return FALSE;
        if (object.Info.Library.LibraryType != NTMS_LIBRARYTYPE_ONLINE) continue;
        *library = ids[at];
        return TRUE;
    }
    _tprintf(TEXT("there is no library\n"));
    return FALSE;
}

// The first kind of media that the library takes and that can be written again and again.
static BOOL find_media_type(HANDLE session, NTMS_GUID* library, NTMS_GUID* type) {
    NTMS_GUID ids[MOST_OBJECTS];
    NTMS_OBJECTINFORMATION object;
    DWORD count = list_objects(session, library, NTMS_MEDIA_TYPE, ids), at;
    for (at = 0; at < count; ++at) {
        if (!get_object(session, &ids[at], NTMS_MEDIA_TYPE, &object)) return FALSE;
        if (object.Info.MediaType.ReadWriteCharacteristics != NTMS_MEDIARW_REWRITABLE) continue;
        *type = ids[at];
        return TRUE;
    }
    _tprintf(TEXT("the library takes no media that can be written\n"));
    return FALSE;
}

// The child of a pool (of none: a pool at the top) that has this pool type and media type.
static BOOL find_system_pool(HANDLE session, DWORD pool_type, NTMS_GUID* media_type,
                             NTMS_GUID* pool) {
    NTMS_GUID tops[MOST_OBJECTS], ids[MOST_OBJECTS];
    NTMS_OBJECTINFORMATION object;
    DWORD top_count = list_objects(session, NULL, NTMS_MEDIA_POOL, tops), top, count, at;
    for (top = 0; top < top_count; ++top) {
        if (!get_object(session, &tops[top], NTMS_MEDIA_POOL, &object)) return FALSE;
        if (object.Info.MediaPool.PoolType != pool_type) continue;
        count = list_objects(session, &tops[top], NTMS_MEDIA_POOL, ids);
        for (at = 0; at < count; ++at) {
            if (!get_object(session, &ids[at], NTMS_MEDIA_POOL, &object)) return FALSE;
            if (memcmp(&object.Info.MediaPool.MediaType, media_type, sizeof(GUID)) != 0) continue;
            *pool = ids[at];
            return TRUE;
        }
    }
    return FALSE;
}

// The pool that the examples share: "Examples\Tapes", opened or made.
static BOOL open_pool(HANDLE session, NTMS_GUID* pool) {
    NTMS_GUID library, type, parent;
    if (!find_library(session, &library)) return FALSE;
    if (!find_media_type(session, &library, &type)) return FALSE;
    if (failed(TEXT("CreateNtmsMediaPool"), CreateNtmsMediaPool(session, TEXT("Examples"), NULL,
                                                                NTMS_OPEN_ALWAYS, NULL, &parent))) {
        return FALSE;
    }
    return !failed(
        TEXT("CreateNtmsMediaPool"),
        CreateNtmsMediaPool(session, TEXT("Examples\\Tapes"), &type, NTMS_OPEN_ALWAYS, NULL, pool));
}

// Keeps the compiler from minding what an example does not need.
static void use_all(void) {
    (void)open_session;
    (void)find_system_pool;
    (void)open_pool;
}
