// Text in the form that UNICODE chooses.
#ifndef NEARLINE_TCHAR_H
#define NEARLINE_TCHAR_H

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <windows.h>

#define _T(text) TEXT(text)
#define _TEXT(text) TEXT(text)

#ifdef UNICODE
#define _tcslen NearlineWcslen
#define _tcscpy NearlineWcscpy
#define _tcsncpy NearlineWcsncpy
#define _tcscat NearlineWcscat
#define _tcscmp NearlineWcscmp
#define _tcsncmp NearlineWcsncmp
#define _tcsicmp NearlineWcsicmp
#define _tcschr NearlineWcschr
#define _tcsrchr NearlineWcsrchr
#define _tcsstr NearlineWcsstr
#define _tprintf NearlineWprintf
#define _ftprintf NearlineFwprintf
#define _sntprintf NearlineSwprintf
#else
#define _tcslen strlen
#define _tcscpy strcpy
#define _tcsncpy strncpy
#define _tcscat strcat
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcsicmp strcasecmp
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tprintf printf
#define _ftprintf fprintf
#define _sntprintf snprintf
#endif

#endif
