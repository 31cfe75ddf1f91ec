// The one place where Beast is compiled; everyone else sees declarations
// (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
