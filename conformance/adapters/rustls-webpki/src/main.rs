//! rustls-webpki as servers with rustls's WebPkiClientVerifier use it: every certificate of the file becomes a trust
//! anchor, as RootCertStore::add makes one, and the chain goes through EndEntityCert::verify_for_usage.

use base64::prelude::{Engine, BASE64_STANDARD};
use rustls_pki_types::pem::{PemObject, SectionKind};
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use serde_json::{json, Value};
use std::io::{self, BufRead, Write};
use std::time::{Duration, SystemTime};
use webpki::{anchor_from_trusted_cert, EndEntityCert, Error, KeyUsage, ALL_VERIFICATION_ALGS};

const NO_TRUSTED_ISSUER: &[&str] = &[
    "issuer-not-found",
    "local-issuer-not-found",
    "issuer-not-found-leaf-only",
    "self-signed",
    "self-signed-in-chain",
];

/// The version of the library that Cargo.lock pins.
fn version() -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let package = lock.split("name = \"rustls-webpki\"\nversion = \"").nth(1);
    package
        .and_then(|text| text.split('"').next())
        .expect("Cargo.lock names rustls-webpki")
}

fn reasons_of(error: &Error) -> &'static [&'static str] {
    match error {
        Error::UnknownIssuer => NO_TRUSTED_ISSUER,
        Error::CertExpired { .. } => &["expired"],
        Error::CertNotValidYet { .. } => &["not-yet-valid"],
        Error::InvalidSignatureForPublicKey => &["signature-invalid"],
        Error::RequiredEkuNotFoundContext(_) => &["purpose-client-auth"],
        Error::EmptyEkuExtension => &["purpose-client-auth", "extension-invalid"],
        Error::EndEntityUsedAsCa => &["invalid-ca"],
        Error::CaUsedAsEndEntity => &["invalid-non-ca"],
        Error::PathLenConstraintViolated => &["path-length-exceeded"],
        Error::MaximumPathDepthExceeded => &["chain-too-long"],
        Error::NameConstraintViolation => &["permitted-subtree", "excluded-subtree"],
        Error::MalformedNameConstraint | Error::InvalidNetworkMaskConstraint => {
            &["name-constraint-syntax"]
        }
        Error::UnsupportedCriticalExtension => &["critical-extension"],
        Error::SignatureAlgorithmMismatch => &["signature-algorithm-inconsistent"],
        Error::UnsupportedSignatureAlgorithmContext(_) => {
            &["digest-too-weak", "signature-algorithm-unknown"]
        }
        Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => &[
            "signature-algorithm-mismatch",
            "digest-too-weak",
            "ca-key-too-weak",
            "ec-explicit-parameters",
        ],
        Error::InvalidCertValidity => &["expired", "not-yet-valid"],
        _ => &[],
    }
}

/// Whether the certificate could not be read, as against read and refused.
fn is_undecoded(error: &Error) -> bool {
    matches!(
        error,
        Error::BadDer
            | Error::BadDerTime
            | Error::TrailingData(_)
            | Error::InvalidSerialNumber
            | Error::ExtensionValueInvalid
            | Error::MalformedExtensions
    )
}

/// As rustls's own server example loads its file: every certificate, or none.
fn load(bundle: &[u8]) -> Result<Vec<TrustAnchor<'static>>, String> {
    let mut anchors = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(bundle) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        let anchor = anchor_from_trusted_cert(&certificate).map_err(|error| error.to_string())?;
        anchors.push(anchor.to_owned());
    }
    if anchors.is_empty() {
        return Err("NoRootAnchors".into()); // of rustls's ClientCertVerifierBuilder
    }
    Ok(anchors)
}

/// The verdict on a chain as the members `handshake`, `reason` and `raw` of the answer.
fn verify(chain: &[CertificateDer<'_>], anchors: &[TrustAnchor<'_>], now: UnixTime) -> Value {
    let leaf = match EndEntityCert::try_from(&chain[0]) {
        Ok(leaf) => leaf,
        Err(error) if is_undecoded(&error) => {
            return json!({"handshake": "ABORTED", "raw": error.to_string()})
        }
        Err(error) => return failed(&error),
    };
    let usage = KeyUsage::client_auth();
    match leaf.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        anchors,
        &chain[1..],
        now,
        usage,
        None,
        None,
    ) {
        Ok(_) => json!({"handshake": "SUCCESS", "raw": ""}),
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> Value {
    json!({"handshake": "FAILED", "reason": reasons_of(error), "raw": error.to_string()})
}

fn is_option_of_gateway(options: &Value) -> bool {
    options["verifyClientCertIssuerDN"] == true
        || options["verifyClientAuthMode"] == "Passthrough"
        || options["verifyClientRevocation"] == "OCSP"
}

/// What travels is DER, so only the framing of the PEM counts.
fn chain_of(pem: &str) -> Vec<CertificateDer<'static>> {
    let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(pem.as_bytes());
    sections
        .filter_map(|section| section.ok().map(|(_, der)| CertificateDer::from(der)))
        .collect()
}

fn handshake(client: &Value, anchors: &[TrustAnchor<'_>], now: UnixTime) -> Value {
    if is_option_of_gateway(&client["options"]) {
        return json!({"handshake": "unsupported", "raw": "an option of the gateway"});
    }
    let chain = client["chain"].as_str().map(chain_of).unwrap_or_default();
    if chain.is_empty() {
        return json!({"handshake": "NONE", "raw": ""});
    }
    verify(&chain, anchors, now)
}

fn answer(case: &Value) -> Result<Value, Box<dyn std::error::Error>> {
    let mut out = json!({"id": case["id"], "raw": ""});
    let mut anchors = Vec::new();
    let time = humantime::parse_rfc3339(case["time"].as_str().ok_or("a case without a time")?)?;
    let now = UnixTime::since_unix_epoch(
        time.duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or(Duration::ZERO),
    );
    if let Some(bundle) = case["bundle"].as_str() {
        match load(&BASE64_STANDARD.decode(bundle)?) {
            Ok(loaded) => {
                anchors = loaded;
                out["upload"] = json!({"result": "accepted", "raw": ""});
            }
            Err(error) => {
                out["upload"] = json!({"result": "rejected", "raw": error});
                return Ok(out);
            }
        }
    }
    if case["client"].is_object() {
        if let Value::Object(members) = handshake(&case["client"], &anchors, now) {
            out.as_object_mut()
                .expect("it was made as one")
                .extend(members);
        }
    }
    Ok(out)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let features = [
        "clock",
        "ed25519",
        "malformed-client-certificate",
        "rsa-pss",
        "sha1",
        "weak-key",
    ];
    let mut out = io::stdout().lock();
    let hello =
        json!({"protocol": 1, "name": "rustls-webpki", "version": version(), "features": features});
    writeln!(out, "{hello}")?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", answer(&serde_json::from_str(&line?)?)?)?;
        out.flush()?;
    }
    Ok(())
}
