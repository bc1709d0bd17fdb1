/* A program of somebody else: asks a service that is not there. */
#include <ntmsapi.h>
#include <tchar.h>

int main(void) {
    HANDLE session = OpenNtmsSession(_T("unix:/nowhere/rsm.sock"), _T("outside"), 0);
    if (session != INVALID_HANDLE_VALUE) return 1;
    _tprintf(_T("%s: %u\n"), _T("outside"), (unsigned)GetLastError());
    return GetLastError() == ERROR_NOT_CONNECTED ? 0 : 1;
}
