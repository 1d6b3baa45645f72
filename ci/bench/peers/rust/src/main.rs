//! rust-peer parse|verify SECONDS FOLDER: the same work with rustls-webpki, in pieces a second.

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, UnixTime};
use std::error::Error;
use std::time::{Duration, Instant};
use webpki::{anchor_from_trusted_cert, EndEntityCert, KeyUsage, ALL_VERIFICATION_ALGS};

/// Certificates of which rustls-webpki can read all that it needs of an end entity.
fn readable(folder: &str) -> Result<Vec<CertificateDer<'static>>, Box<dyn Error>> {
    let mut all = Vec::new();
    for der in CertificateDer::pem_file_iter(format!("{folder}/roots.pem"))? {
        let der = der?;
        if EndEntityCert::try_from(&der).is_ok() {
            all.push(der);
        }
    }
    Ok(all)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, work, seconds, folder] = arguments.as_slice() else {
        return Err("usage: rust-peer parse|verify SECONDS FOLDER".into());
    };
    let limit = Duration::from_secs_f64(seconds.parse()?);
    let ders = readable(folder)?;
    let trusted = CertificateDer::pem_file_iter(format!("{folder}/bundle.pem"))?
        .collect::<Result<Vec<_>, _>>()?;
    let anchors = trusted
        .iter()
        .map(anchor_from_trusted_cert)
        .collect::<Result<Vec<_>, _>>()?;
    let chain = std::fs::read(format!("{folder}/client.pem"))?;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(1_767_225_600));
    let mut next = 0;
    let mut piece = || -> Result<(), Box<dyn Error>> {
        match work.as_str() {
            "parse" => {
                next += 1;
                EndEntityCert::try_from(&ders[next % ders.len()])?;
            }
            "verify" => {
                let sent = CertificateDer::pem_slice_iter(&chain).collect::<Result<Vec<_>, _>>()?;
                let usage = KeyUsage::client_auth();
                EndEntityCert::try_from(&sent[0])?.verify_for_usage(
                    ALL_VERIFICATION_ALGS,
                    &anchors,
                    &sent[1..],
                    time,
                    usage,
                    None,
                    None,
                )?;
            }
            _ => return Err(format!("no work {work}").into()),
        }
        Ok(())
    };
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < limit {
        for _ in 0..16 {
            piece()?;
        }
        done += 16;
    }
    println!("{:.1}", f64::from(done) / start.elapsed().as_secs_f64());
    Ok(())
}
