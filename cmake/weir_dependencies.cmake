# Every third-party library, once. All come from Debian 12; see the package list in cmake/debian-packages.txt.

# What the program of a release is made of is linked into it: a command that renders a chart lives for some milliseconds, and
# loading 28 shared libraries took six. libstdc++ stays shared, prometheus-cpp has no other. Not for sanitizers, which look into
# shared libraries, nor for debugging.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT WEIR_SANITIZE AND NOT WEIR_FUZZ)
  set(static_by_default ON)
else()
  set(static_by_default OFF)
endif()
option(WEIR_STATIC "Link OpenSSL, zlib, RE2, yaml-cpp and libxcrypt into the programs" ${static_by_default})
if(WEIR_STATIC)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(ZLIB_USE_STATIC_LIBS ON)
  foreach(found OPENSSL_CRYPTO_LIBRARY OPENSSL_SSL_LIBRARY ZLIB_LIBRARY_RELEASE)  # of a build folder from before
    if("${${found}}" MATCHES "[.]so$")
      unset(${found} CACHE)
    endif()
  endforeach()
  # A list of 28,000 places to relocate takes 30 kB packed, and 700 plain. (binutils 2.38, glibc 2.36)
  add_link_options(-Wl,-z,pack-relative-relocs)
  # Nothing of them is for the libraries that are opened late: those bring their own.
  add_link_options(-Wl,--exclude-libs,ALL -Wl,--gc-sections)
endif()

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS headers)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(RapidJSON REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libgit2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(libssh REQUIRED IMPORTED_TARGET libssh)
pkg_check_modules(librnp REQUIRED IMPORTED_TARGET librnp)  # its headers; the library is opened when it is needed
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)

# weir_links(name target file): the library of `target`, or the archive `file` where programs are linked statically.
function(weir_links name target file)
  add_library(weir_${name} INTERFACE)
  add_library(weir::${name} ALIAS weir_${name})
  if(WEIR_STATIC)
    find_library(weir_${name}_archive ${file} REQUIRED)
    target_link_libraries(weir_${name} INTERFACE ${weir_${name}_archive} Threads::Threads)
  else()
    target_link_libraries(weir_${name} INTERFACE ${target})
  endif()
endfunction()
weir_links(crypt crypt libcrypt.a)
weir_links(re2 PkgConfig::re2 libre2.a)
weir_links(yaml_cpp yaml-cpp libyaml-cpp.a)

# weir_late(name target): the headers of a library that pkg/git opens late (pkg/git/late_library.hpp).
function(weir_late name target)
  add_library(weir_${name} INTERFACE)
  add_library(weir::${name} ALIAS weir_${name})
  target_include_directories(weir_${name} SYSTEM INTERFACE $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
endfunction()
weir_late(libgit2 PkgConfig::libgit2)
weir_late(libssh PkgConfig::libssh)

if(WEIR_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
