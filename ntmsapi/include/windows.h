// As much of Windows as ntmsapi.h needs, for programs written against it: base types with the sizes
// they have there, text macros, last error, error numbers. Not a Windows emulation. C11 and C++.
#ifndef NEARLINE_WINDOWS_H
#define NEARLINE_WINDOWS_H

#include <stddef.h>
#include <stdint.h>
#ifndef __cplusplus
#include <uchar.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

// ---- Base types. DWORD and LONG have 32 bits, whatever the machine's own long has.

typedef uint8_t BYTE;
typedef uint16_t WORD;
typedef uint32_t DWORD;
typedef uint64_t DWORDLONG;
typedef char CHAR;
typedef unsigned char UCHAR;
typedef int16_t SHORT;
typedef uint16_t USHORT;
typedef int INT;
typedef unsigned int UINT;
typedef int32_t LONG;
typedef uint32_t ULONG;
typedef int64_t LONGLONG;
typedef uint64_t ULONGLONG;
typedef size_t SIZE_T;
typedef int BOOL;
typedef uint8_t BOOLEAN;

// WCHAR is a unit of UTF-16 and part of the binary interface. Where the program is compiled with
// -fshort-wchar it is wchar_t, so that old sources with L"text" compile unchanged; otherwise it is
// char16_t, and text is written as TEXT("text") or u"text".
#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#define NEARLINE_WIDE(text) L##text
#else
typedef char16_t WCHAR;
#define NEARLINE_WIDE(text) u##text
#endif

typedef void* PVOID;
typedef void* LPVOID;
typedef const void* LPCVOID;
typedef BYTE* LPBYTE;
typedef WORD* LPWORD;
typedef DWORD* LPDWORD;
typedef DWORD* PDWORD;
typedef BOOL* LPBOOL;
typedef CHAR* LPSTR;
typedef const CHAR* LPCSTR;
typedef WCHAR* LPWSTR;
typedef const WCHAR* LPCWSTR;

typedef void* HANDLE;
typedef HANDLE* LPHANDLE;
typedef HANDLE HWND;

#define INVALID_HANDLE_VALUE ((HANDLE)(intptr_t)-1)
#define INFINITE 0xFFFFFFFFU
#define MAXDWORD 0xFFFFFFFFU
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#ifndef CONST
#define CONST const
#endif
typedef void VOID;

// The calling convention of the platform.
#define WINAPI

// ---- Text: UNICODE chooses between the A and W forms, as on Windows.

#ifdef UNICODE
typedef WCHAR TCHAR;
#define NEARLINE_TEXT(text) NEARLINE_WIDE(text)
#else
typedef CHAR TCHAR;
#define NEARLINE_TEXT(text) text
#endif
typedef TCHAR* LPTSTR;
typedef const TCHAR* LPCTSTR;
#define TEXT(text) NEARLINE_TEXT(text)

// ---- Structures.

typedef struct _GUID {
    DWORD Data1;
    WORD Data2;
    WORD Data3;
    BYTE Data4[8];
} GUID;
typedef GUID* LPGUID;

