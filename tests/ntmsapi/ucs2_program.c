/* A C program with text of 16 bits, L"so written", as programs for Windows are: compiled with
 * -fshort-wchar and UNICODE. Sizes are those of the structures' description for 64 bits. */
#include <NtmsApi.h>
#include <ntmsmli.h>
#include <stdio.h>
#include <strsafe.h>
#include <tchar.h>
#include <wchar.h>

#define SIZE_IS(type, size) _Static_assert(sizeof(type) == (size), #type)

SIZE_IS(WCHAR, 2);
SIZE_IS(wchar_t, 2);
SIZE_IS(NTMS_OBJECTINFORMATION, 1408);
SIZE_IS(NTMS_OBJECTINFORMATIONA, 896);
SIZE_IS(NTMS_LIBRARYINFORMATION, 128);
SIZE_IS(NTMS_CHANGERINFORMATION, 300);
SIZE_IS(NTMS_CHANGERTYPEINFORMATION, 516);
SIZE_IS(NTMS_DRIVEINFORMATION, 360);
SIZE_IS(NTMS_DRIVETYPEINFORMATION, 520);
SIZE_IS(NTMS_STORAGESLOTINFORMATION, 24);
SIZE_IS(NTMS_IEDOORINFORMATION, 28);
SIZE_IS(NTMS_IEPORTINFORMATION, 32);
SIZE_IS(NTMS_PMIDINFORMATION, 312);
SIZE_IS(NTMS_PARTITIONINFORMATION, 960);
SIZE_IS(NTMS_LMIDINFORMATION, 20);
SIZE_IS(NTMS_MEDIAPOOLINFORMATION, 60);
SIZE_IS(NTMS_MEDIATYPEINFORMATION, 16);
SIZE_IS(NTMS_LIBREQUESTINFORMATION, 532);
SIZE_IS(NTMS_OPREQUESTINFORMATION, 960);
SIZE_IS(NTMS_COMPUTERINFORMATION, 20);
SIZE_IS(NTMS_NOTIFICATIONINFORMATION, 20);
SIZE_IS(NTMS_ALLOCATION_INFORMATION, 32);
SIZE_IS(NTMS_MOUNT_INFORMATION, 16);
SIZE_IS(NTMS_ASYNC_IO, 64);
SIZE_IS(NTMS_FILESYSTEM_INFO, 644);
SIZE_IS(MediaLabelInfo, 900);
SIZE_IS(SECURITY_DESCRIPTOR, 40);
SIZE_IS(SECURITY_DESCRIPTOR_RELATIVE, 20);
SIZE_IS(ACL, 8);
SIZE_IS(ACCESS_ALLOWED_ACE, 12);
SIZE_IS(TAPE_GET_MEDIA_PARAMETERS, 32);
SIZE_IS(TAPE_GET_DRIVE_PARAMETERS, 32);

int main(void) {
    WCHAR text[32];
    int failures = 0;
    NTMS_GUID id = NTMS_NULLGUID;
    HANDLE session = OpenNtmsSession(L"unix:/nowhere/rsm.sock", L"A program of old", 0);
    failures += session != INVALID_HANDLE_VALUE;
    failures += GetLastError() != ERROR_NOT_CONNECTED;
    failures += CloseNtmsSession(&session) != ERROR_INVALID_HANDLE;
    failures += StringCchCopyW(text, 32, L"Simple Tape Label") != S_OK;
    failures += StringCchCatW(text, 32, L" (STL)") != S_OK;
    failures += wcsncmp(text, L"Simple Tape Label (STL)", 23) != 0;
    failures += wcslen(text) != 23;
    failures += wprintf(L"%s: %d, %S\n", text, NTMS_IS_NULLGUID(id), "bytes") != 34;
    return failures;
}
