# Compiler, warnings, sanitizers, where results go.

option(NEARLINE_FUZZ "Build the fuzzers (needs clang)" OFF)
set(NEARLINE_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

find_program(CCACHE ccache)
if(CCACHE)
    # The sloppiness that precompiled headers need: nothing here asks for the time of compilation.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
    add_link_options(-fuse-ld=mold)
endif()

# Release keeps -O2: the hot paths gain nothing from -O3, and it builds faster.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

add_library(nearline_warnings INTERFACE)
target_compile_options(nearline_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror)

# GCC 12 sees overflows and uninitialised reads in the standard library where optimisation has
# removed the check that excludes them; clang and the sanitizers watch for the real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
                        -Wno-restrict -Wno-maybe-uninitialized -Wno-free-nonheap-object)
    # The same for Statechart's counted pointers, seen at -O2 only.
    add_compile_options($<$<CONFIG:Release>:-Wno-use-after-free>)
endif()

if(NEARLINE_SANITIZE)
    add_compile_options(-fsanitize=${NEARLINE_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${NEARLINE_SANITIZE})
endif()
if(NEARLINE_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
