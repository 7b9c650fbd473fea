// Node's own clients, by name: node node.mjs https|fetch|http2|tls|proxied, or elsewhere|tunnelled URL CERTIFICATES
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { connect } from 'node:tls';

const body = JSON.stringify({
  client_id: process.env.PLAID_CLIENT_ID,
  secret: process.env.PLAID_SECRET,
  template_id: process.env.LAYER_TEMPLATE_ID,
  user: { client_user_id: 'user-1' },
});
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
const url = 'https://sandbox.plaid.com/session/token/create';
const print = (answer) => answer.pipe(process.stdout);

const clients = {
  https: () => https.request(url, { method: 'POST', headers }, print).end(body),
  fetch: async () => console.log(await (await fetch(url, { method: 'POST', headers, body })).text()),
  http2: () => {
    const session = http2.connect('https://sandbox.plaid.com');
    const stream = session.request({ ...headers, ':method': 'POST', ':path': '/session/token/create' });
    stream.on('end', () => session.close());
    print(stream);
    stream.end(body);
  },
  // A name that was imported by itself, as ECMAScript modules do.
  tls: () => {
    const socket = connect(443, 'sandbox.plaid.com', { servername: 'sandbox.plaid.com' }, () => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`POST /session/token/create HTTP/1.1\r\nhost: sandbox.plaid.com\r\nconnection: close\r\n${lines.join('')}\r\n${body}`);
    });
    print(socket);
  },
  // What axios did before it asked proxies for tunnels.
  proxied: () => {
    const proxy = new URL(process.env.HTTPS_PROXY);
    const auth = Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64');
    const options = { hostname: proxy.hostname, port: proxy.port, path: url, method: 'POST', headers: { ...headers, host: 'sandbox.plaid.com', 'Proxy-Authorization': `Basic ${auth}` } };
    http.request(options, print).end(body);
  },
  // Another host, whose certificate only the app trusts.
  elsewhere: () => https.get(process.argv[3], { ca: readFileSync(process.argv[4]) }, print),
  tunnelled: () => {
    const proxy = new URL(process.env.HTTPS_PROXY);
    const auth = `${proxy.username}:${proxy.password}`;
    const host = new URL(process.argv[3]).host;
    const ask = http.request({ method: 'CONNECT', hostname: proxy.hostname, port: proxy.port, path: host, headers: { 'Proxy-Authorization': `Basic ${Buffer.from(auth).toString('base64')}` } });
    ask.on('connect', (_, socket) => {
      const secure = connect({ socket, servername: 'example.com', ca: readFileSync(process.argv[4]) });
      https.get(process.argv[3], { createConnection: () => secure }, print);
    });
    ask.end();
  },
};

clients[process.argv[2]]();
