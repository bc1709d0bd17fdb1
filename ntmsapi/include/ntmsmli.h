// Media label libraries: what RSM asks of a library that knows how an application labels its media.
#ifndef NEARLINE_NTMSMLI_H
#define NEARLINE_NTMSMLI_H

#include <windows.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NTMSMLI_MAXTYPE 64
#define NTMSMLI_MAXIDSIZE 256
#define NTMSMLI_MAXAPPDESCR 256

#pragma pack(push, 8)

typedef struct {
    WCHAR LabelType[NTMSMLI_MAXTYPE];
    DWORD LabelIDSize;  // Bytes of LabelID that count.
    BYTE LabelID[NTMSMLI_MAXIDSIZE];
    WCHAR LabelAppDescr[NTMSMLI_MAXAPPDESCR];
} MediaLabelInfo, *pMediaLabelInfo;

#pragma pack(pop)

// How many bytes of the medium's beginning the library wants to see.
typedef DWORD(WINAPI* MAXMEDIALABEL)(DWORD* const pMaxSize);
// ERROR_SUCCESS: it is ours, and pLabelInfo says whose. ERROR_BAD_FORMAT: it is not.
typedef DWORD(WINAPI* CLAIMMEDIALABEL)(const BYTE* const pBuffer, const DWORD nBufferSize,
                                       MediaLabelInfo* const pLabelInfo);
// The same, with a GUID for the label.
typedef DWORD(WINAPI* CLAIMMEDIALABELEX)(const BYTE* const pBuffer, const DWORD nBufferSize,
                                         MediaLabelInfo* const pLabelInfo, GUID* LabelGuid);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif
