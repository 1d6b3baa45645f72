// Botan as its TLS servers use it: the file goes to Certificate_Store_In_Memory by way of the PEM reader that
// its own tools use, the chain through x509_path_validate as TLS::Callbacks::tls_verify_cert_chain calls it,
// for TLS clients.
#include "c/adapter.h"

#include <botan/certstor.h>
#include <botan/data_src.h>
#include <botan/pk_keys.h>
#include <botan/tls_exceptn.h>
#include <botan/tls_policy.h>
#include <botan/version.h>
#include <botan/x509cert.h>
#include <botan/x509path.h>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

std::unique_ptr<Botan::Certificate_Store_In_Memory> trusted;

const char *version() {
    static const std::string text = Botan::short_version_string();
    return text.c_str();
}

void load(adapter_bytes bundle, time_t, adapter_answer *answer) {
    trusted = std::make_unique<Botan::Certificate_Store_In_Memory>();
    size_t count = 0;
    try {
        Botan::DataSource_Memory source(bundle.data, bundle.len);
        while (!source.end_of_data()) {
            // As Certificate_Store_In_Memory(folder) and Flatfile_Certificate_Store read their files.
            trusted->add_certificate(Botan::X509_Certificate(source));
            count++;
            uint8_t byte = 0;
            while (source.peek_byte(byte) == 1 && (byte == '\n' || byte == '\r' || byte == ' ')) {
                source.read_byte(
                    byte); // its reader takes the end of the file for a certificate that is missing
            }
        }
        answer->result = count > 0 ? ADAPTER_OK : ADAPTER_REFUSED;
        if (count == 0) {
            adapter_say(answer, "no certificate");
        }
    } catch (const std::exception &error) {
        answer->result = ADAPTER_REFUSED;
        adapter_say(answer, "%s", error.what());
    }
}

void add_reason(Botan::Certificate_Status_Code code, adapter_answer *answer) {
    using Code = Botan::Certificate_Status_Code;
    switch (code) {
    case Code::CERT_ISSUER_NOT_FOUND:
    case Code::CANNOT_ESTABLISH_TRUST:
        adapter_reason(answer, ADAPTER_NO_TRUSTED_ISSUER, nullptr);
        break;
    case Code::CERT_HAS_EXPIRED:
        adapter_reason(answer, "expired", nullptr);
        break;
    case Code::CERT_NOT_YET_VALID:
        adapter_reason(answer, "not-yet-valid", nullptr);
        break;
    case Code::SIGNATURE_ERROR:
        adapter_reason(answer, "signature-invalid", nullptr);
        break;
    case Code::INVALID_USAGE:
        adapter_reason(answer, "purpose-client-auth", nullptr);
        break;
    case Code::CA_CERT_NOT_FOR_CERT_ISSUER:
        adapter_reason(answer, "invalid-ca", "no-cert-sign", nullptr);
        break;
    case Code::CERT_CHAIN_TOO_LONG:
        adapter_reason(answer, "path-length-exceeded", nullptr);
        break;
    case Code::CERT_CHAIN_LOOP:
        adapter_reason(answer, "path-loop", nullptr);
        break;
    case Code::NAME_CONSTRAINT_ERROR:
        adapter_reason(answer, "permitted-subtree", "excluded-subtree", nullptr);
        break;
    case Code::UNKNOWN_CRITICAL_EXTENSION:
        adapter_reason(answer, "critical-extension", nullptr);
        break;
    case Code::SIGNATURE_METHOD_TOO_WEAK:
        adapter_reason(answer, "ee-key-too-weak", "ca-key-too-weak", "digest-too-weak", nullptr);
        break;
    case Code::UNTRUSTED_HASH:
        adapter_reason(answer, "digest-too-weak", nullptr);
        break;
    case Code::EXT_IN_V1_V2_CERT:
        adapter_reason(answer, "extensions-require-v3", nullptr);
        break;
    case Code::DUPLICATE_CERT_EXTENSION:
        adapter_reason(answer, "extension-invalid", nullptr);
        break;
    default:
        break;
    }
}

// The default policy of Botan 2 wants revocation information of every chain, which no case has: that one rule
// is off.
const Botan::TLS::Policy policy;

void verify_chain(const std::vector<Botan::X509_Certificate> &chain, time_t now, adapter_answer *answer) {
    const Botan::Path_Validation_Restrictions restrictions(false, policy.minimum_signature_strength());
    const auto result =
        Botan::x509_path_validate(chain, restrictions, *trusted, "", Botan::Usage_Type::TLS_CLIENT_AUTH,
                                  std::chrono::system_clock::from_time_t(now));
    answer->result = result.successful_validation() ? ADAPTER_OK : ADAPTER_REFUSED;
    if (!result.successful_validation()) {
        for (const auto &errors : result.all_statuses()) {
            for (const auto code : errors) {
                add_reason(code, answer);
            }
        }
        add_reason(result.result(), answer);
        adapter_say(answer, "%s", result.result_string().c_str());
        return;
    }
    try { // as its server does when the client has proven its key
        const std::unique_ptr<Botan::Public_Key> key(chain.front().load_subject_public_key());
        policy.check_peer_key_acceptable(*key);
    } catch (const Botan::TLS::TLS_Exception &error) {
        answer->result = ADAPTER_REFUSED;
        adapter_reason(answer, "ee-key-too-weak", nullptr);
        adapter_say(answer, "%s", error.what());
    }
}

void verify(const adapter_bytes *certificates, size_t count, time_t now, adapter_answer *answer) {
    std::vector<Botan::X509_Certificate> chain;
    if (!trusted) { // nothing was uploaded
        trusted = std::make_unique<Botan::Certificate_Store_In_Memory>();
    }
    try {
        for (size_t i = 0; i < count; i++) {
            chain.emplace_back(certificates[i].data, certificates[i].len);
        }
    } catch (const std::exception &error) {
        answer->result = ADAPTER_UNDECODED;
        adapter_say(answer, "%s", error.what());
        return;
    }
    try {
        verify_chain(chain, now, answer);
    } catch (const std::exception &error) {
        answer->result = ADAPTER_REFUSED;
        adapter_say(answer, "%s", error.what());
    }
}

void unload() {
    trusted.reset();
}

} // namespace

int main() {
    static const char *const features[] = {"clock",    "rsa-pss",   "ed25519",
                                           "p521",     "secp256k1", "explicit-ec-parameters",
                                           "weak-key", "sha1",      "malformed-client-certificate",
                                           nullptr};
    static const adapter_library library = {"botan", features, version, load, verify, unload};
    return adapter_main(&library);
}
