#include "rsm/catalogue.h"

#include <array>
#include <string_view>

#include "rsm/access.h"

namespace nearline::rsm {
namespace {

constexpr std::uint32_t kFirstMediaType = 0x20;
// NTMS_MEDIATYPEINFORMATION's codes, from 20h on, in order.
constexpr std::array kMediaTypes = std::to_array<std::string_view>({"DDS_4mm",
                                                                    "MiniQic",
                                                                    "Travan",
                                                                    "QIC",
                                                                    "MP_8mm",
                                                                    "AME_8mm",
                                                                    "AIT1_8mm",
                                                                    "DLT",
                                                                    "NCTP",
                                                                    "IBM_3480",
                                                                    "IBM_3490E",
                                                                    "IBM_Magstar_3590",
                                                                    "IBM_Magstar_MP",
                                                                    "STK_DATA_D3",
                                                                    "SONY_DTF",
                                                                    "DV_6mm",
                                                                    "DMI",
                                                                    "SONY_D2",
                                                                    "CLEANER_CARTRIDGE",
                                                                    "CD_ROM",
                                                                    "CD_R",
                                                                    "CD_RW",
                                                                    "DVD_ROM",
                                                                    "DVD_R",
                                                                    "DVD_RW",
                                                                    "MO_3_RW",
                                                                    "MO_5_WO",
                                                                    "MO_5_RW",
                                                                    "MO_5_LIMDOW",
                                                                    "PC_5_WO",
                                                                    "PC_5_RW",
                                                                    "PD_5_RW",
                                                                    "ABL_5_WO",
                                                                    "PINNACLE_APEX_5_RW",
                                                                    "SONY_12_WO",
                                                                    "PHILIPS_12_WO",
                                                                    "HITACHI_12_WO",
                                                                    "CYGNET_12_WO",
                                                                    "KODAK_14_WO",
                                                                    "MO_NFR_525",
                                                                    "NIKON_12_RW",
                                                                    "IOMEGA_ZIP",
                                                                    "IOMEGA_JAZ",
                                                                    "SYQUEST_EZ135",
                                                                    "SYQUEST_EZFLYER",
                                                                    "SYQUEST_SYJET",
                                                                    "AVATAR_F2",
                                                                    "MP2_8mm",
                                                                    "DST_S",
                                                                    "DST_M",
                                                                    "DST_L",
                                                                    "VXATape_1",
                                                                    "VXATape_2",
                                                                    "STK_9840",
                                                                    "LTO_Ultrium",
                                                                    "LTO_Accelis",
                                                                    "DVD_RAM",
                                                                    "AIT_8mm",
                                                                    "ADR_1",
                                                                    "ADR_2",
                                                                    "STK_9940",
                                                                    "SAIT"});

constexpr std::uint32_t kCdRomDevice = 0x02;
constexpr std::uint32_t kDiskDevice = 0x07;

bool is_disc(std::string_view name) {
    return name.starts_with("CD_") || name.starts_with("DVD_");
}

bool is_disk(std::string_view name) {
    constexpr std::array<std::string_view, 13> families = {
        "MO_",     "PC_5",   "PD_5",  "ABL_",  "PINNACLE", "SONY_12", "PHILIPS",
        "HITACHI", "CYGNET", "KODAK", "NIKON", "IOMEGA",   "SYQUEST"};
    for (const std::string_view family : families) {
        if (name.starts_with(family)) return true;
    }
    return name == "AVATAR_F2";
}

ReadWrite read_write_of(std::string_view name) {
    if (name == "CD_ROM" || name == "DVD_ROM") return ReadWrite::ReadOnly;
    if (name == "CD_R" || name == "DVD_R" || name.ends_with("_WO")) return ReadWrite::WriteOnce;
    return ReadWrite::Rewritable;
}

// Assumed: optical media of 5 inches and more are flipped; the documents name no number.
std::uint32_t sides_of(std::string_view name) {
    return name.starts_with("MO_5") || name.ends_with("_WO") ? 2 : 1;
}

void add_media_types(Store& store) {
    std::uint32_t code = kFirstMediaType;
    for (const std::string_view name : kMediaTypes) {
        if (!store.media_type_of_code(code)) {
            MediaType type;
            type.name = name;
            type.code = code;
            type.sides = sides_of(name);
            type.read_write = read_write_of(name);
            type.device_type =
                is_disc(name) ? kCdRomDevice : (is_disk(name) ? kDiskDevice : kTapeDevice);
            store.insert(type);
        }
        ++code;
    }
}

MediaPool make_pool(Store& store, const Guid& parent, std::string_view name, PoolType type,
                    const Guid& media_type) {
    MediaPool pool;
    pool.parent = parent;
    pool.name = name;
    pool.pool_type = type;
    pool.media_type = media_type;
    store.insert(pool);
    return pool;
}

void add_pools(Store& store) {
    if (!store.root_pool().id.is_null()) return;
    const MediaPool root = make_pool(store, {}, "", PoolType::Unknown, {});
    make_pool(store, root.id, "Free", PoolType::Free, {});
    make_pool(store, root.id, "Unrecognized", PoolType::Unrecognized, {});
    make_pool(store, root.id, "Import", PoolType::Import, {});
}

void add_computer(Store& store, const std::string& name) {
    Computer computer = store.computer();
    if (!computer.id.is_null() && computer.name == name) return;
    computer.name = name;
    if (!computer.id.is_null()) return store.update(computer);
    store.insert(computer);
}

void add_offline_library(Store& store) {
    if (!store.offline_library().id.is_null()) return;
    Library library;
    library.name = "Off-line Media";
    library.library_type = LibraryType::Offline;
    library.inventory_method = InventoryMethod::None;
    library.flags = kFixedOffline;
    store.insert(library);
}

void make_system_pool(Store& store, PoolType type, std::string_view root_name,
                      const MediaType& media_type) {
    if (store.system_pool(type, media_type.id)) return;
    const auto parent = store.pool_named(store.root_pool().id, root_name);
    if (!parent) return;
    const MediaPool made = make_pool(store, parent->id, media_type.name, type, media_type.id);
    store.set_descriptor(made.id, default_descriptor(kUse));
}

}  // namespace

void prepare_catalogue(Store& store, const std::string& computer_name, Edition edition) {
    add_computer(store, computer_name);
    add_offline_library(store);
    add_pools(store);
    add_media_types(store);
    secure_all(store, edition);
}

void relate_media_type(Store& store, const Guid& library, const MediaType& type) {
    store.add_media_type(library, type.id);
    make_system_pool(store, PoolType::Free, "Free", type);
    make_system_pool(store, PoolType::Unrecognized, "Unrecognized", type);
    make_system_pool(store, PoolType::Import, "Import", type);
}

}  // namespace nearline::rsm
