// What objbase.h declares on Windows and programs for RSM use is in windows.h.
#ifndef NEARLINE_OBJBASE_H
#define NEARLINE_OBJBASE_H

#include <windows.h>

#endif
