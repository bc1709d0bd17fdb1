# Installs the client, moves the tree, and builds and runs a project outside against it: with
# find_package, and with pkg-config where that is there.

function(run)
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
run("${CMAKE_COMMAND}" --install "${BUILD}" --component ntmsapi --prefix "${WORK}/first")
file(RENAME "${WORK}/first" "${WORK}/tree")

run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${SOURCE}" -B "${WORK}/build"
    "-DCMAKE_C_COMPILER=${C_COMPILER}" "-DCMAKE_PREFIX_PATH=${WORK}/tree")
run("${CMAKE_COMMAND}" --build "${WORK}/build" --parallel 1)
run("${WORK}/build/program")
run("${WORK}/build/wide_program")

if(NOT PKG_CONFIG)
    message(STATUS "no pkg-config: not tried")
    return()
endif()
file(GLOB_RECURSE description "${WORK}/tree/*/nearline-ntmsapi.pc")
get_filename_component(folder "${description}" DIRECTORY)
set(ENV{PKG_CONFIG_PATH} "${folder}")
execute_process(COMMAND "${PKG_CONFIG}" --cflags --libs nearline-ntmsapi
                OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags)
run("${C_COMPILER}" "${SOURCE}/program.c" ${flags} -o "${WORK}/program")
run("${WORK}/program")
