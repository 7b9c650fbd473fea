// A receiver of webhooks, as an app has one, and what Plaid's documentation says
// of verifying them, with nothing but Node.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';

// receive listens on this machine; first is the first webhook that comes.
export async function receive() {
  let arrived;
  const first = new Promise((resolve) => { arrived = resolve; });
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    response.end();
    arrived({ body: Buffer.concat(parts), token: request.headers['plaid-verification'] });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}/webhook`, first };
}

const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'));

export const headerOf = ({ token }) => decode(token.split('.')[0]);

// isGenuine checks the signature and the hash of the body (Plaid docs: webhook
// verification).
export function isGenuine({ token, body }, jwk) {
  const [header, payload, signature] = token.split('.');
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  return verify('sha256', `${header}.${payload}`, key, Buffer.from(signature, 'base64url'))
    && decode(payload).request_body_sha256 === createHash('sha256').update(body).digest('hex');
}
