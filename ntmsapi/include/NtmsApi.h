// ntmsapi.h as sources of old spell it.
#ifndef NEARLINE_NTMSAPI_SPELLED_H
#define NEARLINE_NTMSAPI_SPELLED_H

#include <ntmsapi.h>

#endif
