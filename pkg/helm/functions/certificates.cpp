// Private keys and X.509 certificates.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/functions/groups.hpp"
#include "pkg/helm/functions/keys.hpp"
#include "pkg/template/print.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::helm {
namespace {

using templates::AnyList;
using templates::Call;
using templates::CallError;
using templates::CertificateParameter;
using templates::make_function;
using templates::Value;

/// What a signature or a key costs, in steps: a template that makes thousands of them is stopped.
constexpr std::uint64_t kStepsOfAKey = 4'000'000;
constexpr std::uint64_t kStepsOfASignature = 50'000;
constexpr std::size_t kSerialBytes = 16;

struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, CertificateDeleter>;

void expect(bool is_good) {
  if (!is_good) throw CallError{"error creating certificate: OpenSSL refuses it"};
}

std::shared_ptr<const templates::StructType> certificate_type() {
  static const auto kType = [] {
    auto out = std::make_shared<templates::StructType>("sprig.certificate");
    out->fields.emplace_back("Cert");
    out->fields.emplace_back("Key");
    return out;
  }();
  return kType;
}

Value certificate_value(std::string certificate, std::string key) {
  return Value::structure(certificate_type(), {std::move(certificate), std::move(key)});
}

std::pair<std::string, std::string> parts_of(const Value& value) {
  const auto& fields = value.as_struct().fields;
  return {fields[0].as_string(), fields[1].as_string()};
}

Certificate read_certificate(std::string_view pem, std::string_view prefix) {
  const PemBlock block = read_pem(pem);
  if (block.label.empty()) throw CallError{"unable to decode certificate"};
  const auto* at = reinterpret_cast<const unsigned char*>(block.bytes.data());
  Certificate out{d2i_X509(nullptr, &at, static_cast<long>(block.bytes.size()))};
  if (!out) throw CallError{text::cat(prefix, "x509: malformed certificate")};
  return out;
}

PrivateKey read_key(std::string_view pem, std::string_view prefix) {
  auto key = read_private_key(pem);
  if (!key) throw CallError{text::cat(prefix, key.error().message)};
  return *std::move(key);
}

/// What is wanted of a certificate.
struct Request {
  std::string common_name;
  std::vector<std::string> addresses;  ///< 4 or 16 bytes each
  std::vector<std::string> names;
  std::int64_t days = 0;
  bool is_authority = false;
};

std::string address_of(std::string_view text) {
  std::string bytes(16, '\0');
  const std::string copy{text};
  if (inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) return bytes.substr(0, 4);
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return bytes;
  throw CallError{text::cat("error parsing ip: ", text)};
}

Request read_request(
    Call& call, std::string common_name, const AnyList& addresses, const AnyList& names, std::int64_t days
) {
  Request out;
  out.common_name = std::move(common_name);
  out.days = days;
  for (const auto& item : addresses.items()) {
    if (!item.is_string())
      throw CallError{text::cat("error parsing ip: ", templates::print(item, call.budget()), " is not a string")};
    out.addresses.push_back(address_of(item.as_string()));
  }
  for (const auto& item : names.items()) {
    if (!item.is_string()) {
      throw CallError{text::cat(
          "error processing alternate dns name: ", templates::print(item, call.budget()), " is not a string"
      )};
    }
    out.names.push_back(item.as_string());
  }
  return out;
}

struct ExtensionDeleter {
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};

/// An extension in OpenSSL's language for configuration.
void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, ExtensionDeleter> extension{X509V3_EXT_conf_nid(nullptr, &context, id, value)};
  expect(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

struct NamesDeleter {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

void add_names(X509* certificate, const Request& request) {
  if (request.names.empty() && request.addresses.empty()) return;
  const std::unique_ptr<GENERAL_NAMES, NamesDeleter> names{sk_GENERAL_NAME_new_null()};
  const auto add = [&](int type, ASN1_STRING* text, const std::string& bytes) {
    expect(text != nullptr && ASN1_STRING_set(text, bytes.data(), static_cast<int>(bytes.size())) == 1);
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, type, text);
    sk_GENERAL_NAME_push(names.get(), name);
  };
  for (const auto& name : request.names) add(GEN_DNS, ASN1_IA5STRING_new(), name);
  for (const auto& address : request.addresses) add(GEN_IPADD, ASN1_OCTET_STRING_new(), address);
  expect(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_APPEND) == 1);
}

class Signer {
 public:
  explicit Signer(SharedOutside outside) : outside_{std::move(outside)} {}

