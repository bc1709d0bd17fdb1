// Base types of Windows, with the sizes they have there. C11 and C++.
#ifndef NEARLINE_WINDEF_H
#define NEARLINE_WINDEF_H

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
#elif defined(__cplusplus) && __cplusplus < 201103L
typedef __CHAR16_TYPE__ WCHAR;  // C++98 has no literals of such text.
#else
typedef char16_t WCHAR;
#define NEARLINE_WIDE(text) u##text
#endif

// On 64-bit machines as long as a pointer.
typedef uintptr_t UINT_PTR;
typedef intptr_t INT_PTR;
typedef uintptr_t ULONG_PTR;
typedef intptr_t LONG_PTR;
typedef ULONG_PTR DWORD_PTR;

typedef void* PVOID;
typedef void* LPVOID;
typedef const void* LPCVOID;
typedef BYTE* LPBYTE;
typedef BYTE* PBYTE;
typedef CHAR* PCHAR;
typedef UCHAR* PUCHAR;
typedef WORD* LPWORD;
typedef WORD* PWORD;
typedef LONG* LPLONG;
typedef LONG* PLONG;
typedef ULONG* PULONG;
typedef BOOL* PBOOL;
typedef DWORD* LPDWORD;
typedef DWORD* PDWORD;
typedef BOOL* LPBOOL;
typedef CHAR* LPSTR;
typedef CHAR* PSTR;
typedef const CHAR* LPCSTR;
typedef const CHAR* PCSTR;
typedef WCHAR* LPWSTR;
typedef WCHAR* PWSTR;
typedef WCHAR* PWCHAR;
typedef const WCHAR* LPCWSTR;
typedef const WCHAR* PCWSTR;

typedef void* HANDLE;
typedef HANDLE* LPHANDLE;
typedef HANDLE* PHANDLE;
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
#define MAX_PATH 260
#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#define MAKEWORD(low, high) ((WORD)(((BYTE)(low)) | ((WORD)((BYTE)(high))) << 8))
#define MAKELONG(low, high) ((LONG)(((WORD)(low)) | ((DWORD)((WORD)(high))) << 16))
#define LOWORD(number) ((WORD)((DWORD)(number)&0xFFFFU))
#define HIWORD(number) ((WORD)((DWORD)(number) >> 16))
#define LOBYTE(number) ((BYTE)((DWORD)(number)&0xFFU))
#define HIBYTE(number) ((BYTE)((DWORD)(number) >> 8 & 0xFFU))

// The calling convention is the platform's, whatever a program calls it.
#define WINAPI
#define APIENTRY WINAPI
#define CALLBACK
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __int64
#define __int64 long long
#endif

// ---- Text: UNICODE chooses between the A and W forms, as on Windows.

#ifdef UNICODE
typedef WCHAR TCHAR;
#define NEARLINE_TEXT(text) NEARLINE_WIDE(text)
#else
typedef CHAR TCHAR;
#define NEARLINE_TEXT(text) text
#endif
typedef TCHAR* LPTSTR;
typedef TCHAR* PTSTR;
typedef const TCHAR* LPCTSTR;
#define TEXT(text) NEARLINE_TEXT(text)

#ifdef __cplusplus
}  // extern "C"
#endif

#endif
