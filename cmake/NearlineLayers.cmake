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

# add_layer_test(NAME SOURCES file… LAYERS layer… [LIBRARIES target…]): one GoogleTest program,
# NAME_test, whose cases CTest discovers one by one.
function(add_layer_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
    find_package(GTest REQUIRED)
    include(GoogleTest)
    set(layers "${ARG_LAYERS}")
    list(TRANSFORM layers PREPEND nearline_)
    add_executable(${name}_test ${ARG_SOURCES})
    target_include_directories(${name}_test PRIVATE "${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name}_test PRIVATE ${layers} ${ARG_LIBRARIES} GTest::gmock_main)
    target_compile_options(${name}_test PRIVATE
        -Wall -Wextra -Wno-missing-field-initializers -Werror)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 300)
endfunction()

# Writes one line per layer, "name: what it may use", for the house test.
function(write_layer_graph file)
    get_property(layers GLOBAL PROPERTY NEARLINE_LAYERS)
    string(REPLACE ";" "\n" text "${layers}")
    file(WRITE "${file}" "${text}\n")
endfunction()
