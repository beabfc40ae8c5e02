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

# skypod_module(<name> [DEPS <targets>...] [TEST_DEPS <targets>...] [TESTS_WAIT])
# Header-only folders become interface libraries. Tests need GoogleTest and are native only. TESTS_WAIT: see
# skypod_test().
function(skypod_module name)
  cmake_parse_arguments(arg "TESTS_WAIT" "" "DEPS;TEST_DEPS" ${ARGN})
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
    set(waiting)
    if(arg_TESTS_WAIT)
      set(waiting WAITING)
    endif()
    skypod_test(${name}_test SOURCES ${tests} DEPS ${name} ${arg_TEST_DEPS} ${waiting})
  endif()
endfunction()

# What a test takes of the machine, as properties for CTest, which `make test` gives two slots a core and one more:
# - where its time counts, the slots of two cores, so that next to nothing runs beside it; first, and one by one;
# - where it computes, those of one core; next;
# - where it mostly waits, one; before all others that take one, so that the odd slot is never without.
set(test_of_time PROCESSORS 4 COST 3000 RESOURCE_LOCK time)
set(test_that_computes PROCESSORS 2 COST 2000)
set(test_that_waits PROCESSORS 1 COST 1000)

# skypod_test(<name> SOURCES <files>... DEPS <targets>... [TIMEOUT <seconds>] [WAITING] [OF_TIME]): one GoogleTest
# program, one CTest entry per test case; WAITING: ${test_that_waits}; OF_TIME: ${test_of_time}. It is compiled without
# optimising: what it tests is not, its own time does not count, and tests are a third of a build.
function(skypod_test name)
  if(NOT GTest_FOUND)
    return()
  endif()
  cmake_parse_arguments(arg "WAITING;OF_TIME" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(NOT TARGET test_headers)
    skypod_headers(test_headers OPTIONS -O0 DEFINITIONS GTEST_HAS_PTHREAD=1 HEADERS <gtest/gtest.h> <nlohmann/json.hpp>)
  endif()
  add_executable(${name} ${arg_SOURCES})
  skypod_reuse_headers(${name} test_headers)
  target_link_libraries(${name} PRIVATE ${arg_DEPS} GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE SKYPOD_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set(weight)
  if(arg_WAITING)
    set(weight ${test_that_waits})
  elseif(arg_OF_TIME)
    set(weight ${test_of_time})
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${arg_TIMEOUT} ${weight})
endfunction()
