# One call per folder: every x.cpp becomes part of the folder's library, every x_test.cpp of its test program.

set(without_timestamp -Xclang -fno-pch-timestamp)  # so that ccache may keep what is compiled with headers read before

# skypod_headers(<name> [OPTIONS <compile options>...] [DEFINITIONS <definitions>...] HEADERS <headers>...)
# Libraries' headers that many sources include, read once for all that have the same options and definitions: every
# skypod_module() of the folder, and of those below, from set(SKYPOD_HEADERS <name>) on. Sources include what they use
# all the same: the sanitizers' builds do without.
function(skypod_headers name)
  cmake_parse_arguments(arg "" "" "OPTIONS;DEFINITIONS;HEADERS" ${ARGN})
  set(source ${PROJECT_BINARY_DIR}/headers/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${name} STATIC ${source})
  target_compile_options(${name} PRIVATE ${arg_OPTIONS} ${without_timestamp})
  target_compile_definitions(${name} PRIVATE ${arg_DEFINITIONS})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

# The target's sources get the headers' OPTIONS, too, as they must agree.
function(skypod_reuse_headers target headers)
  target_compile_options(${target} PRIVATE $<TARGET_PROPERTY:${headers},COMPILE_OPTIONS>)
  target_precompile_headers(${target} REUSE_FROM ${headers})
endfunction()

# skypod_module(<name> [DEPS <targets>...] [TEST_DEPS <targets>...])
# Header-only folders become interface libraries. Tests need GoogleTest and are native only.
function(skypod_module name)
  cmake_parse_arguments(arg "" "" "DEPS;TEST_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${arg_DEPS})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    if(SKYPOD_HEADERS)
      skypod_reuse_headers(${name} ${SKYPOD_HEADERS})
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_DEPS})
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
  endif()
  if(tests AND NOT SKYPOD_WASM)
    skypod_test(${name}_test SOURCES ${tests} DEPS ${name} ${arg_TEST_DEPS})
  endif()
endfunction()

# skypod_test(<name> SOURCES <files>... DEPS <targets>...): one GoogleTest program, one CTest entry per test case. It is
# compiled without optimising: what it tests is not, its own time does not count, and tests are a third of a build.
function(skypod_test name)
  if(NOT GTest_FOUND)
    return()
  endif()
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT TARGET test_headers)
    skypod_headers(test_headers OPTIONS -O0 DEFINITIONS GTEST_HAS_PTHREAD=1 HEADERS <gtest/gtest.h> <nlohmann/json.hpp>)
  endif()
  add_executable(${name} ${arg_SOURCES})
  skypod_reuse_headers(${name} test_headers)
  target_link_libraries(${name} PRIVATE ${arg_DEPS} GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE SKYPOD_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()
