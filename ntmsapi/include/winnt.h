// Structures of Windows that programs for RSM fill: identifiers, times, security descriptors with
// their lists and identities, tapes. Layouts are those of 64-bit Windows. C11 and C++.
#ifndef NEARLINE_WINNT_H
#define NEARLINE_WINNT_H

#include <windef.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- Structures.

typedef struct _GUID {
    DWORD Data1;
    WORD Data2;
    WORD Data3;
    BYTE Data4[8];
} GUID;
typedef GUID* LPGUID;

typedef struct _SYSTEMTIME {
    WORD wYear;
    WORD wMonth;      // 1 is January.
    WORD wDayOfWeek;  // 0 is Sunday.
    WORD wDay;
    WORD wHour;
    WORD wMinute;
    WORD wSecond;
    WORD wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

typedef union _LARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef struct _FILETIME {  // 100 ns since 1601-01-01 UTC.
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

// ---- Rights.

typedef DWORD ACCESS_MASK;
typedef ACCESS_MASK* PACCESS_MASK;

#define DELETE 0x00010000U
#define READ_CONTROL 0x00020000U
#define WRITE_DAC 0x00040000U
#define WRITE_OWNER 0x00080000U
#define SYNCHRONIZE 0x00100000U
#define STANDARD_RIGHTS_REQUIRED 0x000F0000U
#define STANDARD_RIGHTS_ALL 0x001F0000U
#define SPECIFIC_RIGHTS_ALL 0x0000FFFFU
#define ACCESS_SYSTEM_SECURITY 0x01000000U
#define MAXIMUM_ALLOWED 0x02000000U
#define GENERIC_READ 0x80000000U
#define GENERIC_WRITE 0x40000000U
#define GENERIC_EXECUTE 0x20000000U
#define GENERIC_ALL 0x10000000U

// ---- Identities. A SID is as long as it has subauthorities.

#define ANYSIZE_ARRAY 1
#define SID_REVISION 1
#define SID_MAX_SUB_AUTHORITIES 15

typedef struct _SID_IDENTIFIER_AUTHORITY {
    BYTE Value[6];
} SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY, *LPSID_IDENTIFIER_AUTHORITY;

typedef struct _SID {
    BYTE Revision;
    BYTE SubAuthorityCount;
    SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
    DWORD SubAuthority[ANYSIZE_ARRAY];
} SID, *PISID;
typedef PVOID PSID;

#define SECURITY_NULL_SID_AUTHORITY \
    { 0, 0, 0, 0, 0, 0 }
#define SECURITY_WORLD_SID_AUTHORITY \
    { 0, 0, 0, 0, 0, 1 }
#define SECURITY_LOCAL_SID_AUTHORITY \
    { 0, 0, 0, 0, 0, 2 }
#define SECURITY_CREATOR_SID_AUTHORITY \
    { 0, 0, 0, 0, 0, 3 }
#define SECURITY_NT_AUTHORITY \
    { 0, 0, 0, 0, 0, 5 }

#define SECURITY_NULL_RID 0x00000000U
#define SECURITY_WORLD_RID 0x00000000U
#define SECURITY_CREATOR_OWNER_RID 0x00000000U
#define SECURITY_AUTHENTICATED_USER_RID 0x0000000BU
#define SECURITY_LOCAL_SYSTEM_RID 0x00000012U
#define SECURITY_BUILTIN_DOMAIN_RID 0x00000020U
#define DOMAIN_ALIAS_RID_ADMINS 0x00000220U
#define DOMAIN_ALIAS_RID_USERS 0x00000221U
#define DOMAIN_ALIAS_RID_GUESTS 0x00000222U
#define DOMAIN_ALIAS_RID_POWER_USERS 0x00000223U
#define DOMAIN_ALIAS_RID_BACKUP_OPS 0x00000227U

// ---- Lists of who may do what.

#define ACL_REVISION 2
#define ACL_REVISION_DS 4

typedef struct _ACL {
    BYTE AclRevision;
    BYTE Sbz1;
    WORD AclSize;
    WORD AceCount;
    WORD Sbz2;
} ACL, *PACL;

#define ACCESS_ALLOWED_ACE_TYPE 0x0
#define ACCESS_DENIED_ACE_TYPE 0x1
#define SYSTEM_AUDIT_ACE_TYPE 0x2

#define OBJECT_INHERIT_ACE 0x1
#define CONTAINER_INHERIT_ACE 0x2
#define NO_PROPAGATE_INHERIT_ACE 0x4
#define INHERIT_ONLY_ACE 0x8
#define INHERITED_ACE 0x10

typedef struct _ACE_HEADER {
    BYTE AceType;
    BYTE AceFlags;
    WORD AceSize;
} ACE_HEADER, *PACE_HEADER;

typedef struct _ACCESS_ALLOWED_ACE {
    ACE_HEADER Header;
    ACCESS_MASK Mask;
    DWORD SidStart;  // Where the SID begins.
} ACCESS_ALLOWED_ACE, *PACCESS_ALLOWED_ACE;

typedef struct _ACCESS_DENIED_ACE {
    ACE_HEADER Header;
    ACCESS_MASK Mask;
    DWORD SidStart;
} ACCESS_DENIED_ACE, *PACCESS_DENIED_ACE;

typedef enum _ACL_INFORMATION_CLASS {
    AclRevisionInformation = 1,
    AclSizeInformation
} ACL_INFORMATION_CLASS;

typedef struct _ACL_REVISION_INFORMATION {
    DWORD AclRevision;
} ACL_REVISION_INFORMATION, *PACL_REVISION_INFORMATION;

typedef struct _ACL_SIZE_INFORMATION {
    DWORD AceCount;
    DWORD AclBytesInUse;
    DWORD AclBytesFree;
} ACL_SIZE_INFORMATION, *PACL_SIZE_INFORMATION;

// ---- Security descriptors: absolute ones hold pointers, self-relative ones offsets.

#define SECURITY_DESCRIPTOR_REVISION 1
#define SECURITY_DESCRIPTOR_MIN_LENGTH (sizeof(SECURITY_DESCRIPTOR))

typedef WORD SECURITY_DESCRIPTOR_CONTROL, *PSECURITY_DESCRIPTOR_CONTROL;
#define SE_OWNER_DEFAULTED 0x0001
#define SE_GROUP_DEFAULTED 0x0002
#define SE_DACL_PRESENT 0x0004
#define SE_DACL_DEFAULTED 0x0008
#define SE_SACL_PRESENT 0x0010
#define SE_SACL_DEFAULTED 0x0020
#define SE_DACL_PROTECTED 0x1000
#define SE_SACL_PROTECTED 0x2000
#define SE_SELF_RELATIVE 0x8000

typedef struct _SECURITY_DESCRIPTOR {
    BYTE Revision;
    BYTE Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    PSID Owner;
    PSID Group;
    PACL Sacl;
    PACL Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

typedef struct _SECURITY_DESCRIPTOR_RELATIVE {
    BYTE Revision;
    BYTE Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    DWORD Owner;
    DWORD Group;
    DWORD Sacl;
    DWORD Dacl;
} SECURITY_DESCRIPTOR_RELATIVE, *PISECURITY_DESCRIPTOR_RELATIVE;

typedef void* PSECURITY_DESCRIPTOR;

typedef DWORD SECURITY_INFORMATION, *PSECURITY_INFORMATION;
#define OWNER_SECURITY_INFORMATION 0x00000001U
#define GROUP_SECURITY_INFORMATION 0x00000002U
#define DACL_SECURITY_INFORMATION 0x00000004U
#define SACL_SECURITY_INFORMATION 0x00000008U

typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

// ---- Tapes.

#define TAPE_LOAD 0U
#define TAPE_UNLOAD 1U
#define TAPE_TENSION 2U
#define TAPE_LOCK 3U
#define TAPE_UNLOCK 4U
#define TAPE_FORMAT 5U

#define TAPE_ERASE_SHORT 0U
#define TAPE_ERASE_LONG 1U

#define TAPE_SETMARKS 0U
#define TAPE_FILEMARKS 1U
#define TAPE_SHORT_FILEMARKS 2U
#define TAPE_LONG_FILEMARKS 3U

#define TAPE_ABSOLUTE_POSITION 0U
#define TAPE_LOGICAL_POSITION 1U

#define TAPE_REWIND 0U
#define TAPE_ABSOLUTE_BLOCK 1U
#define TAPE_LOGICAL_BLOCK 2U
#define TAPE_PSEUDO_LOGICAL_BLOCK 3U
#define TAPE_SPACE_END_OF_DATA 4U
#define TAPE_SPACE_RELATIVE_BLOCKS 5U
#define TAPE_SPACE_FILEMARKS 6U
#define TAPE_SPACE_SEQUENTIAL_FMKS 7U
#define TAPE_SPACE_SETMARKS 8U
#define TAPE_SPACE_SEQUENTIAL_SMKS 9U

#define TAPE_FIXED_PARTITIONS 0U
#define TAPE_SELECT_PARTITIONS 1U
#define TAPE_INITIATOR_PARTITIONS 2U

#define GET_TAPE_MEDIA_INFORMATION 0U
#define GET_TAPE_DRIVE_INFORMATION 1U
#define SET_TAPE_MEDIA_INFORMATION 0U
#define SET_TAPE_DRIVE_INFORMATION 1U

#define TAPE_DRIVE_VARIABLE_BLOCK 0x00000800U
#define TAPE_DRIVE_WRITE_PROTECT 0x00001000U

typedef struct _TAPE_GET_MEDIA_PARAMETERS {
    LARGE_INTEGER Capacity;   // Bytes; 0 where the medium does not say.
    LARGE_INTEGER Remaining;  // Bytes.
    DWORD BlockSize;          // 0: blocks are as long as the writes.
    DWORD PartitionCount;
    BOOLEAN WriteProtected;
} TAPE_GET_MEDIA_PARAMETERS, *PTAPE_GET_MEDIA_PARAMETERS;

typedef struct _TAPE_SET_MEDIA_PARAMETERS {
    DWORD BlockSize;
} TAPE_SET_MEDIA_PARAMETERS, *PTAPE_SET_MEDIA_PARAMETERS;

typedef struct _TAPE_GET_DRIVE_PARAMETERS {
    BOOLEAN ECC;
    BOOLEAN Compression;
    BOOLEAN DataPadding;
    BOOLEAN ReportSetmarks;
    DWORD DefaultBlockSize;
    DWORD MaximumBlockSize;
    DWORD MinimumBlockSize;
    DWORD MaximumPartitionCount;
    DWORD FeaturesLow;
    DWORD FeaturesHigh;
    DWORD EOTWarningZoneSize;
} TAPE_GET_DRIVE_PARAMETERS, *PTAPE_GET_DRIVE_PARAMETERS;

typedef struct _TAPE_SET_DRIVE_PARAMETERS {
    BOOLEAN ECC;
    BOOLEAN Compression;
    BOOLEAN DataPadding;
    BOOLEAN ReportSetmarks;
    DWORD EOTWarningZoneSize;
} TAPE_SET_DRIVE_PARAMETERS, *PTAPE_SET_DRIVE_PARAMETERS;

// ---- Controls of a device.

typedef struct _PREVENT_MEDIA_REMOVAL {
    BOOLEAN PreventMediaRemoval;
} PREVENT_MEDIA_REMOVAL, *PPREVENT_MEDIA_REMOVAL;

#define IOCTL_STORAGE_CHECK_VERIFY 0x002D4800U
#define IOCTL_STORAGE_MEDIA_REMOVAL 0x002D4804U
#define IOCTL_STORAGE_EJECT_MEDIA 0x002D4808U
#define IOCTL_STORAGE_LOAD_MEDIA 0x002D480CU

// Kinds of device, as media types and drive types name them.
#define FILE_DEVICE_CD_ROM 0x00000002U
#define FILE_DEVICE_DISK 0x00000007U
#define FILE_DEVICE_TAPE 0x0000001FU
#define FILE_DEVICE_CHANGER 0x00000030U
#define FILE_DEVICE_DVD 0x00000033U

#ifdef __cplusplus
}  // extern "C"

inline bool operator==(const GUID& left, const GUID& right) {
    return __builtin_memcmp(&left, &right, sizeof(GUID)) == 0;
}
inline bool operator!=(const GUID& left, const GUID& right) {
    return !(left == right);
}
#endif

#endif
