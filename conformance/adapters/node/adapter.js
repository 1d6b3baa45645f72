'use strict';
// Node.js can neither build nor verify a chain by itself (crypto.X509Certificate checks one signature at a time), so its
// own TLS server is asked: tls.createServer with the file as `ca` and requestCert, and a TLS client of Node in the same
// process that sends the chain. The server's `authorizationError` is the verdict. Node has no way to give it a time.

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const tls = require('node:tls');
const { Duplex } = require('node:stream');

const FEATURES = ['ed25519', 'ed448', 'p521', 'rsa-pss', 'sha1', 'weak-key'];

// Node's names of X509_V_ERR_*; what it has no name for is UNSPECIFIED.
const REASONS = {
  UNABLE_TO_GET_ISSUER_CERT: 'issuer-not-found',
  UNABLE_TO_GET_CRL: 'crl-not-found',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'cert-signature-undecryptable',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'issuer-key-unreadable',
  CERT_SIGNATURE_FAILURE: 'signature-invalid',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  CERT_HAS_EXPIRED: 'expired',
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 'not-before-malformed',
  ERROR_IN_CERT_NOT_AFTER_FIELD: 'not-after-malformed',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed-in-chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'local-issuer-not-found',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'issuer-not-found-leaf-only',
  CERT_CHAIN_TOO_LONG: 'chain-too-long',
  INVALID_CA: 'invalid-ca',
  PATH_LENGTH_EXCEEDED: 'path-length-exceeded',
  INVALID_PURPOSE: 'purpose-client-auth',
  CERT_UNTRUSTED: 'not-trusted',
  CERT_REJECTED: 'trust-rejected',
};

// The server's own certificate; build.sh makes it, nobody looks at it.
const identity = {
  key: fs.readFileSync(path.join(__dirname, 'server.key')),
  cert: fs.readFileSync(path.join(__dirname, 'server.pem')),
};

// Two streams of which each reads what the other writes.
function wire() {
  const ends = [0, 1].map(
    (i) =>
      new Duplex({
        read() {},
        write(chunk, _encoding, done) {
          setImmediate(() => ends[1 - i].push(chunk));
          done();
        },
        final(done) {
          setImmediate(() => ends[1 - i].push(null));
          done();
        },
      }),
  );
  return ends;
}

function textOf(error) {
  const message = error.message.replace(/\b[0-9A-F]{8,16}:(?=error:)/g, ''); // OpenSSL's number of the thread: another each time
  return error.code && !message.includes(error.code) ? `${error.code}: ${message}` : message;
}

// Resolves to the members `handshake`, `reason` and `raw` of the answer.
function shakeHands(server, clientContext) {
  const [serverEnd, clientEnd] = wire();
  return new Promise((resolve) => {
    server.once('secureConnection', (socket) => {
      const code = socket.authorizationError;
      if (socket.getPeerX509Certificate() === undefined) {
        // OpenSSL's client sends none whose key the server's signature algorithms do not fit, such as secp256k1.
        resolve({ handshake: 'unsupported', raw: 'the client did not send its certificate' });
        return;
      }
      resolve(
        socket.authorized
          ? { handshake: 'SUCCESS', raw: '' }
          : { handshake: 'FAILED', reason: REASONS[code] ?? null, raw: String(code) },
      );
    });
    server.once('tlsClientError', (error) => resolve({ handshake: 'ABORTED', raw: textOf(error) }));
    const client = tls.connect({ socket: clientEnd, secureContext: clientContext, rejectUnauthorized: false });
    client.on('error', (error) =>
      setImmediate(() => resolve({ handshake: 'unsupported', raw: `the client fails: ${textOf(error)}` })),
    );
    server.emit('connection', serverEnd);
  }).finally(() => {
    serverEnd.destroy();
    clientEnd.destroy();
  });
}

function isOptionOfGateway(options) {
  return (
    options.verifyClientCertIssuerDN ||
    options.verifyClientAuthMode === 'Passthrough' ||
    options.verifyClientRevocation === 'OCSP'
  );
}

// Cases that follow each other often have the same client: making its context costs as much as the handshake. With no CA
// of its own it has none from which OpenSSL could complete the chain.
const last = {};
function contextOf({ chain, key }) {
  if (last.context === undefined || last.chain !== chain || last.key !== key) {
    const context = tls.createSecureContext({ cert: chain, key, ca: [], ciphers: 'DEFAULT:@SECLEVEL=0' });
    Object.assign(last, { chain, key, context });
  }
  return last.context;
}

async function handshake(client, server) {
  if (isOptionOfGateway(client.options)) {
    return { handshake: 'unsupported', raw: 'an option of the gateway' };
  }
  if (!client.chain) {
    return { handshake: 'NONE', raw: '' };
  }
  let context;
  try {
    context = contextOf(client);
  } catch (error) {
    return { handshake: 'unsupported', raw: `the client cannot send this: ${textOf(error)}` };
  }
  return client.key ? shakeHands(server, context) : { handshake: 'unsupported', raw: 'the client has no key' };
}

async function answer(test) {
  const out = { id: test.id, raw: '' };
  let server;
  try {
    const ca = test.bundle === undefined ? [] : Buffer.from(test.bundle, 'base64');
    // Reading the identity takes a third of the time, and where no client comes nobody sees it.
    const comes = test.client?.chain && test.client.key && !isOptionOfGateway(test.client.options);
    server = tls.createServer({ ...(comes && identity), ca, requestCert: true, rejectUnauthorized: false });
    if (test.bundle !== undefined) {
      out.upload = { result: 'accepted', raw: '' };
    }
  } catch (error) {
    out.upload = { result: 'rejected', raw: textOf(error) };
    return out;
  }
  return test.client ? { ...out, ...(await handshake(test.client, server)) } : out;
}

async function main() {
  const version = `${process.versions.node} (OpenSSL ${process.versions.openssl})`;
  process.stdout.write(`${JSON.stringify({ protocol: 1, name: 'node', version, features: FEATURES })}\n`);
  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
}

main();
