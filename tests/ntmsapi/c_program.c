/* A C11 program against libntmsapi.so and its headers alone: it links every function, and asks a
 * service that is not there. */
#define UNICODE
#include <ntmsapi.h>
#include <ntmsmli.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(NTMS_OBJECTINFORMATION) == 1408, "UNICODE chooses the W form");
_Static_assert(sizeof(WCHAR) == 2, "UTF-16");
_Static_assert(NTMS_POOLTYPE_APPLICATION == 0x3E8, "pool type");

/* Declared and exported: all of them. */
typedef void (*Function)(void);
static const Function kFunctions[] = {
    (Function)AccessNtmsLibraryDoor,
    (Function)AddNtmsMediaType,
    (Function)AllocateNtmsMedia,
    (Function)BeginNtmsDeviceChangeDetection,
    (Function)CancelNtmsLibraryRequest,
    (Function)CancelNtmsOperatorRequest,
    (Function)ChangeNtmsMediaType,
    (Function)CleanNtmsDrive,
    (Function)CloseNtmsNotification,
    (Function)CloseNtmsSession,
    (Function)CreateNtmsMediaA,
    (Function)CreateNtmsMediaPoolA,
    (Function)CreateNtmsMediaPoolW,
    (Function)CreateNtmsMediaW,
    (Function)DeallocateNtmsMedia,
    (Function)DecommissionNtmsMedia,
    (Function)DeleteNtmsDrive,
    (Function)DeleteNtmsLibrary,
    (Function)DeleteNtmsMedia,
    (Function)DeleteNtmsMediaPool,
    (Function)DeleteNtmsMediaType,
    (Function)DeleteNtmsRequests,
    (Function)DisableNtmsObject,
    (Function)DismountNtmsDrive,
    (Function)DismountNtmsMedia,
    (Function)EjectDiskFromSADriveA,
    (Function)EjectDiskFromSADriveW,
    (Function)EjectNtmsCleaner,
    (Function)EjectNtmsMedia,
    (Function)EnableNtmsObject,
    (Function)EndNtmsDeviceChangeDetection,
    (Function)EnumerateNtmsObject,
    (Function)ExportNtmsDatabase,
    (Function)GetLastError,
    (Function)GetNtmsMediaPoolNameA,
    (Function)GetNtmsMediaPoolNameW,
    (Function)GetNtmsObjectAttributeA,
    (Function)GetNtmsObjectAttributeW,
    (Function)GetNtmsObjectInformationA,
    (Function)GetNtmsObjectInformationW,
    (Function)GetNtmsObjectSecurity,
    (Function)GetNtmsRequestOrder,
    (Function)GetNtmsUIOptionsA,
    (Function)GetNtmsUIOptionsW,
    (Function)GetVolumesFromDriveA,
    (Function)GetVolumesFromDriveW,
    (Function)IdentifyNtmsSlot,
    (Function)ImportNtmsDatabase,
    (Function)InjectNtmsCleaner,
    (Function)InjectNtmsMedia,
    (Function)InventoryNtmsLibrary,
    (Function)MountNtmsMedia,
    (Function)MoveToNtmsMediaPool,
    (Function)OpenNtmsNotification,
    (Function)OpenNtmsSessionA,
    (Function)OpenNtmsSessionW,
    (Function)ReleaseNtmsCleanerSlot,
    (Function)ReserveNtmsCleanerSlot,
    (Function)SatisfyNtmsOperatorRequest,
    (Function)SetLastError,
    (Function)SetNtmsDeviceChangeDetection,
    (Function)SetNtmsMediaComplete,
    (Function)SetNtmsObjectAttributeA,
    (Function)SetNtmsObjectAttributeW,
    (Function)SetNtmsObjectInformationA,
    (Function)SetNtmsObjectInformationW,
    (Function)SetNtmsObjectSecurity,
    (Function)SetNtmsRequestOrder,
    (Function)SetNtmsUIOptionsA,
    (Function)SetNtmsUIOptionsW,
    (Function)SubmitNtmsOperatorRequestA,
    (Function)SubmitNtmsOperatorRequestW,
    (Function)SwapNtmsMedia,
    (Function)UpdateNtmsOmidInfo,
    (Function)WaitForNtmsNotification,
    (Function)WaitForNtmsOperatorRequest,
};

static int failures = 0;

static void expect(int is_so, const char* what) {
    if (is_so) return;
    ++failures;
    printf("expected: %s\n", what);
}

int main(void) {
    NTMS_GUID id = NTMS_NULLGUID;
    DWORD count = 5;
    HANDLE session = OpenNtmsSession(TEXT("unix:/nowhere/rsm.sock"), TEXT("C program"), 0);
    expect(session == INVALID_HANDLE_VALUE, "no session without a service");
    expect(GetLastError() == ERROR_NOT_CONNECTED, "ERROR_NOT_CONNECTED");
    SetLastError(ERROR_BUSY);
    expect(GetLastError() == ERROR_BUSY, "what was set last");
    expect(NTMS_IS_NULLGUID(id), "a null GUID");
    expect(EnumerateNtmsObject(session, NULL, &id, &count, NTMS_LIBRARY, NTMS_ENUM_DEFAULT) ==
               ERROR_INVALID_HANDLE,
           "ERROR_INVALID_HANDLE");
    expect(DeleteNtmsMedia(NULL, &id) == ERROR_INVALID_HANDLE, "ERROR_INVALID_HANDLE for NULL");
    expect(CloseNtmsNotification(&session) == ERROR_INVALID_HANDLE, "no handle, not touched");
    expect(OpenNtmsNotification(NULL, NTMS_DRIVE) == INVALID_HANDLE_VALUE, "no session");
    expect(GetLastError() == ERROR_INVALID_HANDLE, "and why");
    for (size_t at = 0; at < sizeof(kFunctions) / sizeof(kFunctions[0]); ++at) {
        expect(kFunctions[at] != NULL, "every function");
    }
    return failures;
}
