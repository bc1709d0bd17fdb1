// What winioctl.h declares on Windows and programs for RSM use is in windows.h.
#ifndef NEARLINE_WINIOCTL_H
#define NEARLINE_WINIOCTL_H

#include <windows.h>

#endif
