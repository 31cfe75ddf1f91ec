# Every third-party library, once. All come from Debian 12; see the package list in cmake/debian-packages.txt.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS headers)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(RapidJSON REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libgit2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(libssh REQUIRED IMPORTED_TARGET libssh)
pkg_check_modules(librnp REQUIRED IMPORTED_TARGET librnp)  # its headers; the library is opened when it is needed
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
if(WEIR_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
