// The numbers of ntmsapi.h and winerror.h that callers see, under the documents' names.
#pragma once

#include <cstdint>

namespace nearline::rsm {

enum class Error : std::uint32_t {
    Success = 0,
    AccessDenied = 5,
    InvalidHandle = 6,
    NotEnoughMemory = 8,
    BadFormat = 11,
    InvalidDrive = 15,
    WriteProtect = 19,
    NotReady = 21,
    SharingViolation = 32,
    NotSupported = 50,
    InvalidParameter = 87,
    CallNotImplemented = 120,
    InsufficientBuffer = 122,
    InvalidName = 123,
    Busy = 170,
    AlreadyExists = 183,
    NoData = 232,
    InvalidComputerName = 1210,
    Cancelled = 1223,
    InvalidOwner = 1307,
    InvalidAcl = 1336,
    InvalidSid = 1337,
    InvalidSecurityDescriptor = 1338,
    NoSecurityOnObject = 1350,
    Timeout = 1460,
    InvalidMedia = 4300,
    InvalidLibrary = 4301,
    InvalidMediaPool = 4302,
    DriveMediaMismatch = 4303,
    MediaOffline = 4304,
    LibraryOffline = 4305,
    Empty = 4306,
    NotEmpty = 4307,
    MediaUnavailable = 4308,
    ResourceDisabled = 4309,
    ObjectNotFound = 4312,
    DatabaseFailure = 4313,
    DatabaseFull = 4314,
    MediaIncompatible = 4315,
    ResourceNotPresent = 4316,
    InvalidOperation = 4317,
    MediaNotAvailable = 4318,
    DeviceNotAvailable = 4319,
    RequestRefused = 4320,
    LibraryFull = 4322,
    MediumNotAccessible = 4323,
    UnableToLoadMedium = 4324,
    ControllingIEPort = 4329,
    UnableToEjectMountedMedia = 4330,
    CleanerSlotSet = 4331,
    CleanerSlotNotSet = 4332,
    IEPortFull = 4341,
    ResourceNotAvailable = 5006,
    InvalidState = 5023,
};

enum class ObjectType : std::uint32_t {
    Unknown = 0,
    Object = 1,
    Changer = 2,
    ChangerType = 3,
    Computer = 4,
    Drive = 5,
    DriveType = 6,
    IEDoor = 7,
    IEPort = 8,
    Library = 9,
    LibRequest = 10,
    LogicalMedia = 11,
    MediaPool = 12,
    MediaType = 13,
    Partition = 14,
    PhysicalMedia = 15,
    StorageSlot = 16,
    OpRequest = 17,
    UiDestination = 18,
};
inline constexpr std::uint32_t kObjectTypes = 19;

enum class OperationalState : std::uint32_t {
    Ready = 0,
    Initializing = 10,
    NeedsService = 20,
    NotPresent = 21,
};

enum class LibraryType : std::uint32_t { Unknown = 0, Offline = 1, Online = 2, StandAlone = 3 };

inline constexpr std::uint32_t kFixedOffline = 0x01;
inline constexpr std::uint32_t kCleanerPresent = 0x02;
inline constexpr std::uint32_t kIgnoreCleanerUsesRemaining = 0x08;
inline constexpr std::uint32_t kRecognizeCleanerBarCode = 0x10;

enum class DriveState : std::uint32_t {
    Dismounted = 0,
    Mounted = 1,
    Loaded = 2,
    Unloaded = 5,
    BeingCleaned = 6,
    Dismountable = 7,
};

enum class SlotState : std::uint32_t {
    Unknown = 0,
    Full = 1,
    Empty = 2,
    NotPresent = 3,
    NeedsInventory = 4,
};

enum class DoorState : std::uint32_t { Unknown = 0, Closed = 1, Open = 2 };
enum class PortContent : std::uint32_t { Unknown = 0, Full = 1, Empty = 2 };
enum class PortPosition : std::uint32_t { Unknown = 0, Extended = 1, Retracted = 2 };

enum class BarCodeState : std::uint32_t { Ok = 1, Unreadable = 2 };

enum class MediaState : std::uint32_t {
    Idle = 0,
    InUse = 1,
    Mounted = 2,
    Loaded = 3,
    Unloaded = 4,
    OperationError = 5,
    OperatorRequired = 6,
};

enum class SideState : std::uint32_t {
    Unknown = 0,
    Unprepared = 1,
    Incompatible = 2,
    Decommissioned = 3,
    Available = 4,
    Allocated = 5,
    Complete = 6,
    Foreign = 7,
    Import = 8,
    Reserved = 9,
};

enum class PoolType : std::uint32_t {
    Unknown = 0,
    Free = 1,          // NTMS_POOLTYPE_SCRATCH
    Unrecognized = 2,  // NTMS_POOLTYPE_FOREIGN
    Import = 3,
    Application = 1000,
};
inline constexpr std::uint32_t kAllocateFromFree = 1;
inline constexpr std::uint32_t kDeallocateToFree = 1;
// Policies of the computer.
inline constexpr std::uint32_t kPurgeOfflineFree = 1;
inline constexpr std::uint32_t kKeepOfflineImport = 2;

enum class ReadWrite : std::uint32_t { Unknown = 0, Rewritable = 1, WriteOnce = 2, ReadOnly = 3 };

inline constexpr std::uint32_t kOpenExisting = 1;
inline constexpr std::uint32_t kCreateNew = 2;
inline constexpr std::uint32_t kOpenAlways = 3;

inline constexpr std::uint32_t kAllocateNew = 1;
inline constexpr std::uint32_t kAllocateNext = 2;
inline constexpr std::uint32_t kAllocateErrorIfUnavailable = 4;

inline constexpr std::uint32_t kEnumerateRootPool = 1;

inline constexpr std::uint32_t kMountRead = 0x01;
inline constexpr std::uint32_t kMountWrite = 0x02;
inline constexpr std::uint32_t kMountErrorNotAvailable = 0x04;
inline constexpr std::uint32_t kMountErrorOffline = 0x08;
inline constexpr std::uint32_t kMountSpecificDrive = 0x10;
inline constexpr std::uint32_t kMountNoWait = 0x20;
inline constexpr std::int32_t kHighestPriority = 15;
inline constexpr std::int32_t kLowestPriority = -15;

inline constexpr std::uint32_t kDismountDeferred = 1;
inline constexpr std::uint32_t kDismountImmediate = 2;

// OperationOption of MOUNT, DISMOUNT and EJECT.
inline constexpr std::uint32_t kOptionImmediate = 0;
inline constexpr std::uint32_t kOptionDeferred = 1;

enum class InventoryMethod : std::uint32_t {
    None = 0,
    Fast = 1,
    Omid = 2,
    Default = 3,
    Slot = 4,
    Stop = 5,
};

// OperationOption of an inventory.
inline constexpr std::uint32_t kFullInventory = 0;
inline constexpr std::uint32_t kSlotsOnly = 1;

enum class EjectAction : std::uint32_t { Start = 0, Stop = 1, Queue = 2, Force = 3 };

enum class Operation : std::uint32_t {  // NtmsLmOperation
    UpdateOmid = 7,
    Inventory = 8,
    DoorAccess = 9,
    Eject = 10,
    EjectCleaner = 11,
    Inject = 12,
    InjectCleaner = 13,
    ProcessOmid = 14,
    CleanDrive = 15,
    Dismount = 16,
    Mount = 17,
    WriteFreeLabel = 18,
    Classify = 19,
    ReserveCleaner = 20,
    ReleaseCleaner = 21,
};

enum class RequestState : std::uint32_t {  // NtmsLmState
    Queued = 0,
    InProcess = 1,
    Passed = 2,
    Failed = 3,
    Invalid = 4,
    Waiting = 5,
    Deferred = 6,
    Cancelled = 7,
    Stopped = 8,
};

enum class OpCommand : std::uint32_t {
    Unknown = 0,
    NewMedia = 1,
    Cleaner = 2,
    DeviceService = 3,
    MoveMedia = 4,
    Message = 5,
};

enum class OpState : std::uint32_t {
    Unknown = 0,
    Submitted = 1,
    Active = 2,
    InProgress = 3,
    Refused = 4,
    Complete = 5,
};

enum class NotificationOperation : std::uint32_t {  // NtmsNotificationOperations
    Update = 1,
    Insert = 2,
    Delete = 3,
    Signal = 4,
    Complete = 5,
};

// NtmsAccessMask: the header's values (the protocol's text misprints CONTROL as 3).
inline constexpr std::uint32_t kUse = 1;
inline constexpr std::uint32_t kModify = 2;
inline constexpr std::uint32_t kControl = 4;
// Standard rights, of every object that has a security descriptor.
inline constexpr std::uint32_t kReadControl = 0x20000;
inline constexpr std::uint32_t kWriteDac = 0x40000;
inline constexpr std::uint32_t kWriteOwner = 0x80000;
// What GENERIC_ALL stands for.
inline constexpr std::uint32_t kAllAccess = kUse | kModify | kControl | kReadControl | kWriteDac;

inline constexpr std::uint32_t kForever = 0xFFFFFFFF;

// Device types of drives and changers (FILE_DEVICE_…).
inline constexpr std::uint32_t kTapeDevice = 0x1F;
inline constexpr std::uint32_t kChangerDevice = 0x30;

inline constexpr std::uint32_t kCleanerCartridge = 0x32;  // media type codes
inline constexpr std::uint32_t kLtoUltrium = 0x56;

// Lengths of strings, in characters without the terminating NUL.
inline constexpr std::size_t kNameLength = 63;
inline constexpr std::size_t kDescriptionLength = 126;
inline constexpr std::size_t kPoolPathLength = 511;
inline constexpr std::size_t kMessageLength = 255;

}  // namespace nearline::rsm
