# A layer is a folder that is one static library. Its DEPENDS is the layer graph, stated once:
# the build links by it, and the house test checks every #include against it.

# add_layer(NAME SOURCES file… DEPENDS layer… [LIBRARIES target…])
function(add_layer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
    set(target nearline_${name})
    set(layers "${ARG_DEPENDS}")
    list(TRANSFORM layers PREPEND nearline_)
    if(ARG_SOURCES)
        add_library(${target} STATIC ${ARG_SOURCES})
        target_link_libraries(${target} PRIVATE nearline_warnings)
        target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}")
        target_link_libraries(${target} PUBLIC ${layers} ${ARG_LIBRARIES})
    else()
        add_library(${target} INTERFACE)
        target_include_directories(${target} INTERFACE "${CMAKE_SOURCE_DIR}")
        target_link_libraries(${target} INTERFACE ${layers} ${ARG_LIBRARIES})
    endif()
    string(REPLACE ";" " " depends "${ARG_DEPENDS}")
    set_property(GLOBAL APPEND PROPERTY NEARLINE_LAYERS "${name}: ${depends}")
endfunction()

# What all test programs are compiled with. Not optimised: their time is the compiler's, not theirs.
# The undefined behaviour looked for is the program's; in tests it would double that time.
set(nearline_test_options -O0 -Wall -Wextra -Wno-missing-field-initializers -Werror)
if(NEARLINE_SANITIZE)
    list(APPEND nearline_test_options -fno-sanitize=undefined)
endif()

# GoogleTest's headers, compiled once for all test programs.
function(add_test_prelude)
    find_package(GTest REQUIRED)
    file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/test_prelude.cc" CONTENT "")
    add_library(nearline_test_prelude OBJECT "${CMAKE_BINARY_DIR}/test_prelude.cc")
    target_link_libraries(nearline_test_prelude PRIVATE GTest::gmock)
    target_compile_options(nearline_test_prelude PRIVATE ${nearline_test_options})
    set_target_properties(nearline_test_prelude PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_precompile_headers(nearline_test_prelude PRIVATE
        <gmock/gmock.h> <gtest/gtest.h> <algorithm> <functional> <map> <memory> <optional> <string>
        <vector>)
endfunction()

# add_layer_test(NAME SOURCES file… LAYERS layer… [LIBRARIES target…]): one GoogleTest program,
# NAME_test, whose cases CTest discovers one by one, but for builds with sanitizers.
function(add_layer_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
    find_package(GTest REQUIRED)
    include(GoogleTest)
    set(layers "${ARG_LAYERS}")
    list(TRANSFORM layers PREPEND nearline_)
    add_executable(${name}_test ${ARG_SOURCES})
    target_include_directories(${name}_test PRIVATE "${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name}_test PRIVATE ${layers} ${ARG_LIBRARIES} GTest::gmock_main)
    target_compile_options(${name}_test PRIVATE ${nearline_test_options})
    target_precompile_headers(${name}_test REUSE_FROM nearline_test_prelude)
    if(NEARLINE_SANITIZE)
        # A program with sanitizers takes long to start: four runs, a quarter of the cases each.
        foreach(shard RANGE 3)
            add_test(NAME "${name}_test.${shard}" COMMAND ${name}_test --gtest_brief=1)
            set_tests_properties("${name}_test.${shard}" PROPERTIES TIMEOUT 600
                ENVIRONMENT "GTEST_TOTAL_SHARDS=4;GTEST_SHARD_INDEX=${shard}")
        endforeach()
        return()
    endif()
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 300)
endfunction()

# Writes one line per layer, "name: what it may use", for the house test.
function(write_layer_graph file)
    get_property(layers GLOBAL PROPERTY NEARLINE_LAYERS)
    string(REPLACE ";" "\n" text "${layers}")
    file(WRITE "${file}" "${text}\n")
endfunction()
