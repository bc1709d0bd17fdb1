// Makes a pool that draws from the free pool, and takes from ordinary users the right to change it.
#include "sample.h"

static BOOL set_policy(HANDLE session, NTMS_GUID* pool) {
    NTMS_OBJECTINFORMATION object;
    if (!get_object(session, pool, NTMS_MEDIA_POOL, &object)) return FALSE;
    object.Info.MediaPool.AllocationPolicy = NTMS_ALLOCATE_FROMSCRATCH;
    return !failed(TEXT("SetNtmsObjectInformation"),
                   SetNtmsObjectInformation(session, pool, &object));
}

// What is left to those of an entry: to use the pool.
static DWORD restrict_users(PACL list) {
    SID_IDENTIFIER_AUTHORITY authority = {SECURITY_NT_AUTHORITY};
    PSID users = NULL;
    DWORD at, changed = 0;
    if (!AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID,
                                  DOMAIN_ALIAS_RID_USERS, 0, 0, 0, 0, 0, 0, &users)) {
        return 0;
    }
    for (at = 0; at < list->AceCount; ++at) {
        LPVOID entry = NULL;
        ACCESS_ALLOWED_ACE* allowed;
        if (!GetAce(list, at, &entry)) break;
        allowed = (ACCESS_ALLOWED_ACE*)entry;
        if (allowed->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) continue;
        if (!EqualSid(&allowed->SidStart, users)) continue;
        allowed->Mask &= ~(DWORD)(NTMS_MODIFY_ACCESS | NTMS_CONTROL_ACCESS);
        ++changed;
    }
    FreeSid(users);
    return changed;
}

static BOOL set_rights(HANDLE session, NTMS_GUID* pool) {
    DWORD size = 5;
    DWORD error;
    BOOL is_present = FALSE, is_default = FALSE;
    PACL list = NULL;
    PSECURITY_DESCRIPTOR descriptor = malloc(size);
    error = GetNtmsObjectSecurity(session, pool, NTMS_MEDIA_POOL, DACL_SECURITY_INFORMATION,
                                  descriptor, size, &size);
    if (error == ERROR_INSUFFICIENT_BUFFER) {
        free(descriptor);
        descriptor = malloc(size);
        error = GetNtmsObjectSecurity(session, pool, NTMS_MEDIA_POOL, DACL_SECURITY_INFORMATION,
                                      descriptor, size, &size);
    }
    if (failed(TEXT("GetNtmsObjectSecurity"), error)) return FALSE;
    if (!GetSecurityDescriptorDacl(descriptor, &is_present, &list, &is_default) || !is_present) {
        _tprintf(TEXT("the pool has no list of rights\n"));
        return FALSE;
    }
    _tprintf(TEXT("entries: %u, restricted: %u\n"), (unsigned)list->AceCount,
             (unsigned)restrict_users(list));
    error = SetNtmsObjectSecurity(session, pool, NTMS_MEDIA_POOL, DACL_SECURITY_INFORMATION,
                                  descriptor);
    free(descriptor);
    return !failed(TEXT("SetNtmsObjectSecurity"), error);
}

int main(void) {
    NTMS_GUID pool;
    TCHAR name[NTMS_POOLHIERARCHY_LENGTH];
    DWORD size = NTMS_POOLHIERARCHY_LENGTH;
    BOOL is_done;
    HANDLE session = open_session(TEXT("RSM example: create a pool"));
    use_all();
    if (session == INVALID_HANDLE_VALUE) return 1;
    is_done =
        open_pool(session, &pool) && set_policy(session, &pool) && set_rights(session, &pool) &&
        !failed(TEXT("GetNtmsMediaPoolName"), GetNtmsMediaPoolName(session, &pool, name, &size));
    if (is_done) _tprintf(TEXT("pool: %s\n"), name);
    CloseNtmsSession(session);
    return is_done ? 0 : 1;
}
