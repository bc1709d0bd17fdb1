// As much of Windows as programs for RSM need, with the sizes it has there: types, error numbers,
// rights, drives as files, threads. Not a Windows emulation. C11 and C++.
#ifndef NEARLINE_WINDOWS_H
#define NEARLINE_WINDOWS_H

#include <winbase.h>
#include <windef.h>
#include <winerror.h>
#include <winnt.h>
#include <winwide.h>

#endif
