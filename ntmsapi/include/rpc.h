// What rpc.h declares on Windows and programs for RSM use is in windows.h.
#ifndef NEARLINE_RPC_H
#define NEARLINE_RPC_H

#include <windows.h>

#endif
