# weir_folder, weir_library, weir_controller, weir_test: the only ways a folder adds something to the build.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE)
  # basedir: equal sources hit the cache whichever folder they are checked out in. pch_defines, time_macros: it would not
  # look at anything that uses precompiled headers; none of ours depends on the time. depend: what is new is not preprocessed
  # a second time. pch_extsum: see cmake/precompile.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1 CCACHE_PCH_EXTSUM=1 ${CCACHE})
endif()

add_library(weir_options INTERFACE)
target_compile_options(weir_options INTERFACE
  -pthread  # some libraries ask for it, and precompiled headers want it everywhere or nowhere
  -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  # Less than that is not worth cleaning up: a tenth of the time, and 15 % more memory for the largest sources.
  $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=500000>
  # GCC 12 reports these falsely inside inlined std::string, std::variant and coroutine code.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-mismatched-new-delete>)
target_compile_definitions(weir_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_include_directories(weir_options INTERFACE "${CMAKE_SOURCE_DIR}")

# Tests take long to compile and not long to run.
add_library(weir_test_options INTERFACE)
target_link_libraries(weir_test_options INTERFACE weir_options)
target_compile_options(weir_test_options INTERFACE $<$<CONFIG:Release>:-O1>)
if(WEIR_SANITIZE)
  add_compile_options(-fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WEIR_SANITIZE})
  if(WEIR_SANITIZE MATCHES "undefined")
    # A question at every access, for what the address sanitizer tells as well, or what our processors allow: a third of
    # the time that everything takes to compile.
    add_compile_options(-fno-sanitize=null,alignment)
  endif()
  if(WEIR_SANITIZE STREQUAL "thread")
    # Asio's fences, which the sanitizer does not model; the mutexes around them it does.
    add_compile_options(-Wno-tsan)
  endif()
endif()

if(WEIR_FUZZ)
  # RapidJSON adds offsets to a null pointer on an empty stack.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=pointer-overflow
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=address,undefined)
endif()

# What most files include from outside of the tree is read once. Ours is not in it: a change would rebuild everything.
option(WEIR_PRECOMPILE "Precompile the headers that most files include" ON)
set(standard_headers
  <algorithm> <array> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string> <string_view> <variant> <vector>)
set(asio_headers <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp>)
set(test_headers <gmock/gmock.h>)
set(asio_test_headers <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp>)

