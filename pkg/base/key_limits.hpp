#pragma once

namespace weir {

/// The longest RSA key that signs for us. The work grows with the cube of the length: 60 milliseconds here, hours for a
/// key that fills a Secret.
constexpr int kLongestSigningKeyBits = 8'192;

}  // namespace weir