  PrivateKey new_key(Call& call) const {
    call.budget().spend(kStepsOfAKey);
    return read_key(outside_->private_key(KeyKind::kRsa2048), "");
  }

  /// @param issuer      nullptr: it signs itself
  Value sign(Call& call, const Request& request, const PrivateKey& key, X509* issuer, const PrivateKey& issuer_key)
      const {
    call.budget().spend(kStepsOfASignature);
    const Certificate made{X509_new()};
    X509* certificate = made.get();
    expect(X509_set_version(certificate, X509_VERSION_3) == 1);
    set_serial(certificate);
    set_times(certificate, request.days);
    X509_NAME* subject = X509_get_subject_name(certificate);
    expect(
        X509_NAME_add_entry_by_NID(
            subject,
            NID_commonName,
            MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(request.common_name.data()),
            static_cast<int>(request.common_name.size()),
            -1,
            0
        ) == 1
    );
    if (issuer == nullptr) issuer = certificate;
    expect(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
    expect(X509_set_pubkey(certificate, key.get()) == 1);
    add_extension(
        certificate,
        issuer,
        NID_key_usage,
        request.is_authority ? "critical,digitalSignature,keyEncipherment,keyCertSign"
                             : "critical,digitalSignature,keyEncipherment"
    );
    add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth,clientAuth");
    add_extension(
        certificate, issuer, NID_basic_constraints, request.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE"
    );
    if (request.is_authority) add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    if (issuer != certificate && X509_get0_subject_key_id(issuer) != nullptr)
      add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
    add_names(certificate, request);
    const bool has_own_digest = EVP_PKEY_base_id(issuer_key.get()) == EVP_PKEY_ED25519;
    expect(X509_sign(certificate, issuer_key.get(), has_own_digest ? nullptr : EVP_sha256()) > 0);
    return certificate_value(write_pem("CERTIFICATE", encoded(certificate)), write_private_key(key));
  }

 private:
  void set_serial(X509* certificate) const {
    const std::string bytes = outside_->random_bytes(kSerialBytes);
    BIGNUM* number =
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr);
    const bool is_set = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
    BN_free(number);
    expect(is_set);
  }

  void set_times(X509* certificate, std::int64_t days) const {
    constexpr std::int64_t kLongest = 2'000'000;  // days: beyond the year 7000; Go's durations end before
    if (days > kLongest || days < -kLongest) throw CallError{"error creating certificate: so many days have no date"};
    const auto now =
        static_cast<time_t>(std::chrono::duration_cast<std::chrono::seconds>(outside_->now().time_since_epoch()).count()
        );
    expect(ASN1_TIME_set(X509_getm_notBefore(certificate), now) != nullptr);
    expect(ASN1_TIME_set(X509_getm_notAfter(certificate), now + days * 86400) != nullptr);
  }