# weir_precompiled(name HEADERS ... LINK ...): a library that has nothing but precompiled headers.
function(weir_precompiled name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LINK" ${ARGN})
  set(nothing "${CMAKE_BINARY_DIR}/nothing.cpp")
  if(NOT EXISTS "${nothing}")
    file(WRITE "${nothing}" "")
  endif()
  add_library(${name} STATIC "${nothing}")
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
  if(CCACHE)
    set_target_properties(${name} PROPERTIES CXX_COMPILER_LAUNCHER "${CMAKE_SOURCE_DIR}/cmake/precompile;${CMAKE_CXX_COMPILER_LAUNCHER}")
  endif()
endfunction()

# After the dependencies are known.
function(weir_precompile)
  if(NOT WEIR_PRECOMPILE)
    return()
  endif()
  weir_precompiled(weir_precompiled HEADERS ${standard_headers} LINK weir_options)
  weir_precompiled(weir_precompiled_asio HEADERS ${standard_headers} ${asio_headers} LINK weir_options Boost::headers)
  if(WEIR_TESTS)
    set(headers ${standard_headers} ${test_headers})
    weir_precompiled(weir_precompiled_test HEADERS ${headers} LINK weir_test_options GTest::gmock)
    list(APPEND headers ${asio_headers} ${asio_test_headers})
    weir_precompiled(weir_precompiled_test_asio HEADERS ${headers} LINK weir_test_options GTest::gmock Boost::headers)
  endif()
endfunction()

# weir_has_asio(result library...): whether one of them links Asio, directly or not.
function(weir_has_asio result)
  get_property(with_asio GLOBAL PROPERTY weir_with_asio)
  set(${result} OFF PARENT_SCOPE)
  foreach(library ${ARGN})
    if(library IN_LIST with_asio)
      set(${result} ON PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# weir_use_precompiled(target prefix has_asio): Asio's headers alone make a program need its library.
function(weir_use_precompiled target prefix has_asio)
  if(has_asio)
    string(APPEND prefix _asio)
  endif()
  if(WEIR_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${prefix})
  endif()
endfunction()

# Adds a folder, which must have a CMakeLists.txt: a misspelt one would leave its tests out without a word.
function(weir_folder path)
  if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${path}/CMakeLists.txt")
    message(FATAL_ERROR "weir_folder: no ${CMAKE_CURRENT_SOURCE_DIR}/${path}/CMakeLists.txt")
  endif()
  add_subdirectory(${path})
endfunction()

# Adds every folder that has a CMakeLists.txt.
function(weir_all_folders)
  file(GLOB lists RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt")
  foreach(list ${lists})
    get_filename_component(folder ${list} DIRECTORY)
    weir_folder(${folder})
  endforeach()
endfunction()

# weir_library(name SOURCES a.cpp ... PUBLIC weir::x ... PRIVATE third::party ...)
# One static library for the folder; weir::name. PUBLIC are the arrows of the layer table.
function(weir_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(weir_${name} STATIC ${ARG_SOURCES})
  add_library(weir::${name} ALIAS weir_${name})
  target_link_libraries(weir_${name} PUBLIC ${ARG_PUBLIC} PRIVATE weir_options ${ARG_PRIVATE})
  target_include_directories(weir_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
  weir_has_asio(has_asio ${ARG_PUBLIC} ${ARG_PRIVATE})
  if(has_asio OR name STREQUAL "async")
    set(has_asio ON)
    set_property(GLOBAL APPEND PROPERTY weir_with_asio weir::${name})
  endif()
  weir_use_precompiled(weir_${name} weir_precompiled ${has_asio})
endfunction()

# weir_test_objects(name SOURCES ... LINK ...): cases that several programs run; weir::name links them in.
function(weir_test_objects name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(weir_${name} OBJECT ${ARG_SOURCES})
  add_library(weir::${name} ALIAS weir_${name})
  target_link_libraries(weir_${name} PRIVATE weir_test_options GTest::gmock PUBLIC ${ARG_LINK})
  weir_has_asio(has_asio ${ARG_LINK})
  if(has_asio)
    set_property(GLOBAL APPEND PROPERTY weir_with_asio weir::${name})
  endif()
  weir_use_precompiled(weir_${name} weir_precompiled_test ${has_asio})
endfunction()

# weir_controller(name ...): the weir_library of a controller, which the program links.
function(weir_controller name)
  weir_library(${name} ${ARGN})
  set_property(GLOBAL APPEND PROPERTY WEIR_CONTROLLERS weir::${name})
endfunction()

# weir_LABEL_tests builds the tests of one label, for presets that run only some.
foreach(label unit golden contract e2e fuzz)
  add_custom_target(weir_${label}_tests)
endforeach()

# weir_test(name LABEL unit|golden|contract|e2e|fuzz SOURCES ... LINK weir::x ... [ENVIRONMENT A=b ...])
# unit and golden: ctest knows every case. contract: one ctest entry a binary, because a binary shares one control plane.
function(weir_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LINK;ENVIRONMENT" ${ARGN})
  weir_has_asio(has_asio ${ARG_LINK})
  if(ARG_LABEL STREQUAL "unit" AND WEIR_SANITIZE STREQUAL "thread" AND NOT has_asio)
    return()  # has no threads
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE weir_test_options ${ARG_LINK} GTest::gmock_main)
  weir_use_precompiled(${name} weir_precompiled_test ${has_asio})
  # For the few that read files of the tree: a path in every command line would keep other checkouts from the cache.
  foreach(source ${ARG_SOURCES})
    file(STRINGS ${source} places REGEX "WEIR_(SOURCE|BINARY)_DIR" LIMIT_COUNT 1)
    if(places)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
        WEIR_SOURCE_DIR="${CMAKE_SOURCE_DIR}" WEIR_BINARY_DIR="${CMAKE_BINARY_DIR}")
    endif()
  endforeach()
  add_dependencies(weir_${ARG_LABEL}_tests ${name})
  if(ARG_LABEL STREQUAL "unit" OR ARG_LABEL STREQUAL "golden")
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 60 ENVIRONMENT "${ARG_ENVIRONMENT}")
  else()
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 300 ENVIRONMENT "${ARG_ENVIRONMENT}")
  endif()
endfunction()