typedef struct _SYSTEMTIME {
    WORD wYear;
    WORD wMonth;      // 1 is January.
    WORD wDayOfWeek;  // 0 is Sunday.
    WORD wDay;
    WORD wHour;
    WORD wMinute;
    WORD wSecond;
    WORD wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

typedef union _LARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef void* PSECURITY_DESCRIPTOR;
typedef DWORD SECURITY_INFORMATION;
typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

#define OWNER_SECURITY_INFORMATION 0x00000001U
#define GROUP_SECURITY_INFORMATION 0x00000002U
#define DACL_SECURITY_INFORMATION 0x00000004U
#define SACL_SECURITY_INFORMATION 0x00000008U

#define READ_CONTROL 0x00020000U
#define WRITE_DAC 0x00040000U
#define WRITE_OWNER 0x00080000U

// Kinds of device, as media types and drive types name them.
#define FILE_DEVICE_CD_ROM 0x00000002U
#define FILE_DEVICE_DISK 0x00000007U
#define FILE_DEVICE_TAPE 0x0000001FU
#define FILE_DEVICE_CHANGER 0x00000030U
#define FILE_DEVICE_DVD 0x00000033U

// ---- The calling thread's last error.

DWORD WINAPI GetLastError(void);
void WINAPI SetLastError(DWORD dwErrCode);

// ---- Error numbers.

#define ERROR_SUCCESS 0U
#define NO_ERROR 0U
#define ERROR_ACCESS_DENIED 5U
#define ERROR_INVALID_HANDLE 6U
#define ERROR_NOT_ENOUGH_MEMORY 8U
#define ERROR_BAD_FORMAT 11U
#define ERROR_INVALID_DRIVE 15U
#define ERROR_WRITE_PROTECT 19U
#define ERROR_NOT_READY 21U
#define ERROR_SHARING_VIOLATION 32U
#define ERROR_NOT_SUPPORTED 50U
#define ERROR_INVALID_PARAMETER 87U
#define ERROR_CALL_NOT_IMPLEMENTED 120U
#define ERROR_INSUFFICIENT_BUFFER 122U
#define ERROR_INVALID_NAME 123U
#define ERROR_BUSY 170U
#define ERROR_ALREADY_EXISTS 183U
#define ERROR_NO_DATA 232U
#define ERROR_INVALID_ADDRESS 487U
#define ERROR_CONNECTION_UNAVAIL 1201U
#define ERROR_INVALID_COMPUTERNAME 1210U
#define ERROR_NO_NETWORK 1222U
#define ERROR_CANCELLED 1223U
#define ERROR_NO_SECURITY_ON_OBJECT 1350U
#define ERROR_TIMEOUT 1460U
#define RPC_S_INVALID_BOUND 1734U
#define RPC_S_NO_INTERFACES 1817U
#define ERROR_NOT_CONNECTED 2250U
#define ERROR_RESOURCE_NOT_AVAILABLE 5006U
#define ERROR_INVALID_STATE 5023U

// Those of removable storage.
#define ERROR_INVALID_MEDIA 4300U
#define ERROR_INVALID_LIBRARY 4301U
#define ERROR_INVALID_MEDIA_POOL 4302U
#define ERROR_DRIVE_MEDIA_MISMATCH 4303U
#define ERROR_MEDIA_OFFLINE 4304U
#define ERROR_LIBRARY_OFFLINE 4305U
#define ERROR_EMPTY 4306U
#define ERROR_NOT_EMPTY 4307U
#define ERROR_MEDIA_UNAVAILABLE 4308U
#define ERROR_RESOURCE_DISABLED 4309U
#define ERROR_INVALID_CLEANER 4310U
#define ERROR_UNABLE_TO_CLEAN 4311U
#define ERROR_OBJECT_NOT_FOUND 4312U
#define ERROR_DATABASE_FAILURE 4313U
#define ERROR_DATABASE_FULL 4314U
#define ERROR_MEDIA_INCOMPATIBLE 4315U
#define ERROR_RESOURCE_NOT_PRESENT 4316U
#define ERROR_INVALID_OPERATION 4317U
#define ERROR_MEDIA_NOT_AVAILABLE 4318U
#define ERROR_DEVICE_NOT_AVAILABLE 4319U
#define ERROR_REQUEST_REFUSED 4320U
#define ERROR_INVALID_DRIVE_OBJECT 4321U
#define ERROR_LIBRARY_FULL 4322U
#define ERROR_MEDIUM_NOT_ACCESSIBLE 4323U
#define ERROR_UNABLE_TO_LOAD_MEDIUM 4324U
#define ERROR_UNABLE_TO_INVENTORY_DRIVE 4325U
#define ERROR_UNABLE_TO_INVENTORY_SLOT 4326U
#define ERROR_UNABLE_TO_INVENTORY_TRANSPORT 4327U
#define ERROR_TRANSPORT_FULL 4328U
#define ERROR_CONTROLLING_IEPORT 4329U
#define ERROR_UNABLE_TO_EJECT_MOUNTED_MEDIA 4330U
#define ERROR_CLEANER_SLOT_SET 4331U
#define ERROR_CLEANER_SLOT_NOT_SET 4332U
#define ERROR_CLEANER_CARTRIDGE_SPENT 4333U
#define ERROR_UNEXPECTED_OMID 4334U
#define ERROR_CANT_DELETE_LAST_ITEM 4335U
#define ERROR_MESSAGE_EXCEEDS_MAX_SIZE 4336U
#define ERROR_VOLUME_CONTAINS_SYS_FILES 4337U
#define ERROR_INDIGENOUS_TYPE 4338U
#define ERROR_NO_SUPPORTING_DRIVES 4339U
#define ERROR_CLEANER_CARTRIDGE_INSTALLED 4340U
#define ERROR_IEPORT_FULL 4341U

#ifdef __cplusplus
}  // extern "C"

inline bool operator==(const GUID& left, const GUID& right) {
    return __builtin_memcmp(&left, &right, sizeof(GUID)) == 0;
}
inline bool operator!=(const GUID& left, const GUID& right) {
    return !(left == right);
}
#endif

#endif
