// Loaded into every Node process that `layersim exec` starts, by NODE_OPTIONS.
//
// All of Node's clients (https, fetch, http2, axios, undici) end in
// tls.connect, so that is where connections to Plaid's hosts turn off to the
// simulator. Everything else goes its usual way.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');
const tls = require('node:tls');

const { hosts, port, proxyPort } = JSON.parse(fs.readFileSync(path.join(__dirname, 'detour.json'), 'utf8'));
const ca = fs.readFileSync(path.join(__dirname, 'ca.pem'), 'utf8');

const isPlaid = (name) => hosts.includes(String(name).toLowerCase().replace(/\.$/, ''));

const connect = tls.connect;
tls.connect = function (...args) {
  const callback = args.find((a) => typeof a === 'function');
  const options = Object.assign({}, ...args.filter((a) => typeof a === 'object'));
  // http2 gives the port as text. Text that is no number is a path.
  if (['number', 'string'].includes(typeof args[0]) && /^\d+$/.test(args[0])) options.port = args[0];
  if (typeof args[1] === 'string') options.host = args[1];
  const name = options.servername || options.host;
  if (options.path || !isPlaid(name)) return connect.apply(this, args);

  // Whatever the app trusts or looks names up with, this host is ours. A
  // socket is there already if the app went through a proxy: ours.
  Object.assign(options, { servername: String(name).toLowerCase(), ca, secureContext: undefined });
  if (!options.socket) {
    if (Number(options.port) !== 443) return connect.apply(this, args);
    Object.assign(options, { host: '127.0.0.1', port, lookup: undefined, family: undefined, localAddress: undefined });
  }
  return connect.call(this, options, callback);
};

// An older axios that finds HTTPS_PROXY asks the proxy in plain HTTP for
// "https://…" instead of asking for a tunnel. Here it goes straight to where it
// wanted to, over TLS, as it would without that variable.
const request = http.request;
http.request = function (options, ...rest) {
  const viaProxy =
    options && Number(options.port) === proxyPort && (options.hostname || options.host) === '127.0.0.1' && /^https:/i.test(options.path);
  if (!viaProxy) return request.call(this, options, ...rest);
  const url = new URL(options.path);
  const headers = Object.fromEntries(Object.entries(options.headers || {}).filter(([name]) => name.toLowerCase() !== 'proxy-authorization'));
  return https.request(
    {
      ...options,
      protocol: 'https:',
      host: url.hostname,
      hostname: url.hostname,
      port: url.port || 443,
      path: url.pathname + url.search,
      headers,
      agent: options.agents && options.agents.https,
    },
    ...rest,
  );
};

// `import { connect } from 'node:tls'` sees the change too.
require('node:module').syncBuiltinESMExports();
