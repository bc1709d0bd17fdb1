/* An old program: works the Removable Storage Manager through ntmsapi.h alone.
 *
 * usage: rsm_client VERB [NAME [ARGUMENT]]: prints the code the function returned.
 */
#include <ntmsapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static HANDLE session;

static int is_called(const NTMS_GUID* id, DWORD type, const char* name) {
    NTMS_OBJECTINFORMATIONA object = {.dwSize = sizeof(object), .dwType = type};
    if (GetNtmsObjectInformationA(session, (LPNTMS_GUID)id, &object) != ERROR_SUCCESS) return 0;
    return strcmp(object.szName, name) == 0;
}

/* The object of that type in `container` (NULL: anywhere), or the first when name is NULL. */
static int find(DWORD type, LPNTMS_GUID container, const char* name, NTMS_GUID* found) {
    NTMS_GUID ids[256];
    DWORD count = 256, at;
    if (EnumerateNtmsObject(session, container, ids, &count, type, 0) != ERROR_SUCCESS) return 0;
    for (at = 0; at < count; ++at) {
        if (name == NULL || is_called(&ids[at], type, name)) {
            *found = ids[at];
            return 1;
        }
    }
    return 0;
}

static NTMS_GUID object(DWORD type, LPNTMS_GUID container, const char* name) {
    NTMS_GUID found;
    if (!find(type, container, name, &found)) {
        fprintf(stderr, "no object of type %u called %s\n", (unsigned)type, name ? name : "any");
        exit(3);
    }
    return found;
}

/* The free pool of a medium's own type: the system keeps one for each type it has media of. */
static NTMS_GUID free_pool_of(NTMS_GUID* media) {
    NTMS_OBJECTINFORMATIONA about = {.dwSize = sizeof(about), .dwType = NTMS_PHYSICAL_MEDIA};
    NTMS_GUID type, ids[64];
    NTMS_GUID top = object(NTMS_MEDIA_POOL, NULL, "Free");
    DWORD count = 64, at;
    if (GetNtmsObjectInformationA(session, media, &about) != ERROR_SUCCESS) exit(3);
    type = about.Info.PhysicalMedia.MediaType;
    if (EnumerateNtmsObject(session, &top, ids, &count, NTMS_MEDIA_POOL, 0) != ERROR_SUCCESS)
        exit(3);
    for (at = 0; at < count; ++at) {
        NTMS_OBJECTINFORMATIONA pool = {.dwSize = sizeof(pool), .dwType = NTMS_MEDIA_POOL};
        if (GetNtmsObjectInformationA(session, &ids[at], &pool) == ERROR_SUCCESS &&
            memcmp(&pool.Info.MediaPool.MediaType, &type, sizeof(type)) == 0)
            return ids[at];
    }
    fprintf(stderr, "no free pool of that type\n");
    exit(3);
}

static DWORD allocate(const char* pool_name, const char* media_name) {
    NTMS_GUID pool = object(NTMS_MEDIA_POOL, NULL, pool_name);
    NTMS_GUID media = object(NTMS_PHYSICAL_MEDIA, NULL, media_name);
    NTMS_GUID side = object(NTMS_PARTITION, &media, NULL);
    NTMS_GUID logical = {0};
    return AllocateNtmsMedia(session, &pool, &side, &logical, NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE, 0,
                             NULL);
}

static NTMS_GUID logical_of(const char* media_name) {
    NTMS_GUID media = object(NTMS_PHYSICAL_MEDIA, NULL, media_name);
    NTMS_GUID side = object(NTMS_PARTITION, &media, NULL);
    return object(NTMS_LOGICAL_MEDIA, &side, NULL);
}

static DWORD create_pool(const char* name) {
    NTMS_GUID type = object(NTMS_MEDIA_TYPE, NULL, "LTO_Ultrium");
    NTMS_GUID pool;
    return CreateNtmsMediaPoolA(session, (LPSTR)name, &type, NTMS_CREATE_NEW, NULL, &pool);
}

static DWORD move_to_pool(const char* media_name, const char* pool_name) {
    NTMS_GUID media = object(NTMS_PHYSICAL_MEDIA, NULL, media_name);
    NTMS_GUID pool = strcmp(pool_name, "Free") == 0 ? free_pool_of(&media)
                                                    : object(NTMS_MEDIA_POOL, NULL, pool_name);
    return MoveToNtmsMediaPool(session, &media, &pool);
}

static DWORD eject(const char* media_name) {
    NTMS_GUID media = object(NTMS_PHYSICAL_MEDIA, NULL, media_name);
    NTMS_GUID operation = {0};
    return EjectNtmsMedia(session, &media, &operation, NTMS_EJECT_START);
}

static DWORD delete_media(const char* media_name) {
    NTMS_GUID media = object(NTMS_PHYSICAL_MEDIA, NULL, media_name);
    return DeleteNtmsMedia(session, &media);
}

static DWORD run(const char* verb, const char* name, const char* argument) {
    if (strcmp(verb, "createpool") == 0) return create_pool(name);
    if (strcmp(verb, "move") == 0) return move_to_pool(name, argument);
    if (strcmp(verb, "allocate") == 0) return allocate(argument, name);
    if (strcmp(verb, "eject") == 0) return eject(name);
    if (strcmp(verb, "delete") == 0) return delete_media(name);
    if (strcmp(verb, "complete") == 0) {
        NTMS_GUID logical = logical_of(name);
        return SetNtmsMediaComplete(session, &logical);
    }
    if (strcmp(verb, "deallocate") == 0) {
        NTMS_GUID logical = logical_of(name);
        return DeallocateNtmsMedia(session, &logical, 0);
    }
    if (strcmp(verb, "inventory") == 0) {
        NTMS_GUID library = object(NTMS_LIBRARY, NULL, name);
        return InventoryNtmsLibrary(session, &library, NTMS_INVENTORY_FAST);
    }
    if (strcmp(verb, "exists") == 0) {
        NTMS_GUID found;
        return find(NTMS_PHYSICAL_MEDIA, NULL, name, &found) ? ERROR_SUCCESS
                                                             : ERROR_OBJECT_NOT_FOUND;
    }
    exit(2);
}

int main(int count, char** words) {
    if (count < 2) return 2;
    session = OpenNtmsSession(NULL, "rsm_client", 0);
    if (session == INVALID_HANDLE_VALUE) {
        fprintf(stderr, "no session: error %u\n", (unsigned)GetLastError());
        return 3;
    }
    printf("%u\n",
           (unsigned)run(words[1], count > 2 ? words[2] : "", count > 3 ? words[3] : ""));
    return CloseNtmsSession(session) == ERROR_SUCCESS ? 0 : 3;
}
