#include "scenarios/command_book.h"

#include <tuple>

#include "base/text.h"
#include "changer/changer_commands.h"
#include "drives/stream_commands.h"
#include "scsi/primary_commands.h"

namespace nearline::scenarios {
namespace {

template <typename Command>
std::vector<FieldForm> fields_of() {
    std::vector<FieldForm> forms;
    std::apply(
        [&](const auto&... field) {
            (forms.push_back({field.name, field.width}), ...);
        },
        Command::fields());
    return forms;
}

template <typename Command, typename F>
void set_field(Command& command, const F& field, const FieldValues& values) {
    const auto value = values.find(field.name);
    if (value == values.end()) return;
    command.*field.member = static_cast<typename F::member_type>(value->second);
}

template <typename Command>
base::Bytes encode(const FieldValues& values) {
    Command command;
    std::apply([&](const auto&... field) { (set_field(command, field, values), ...); },
               Command::fields());
    return scsi::encode_cdb(command);
}

// Whether `cdb` has this command's code, and service action where it has one.
template <typename Command>
bool is_command(base::BytesView cdb) {
    const base::Bytes plain = encode<Command>({});
    if (cdb.size() < 2 || cdb.front() != plain.front()) return false;
    if constexpr (requires { Command::service_action; }) {
        constexpr std::uint8_t kServiceAction = 0x1F;
        return (cdb[1] & kServiceAction) == (plain[1] & kServiceAction);
    }
    return true;
}

template <typename List>
struct Book;
template <typename... Commands>
struct Book<scsi::CommandList<Commands...>> {
    static std::optional<CommandForm> find(std::string_view name) {
        std::optional<CommandForm> found;
        ((name == Commands::name
              ? void(found = CommandForm{Commands::name, &fields_of<Commands>, &encode<Commands>})
              : void()),
         ...);
        return found;
    }
    static std::string_view name_of(base::BytesView cdb) {
        std::string_view name;
        ((name.empty() && is_command<Commands>(cdb) ? void(name = Commands::name) : void()), ...);
        return name;
    }
};

// What a changer and a drive call 1Bh is told by the unit; by name, both are here.
using AllCommands = scsi::Concatenate<scsi::PrimaryCommands, changer::ChangerCommands,
                                      drives::StreamCommands>::type;

}  // namespace

std::optional<FieldForm> CommandForm::find_field(std::string_view field) const {
    for (const FieldForm& form : fields()) {
        if (form.name == field) return form;
    }
    return std::nullopt;
}

std::optional<CommandForm> find_command(std::string_view name) {
    return Book<AllCommands>::find(name);
}

std::string name_of_cdb(base::BytesView cdb) {
    const auto name = Book<AllCommands>::name_of(cdb);
    return name.empty() ? "command " + base::to_hex(cdb) : std::string(name);
}

}  // namespace nearline::scenarios
