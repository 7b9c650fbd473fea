// The server half of an app in the shape of Plaid's own Layer quickstart: it
// makes a link_token when its page asks for one, and fetches identity, then
// accounts, for a public_token. Everything about Plaid comes from the
// environment, as it would for Plaid itself:
//
//   PLAID_BASE_URL=http://127.0.0.1:8137 PLAID_CLIENT_ID=… PLAID_SECRET=… node quickstart/server.mjs
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { Configuration, PlaidApi, PlaidEnvironments } from 'plaid';

const plaid = new PlaidApi(new Configuration({
  basePath: process.env.PLAID_BASE_URL ?? PlaidEnvironments.sandbox,
  baseOptions: {
    headers: {
      'PLAID-CLIENT-ID': process.env.PLAID_CLIENT_ID,
      'PLAID-SECRET': process.env.PLAID_SECRET,
      'Plaid-Version': '2020-09-14',
    },
  },
}));
const templateID = process.env.LAYER_TEMPLATE_ID ?? 'template_4uinBNe4B2x9';

const api = {
  async '/api/create_session_token'({ clientUserID }) {
    const { data } = await plaid.sessionTokenCreate({ template_id: templateID, user: { client_user_id: clientUserID } });
    return { linkToken: data.link.link_token };
  },

  async '/api/account'({ publicToken }) {
    const { data } = await plaid.userAccountSessionGet({ public_token: publicToken });
    const bank = data.items[0] ? await bankOf(data.items[0].access_token) : null;
    return { identity: data.identity, bank };
  },
};

async function bankOf(access_token) {
  const { data } = await plaid.accountsGet({ access_token });
  return {
    name: data.item.institution_name,
    accounts: data.accounts.map(({ name, mask, balances }) => ({ name, mask, balance: balances.current })),
  };
}

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { outputFiles: [client] } = buildSync({ entryPoints: [here('client.jsx')], bundle: true, write: false, jsx: 'automatic', alias: { 'react-plaid-link': 'react-plaid-link-5' } });
const files = {
  '/': ['text/html', await readFile(here('index.html'))],
  '/client.js': ['text/javascript', client.contents],
};

const server = createServer(async (request, response) => {
  const send = (status, kind, body) => response.writeHead(status, { 'Content-Type': kind }).end(body);
  const [kind, file] = files[request.url] ?? [];
  if (file) {
    send(200, kind, file);
    return;
  }
  let body = '';
  for await (const part of request) body += part;
  try {
    send(200, 'application/json', JSON.stringify(await api[request.url](JSON.parse(body))));
  } catch (error) {
    send(500, 'application/json', JSON.stringify(error.response?.data ?? { error_message: error.message }));
  }
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