  static std::string encoded(X509* certificate) {
    unsigned char* data = nullptr;
    const int size = i2d_X509(certificate, &data);
    expect(size > 0);
    std::string out{reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
    OPENSSL_free(data);
    return out;
  }

  SharedOutside outside_;
};

Value custom_certificate(Call& call, const std::string& certificate, const std::string& key) {
  call.budget().spend(kStepsOfASignature);
  const auto certificate_bytes = base64::decode(certificate);
  if (!certificate_bytes) throw CallError{"unable to decode base64 certificate"};
  const auto key_bytes = base64::decode(key);
  if (!key_bytes) throw CallError{"unable to decode base64 private key"};
  read_certificate(*certificate_bytes, "error parsing certificate: decodedCert.Bytes: ");
  read_key(*key_bytes, "error parsing private key: ");
  return certificate_value(*certificate_bytes, *key_bytes);
}

std::string generate_private_key(Call& call, Outside& outside, const std::string& kind) {
  call.budget().spend(kStepsOfAKey);
  if (kind.empty() || kind == "rsa") return outside.private_key(KeyKind::kRsa4096);
  if (kind == "dsa") return outside.private_key(KeyKind::kDsa2048);
  if (kind == "ecdsa") return outside.private_key(KeyKind::kEcdsaP256);
  if (kind == "ed25519") return outside.private_key(KeyKind::kEd25519);
  return "Unknown type " + kind;
}

}  // namespace

void add_certificates(templates::Functions& out, const SharedOutside& outside) {
  const Signer signer{outside};
  constexpr std::string_view kOfGivenKey = "parsing private key: ";

  out["genPrivateKey"] = make_function([outside](Call& call, const std::string& kind) {
    return generate_private_key(call, *outside, kind);
  });
  out["buildCustomCert"] = make_function(custom_certificate);

  const auto authority = [signer](Call& call, const std::string& name, std::int64_t days, const PrivateKey& key) {
    Request request = read_request(call, name, AnyList{Value::nil()}, AnyList{Value::nil()}, days);
    request.is_authority = true;
    return signer.sign(call, request, key, nullptr, key);
  };
  out["genCA"] = make_function([=](Call& call, const std::string& name, std::int64_t days) {
    return authority(call, name, days, signer.new_key(call));
  });
  out["genCAWithKey"] = make_function([=](Call& call, const std::string& name, std::int64_t days, const std::string& key
                                      ) { return authority(call, name, days, read_key(key, kOfGivenKey)); });

  out["genSelfSignedCert"] = make_function(
      [=](Call& call, const std::string& name, const AnyList& addresses, const AnyList& names, std::int64_t days) {
        const Request request = read_request(call, name, addresses, names, days);
        const PrivateKey key = signer.new_key(call);
        return signer.sign(call, request, key, nullptr, key);
      }
  );
  out["genSelfSignedCertWithKey"] = make_function([=](Call& call,
                                                      const std::string& name,
                                                      const AnyList& addresses,
                                                      const AnyList& names,
                                                      std::int64_t days,
                                                      const std::string& pem) {
    const PrivateKey key = read_key(pem, kOfGivenKey);
    const Request request = read_request(call, name, addresses, names, days);
    return signer.sign(call, request, key, nullptr, key);
  });

  const auto signed_by =
      [signer](Call& call, const Request& request, CertificateParameter authority_value, const PrivateKey& key) {
        const auto [certificate, issuer_pem] = parts_of(authority_value.value());
        const Certificate issuer =
            read_certificate(certificate, "error parsing certificate: decodedSignerCert.Bytes: ");
        const PrivateKey issuer_key = read_key(issuer_pem, "error parsing private key: ");
        return signer.sign(call, request, key, issuer.get(), issuer_key);
      };
  out["genSignedCert"] = make_function([=](Call& call,
                                           const std::string& name,
                                           const AnyList& addresses,
                                           const AnyList& names,
                                           std::int64_t days,
                                           CertificateParameter authority_value) {
    const Request request = read_request(call, name, addresses, names, days);
    return signed_by(call, request, authority_value, signer.new_key(call));
  });
  out["genSignedCertWithKey"] = make_function([=](Call& call,
                                                  const std::string& name,
                                                  const AnyList& addresses,
                                                  const AnyList& names,
                                                  std::int64_t days,
                                                  CertificateParameter authority_value,
                                                  const std::string& pem) {
    const PrivateKey key = read_key(pem, kOfGivenKey);
    const Request request = read_request(call, name, addresses, names, days);
    return signed_by(call, request, authority_value, key);
  });
}

}  // namespace weir::helm
