'use strict';
// An HTTPS server with client certificates as Node.js programs are written: requestCert and rejectUnauthorized, and a
// `ca` for each server name (addContext). The arguments are its configuration (JSON) and, to load the trust files and
// serve nothing, --check.

const { constants } = require('node:crypto');
const fs = require('node:fs');
const https = require('node:https');
const tls = require('node:tls');

function check(config) {
  const refused = {};
  for (const [name, file] of Object.entries(config.sites)) {
    try {
      tls.createSecureContext({ ca: fs.readFileSync(file) });
    } catch (error) {
      refused[name] = error.message;
    }
  }
  console.log(JSON.stringify(refused));
}

function serve(config) {
  const identity = { cert: fs.readFileSync(config.certificate), key: fs.readFileSync(config.key) };
  const server = https.createServer(
    {
      ...identity,
      minVersion: 'TLSv1.2',
      requestCert: true,
      rejectUnauthorized: true,
      secureOptions: config.resume ? 0 : constants.SSL_OP_NO_TICKET,
    },
    (request, response) => {
      const { remoteAddress, remotePort } = request.socket;
      console.log(`VERDICT ${remoteAddress}:${remotePort} ${request.socket.getProtocol()} ${request.socket.authorized}`);
      response.writeHead(200, { connection: 'close' });
      response.end();
    },
  );
  for (const [name, file] of Object.entries(config.sites)) {
    server.addContext(name, { ...identity, ca: fs.readFileSync(file) });
  }
  // Node.js tells why it ended the connection in authorizationError; by then the socket has forgotten whose it was.
  const peers = new WeakMap();
  server.prependListener('connection', (socket) => {
    peers.set(socket, `${socket.remoteAddress}:${socket.remotePort}`);
  });
  server.on('tlsClientError', (error, socket) => {
    const peer = peers.get(socket._parent);
    const code = socket.authorizationError;
    console.log(code ? `FAILED ${peer} ${code}` : `ABORTED ${peer} ${error.code} ${error.message.trim()}`);
  });
  const [host, port] = config.address.split(':');
  server.listen({ host, port: Number(port) });
  process.on('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
  });
}

const config = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
if (process.argv[3] === '--check') {
  check(config);
} else {
  serve(config);
}
