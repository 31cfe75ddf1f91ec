#include "test/support/certificates.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace weir::test {

namespace {

struct Free {
  void operator()(X509* value) const { X509_free(value); }
  void operator()(EVP_PKEY* value) const { EVP_PKEY_free(value); }
  void operator()(BIO* value) const { BIO_free(value); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string{data, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  if (!extension) throw std::runtime_error{"bad certificate extension " + value};
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make(const std::string& name, const Certificate* authority, const std::string& alt_name, int days) {
  const Owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
  const Owned<X509> certificate{X509_new()};
  static long serial = 1;
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -10L * 24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * 24L * 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(
      subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0
  );

  Owned<X509> issuer;
  Owned<EVP_PKEY> issuer_key;
  if (authority) {
    const Owned<BIO> certificate_text{BIO_new_mem_buf(authority->certificate_pem.data(), -1)};
    const Owned<BIO> key_text{BIO_new_mem_buf(authority->key_pem.data(), -1)};
    issuer.reset(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
    issuer_key.reset(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  }
  X509* signer = issuer ? issuer.get() : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  if (!authority) {
    add_extension(certificate.get(), signer, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate.get(), signer, NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  if (!alt_name.empty()) add_extension(certificate.get(), signer, NID_subject_alt_name, alt_name);
  X509_sign(certificate.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256());

  const Owned<BIO> certificate_out{BIO_new(BIO_s_mem())};
  const Owned<BIO> key_out{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(certificate_out.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return Certificate{text_of(certificate_out.get()), text_of(key_out.get())};
}

}  // namespace

Certificate make_authority(const std::string& name) { return make(name, nullptr, "", 2); }

Certificate make_leaf(const Certificate& authority, const std::string& subject_alt_name, int days) {
  return make("leaf", &authority, subject_alt_name, days);
}

}  // namespace weir::test
