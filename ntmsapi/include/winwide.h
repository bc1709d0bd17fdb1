// Text in units of 16 bits. Where wchar_t is such a unit (-fshort-wchar) the names of wchar.h mean
// these functions, for those of the C library know wchar_t in its usual size only. In formats, %s
// is text of 16-bit units, %S and %hs are text of bytes; what is printed is UTF-8.
#ifndef NEARLINE_WINWIDE_H
#define NEARLINE_WINWIDE_H

#include <windef.h>

#ifdef __cplusplus
extern "C" {
#endif

size_t WINAPI NearlineWcslen(LPCWSTR text);
LPWSTR WINAPI NearlineWcscpy(LPWSTR to, LPCWSTR from);
LPWSTR WINAPI NearlineWcsncpy(LPWSTR to, LPCWSTR from, size_t size);
LPWSTR WINAPI NearlineWcscat(LPWSTR to, LPCWSTR from);
int WINAPI NearlineWcscmp(LPCWSTR one, LPCWSTR other);
int WINAPI NearlineWcsncmp(LPCWSTR one, LPCWSTR other, size_t size);
int WINAPI NearlineWcsicmp(LPCWSTR one, LPCWSTR other);  // Only ASCII has two cases.
LPWSTR WINAPI NearlineWcschr(LPCWSTR text, WCHAR unit);
LPWSTR WINAPI NearlineWcsrchr(LPCWSTR text, WCHAR unit);
LPWSTR WINAPI NearlineWcsstr(LPCWSTR text, LPCWSTR part);
int WINAPI NearlineWprintf(LPCWSTR format, ...);
int WINAPI NearlineFwprintf(void* stream, LPCWSTR format, ...);  // A FILE.
int WINAPI NearlineSwprintf(LPWSTR buffer, size_t size, LPCWSTR format, ...);

#ifdef __cplusplus
}  // extern "C"
#endif

#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2
#ifdef __cplusplus
#include <cwchar>
#endif
#include <wchar.h>
#define wcslen NearlineWcslen
#define wcscpy NearlineWcscpy
#define wcsncpy NearlineWcsncpy
#define wcscat NearlineWcscat
#define wcscmp NearlineWcscmp
#define wcsncmp NearlineWcsncmp
#define wcscasecmp NearlineWcsicmp
#define wcschr NearlineWcschr
#define wcsrchr NearlineWcsrchr
#define wcsstr NearlineWcsstr
#define wprintf NearlineWprintf
#define fwprintf NearlineFwprintf
#define swprintf NearlineSwprintf
#endif
#define _wcsicmp NearlineWcsicmp
#define _snwprintf NearlineSwprintf

#endif
