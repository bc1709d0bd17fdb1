# Writes personalities/*.textproto into one C++ file: cmake -DOUT=… -DFOLDER=… -P embed.cmake
file(GLOB texts "${FOLDER}/*.textproto")
list(SORT texts)
set(rows "")
foreach(text IN LISTS texts)
    get_filename_component(name "${text}" NAME_WLE)
    file(READ "${text}" content)
    string(APPEND rows "    {\"${name}\", R\"~text~(${content})~text~\"},\n")
endforeach()
file(WRITE "${OUT}" "#include \"config/personalities.h\"

namespace nearline::config {
namespace {

constexpr PersonalityText kPersonalities[] = {
${rows}};

}  // namespace

std::span<const PersonalityText> built_in_personalities() { return kPersonalities; }

}  // namespace nearline::config
")
