// Calls every simulated endpoint with plaid-node, as it comes from npm, and
// checks what the SDK makes of the answer. One row is one call; each prints
// "ok" or "not ok" and its name. An endpoint more is a row more.
import assert from 'node:assert/strict';
import { Configuration, PlaidApi } from 'plaid';
import { share } from './session.mjs';

const url = process.env.PLAID_URL;

function createPlaid(headers) {
  return new PlaidApi(new Configuration({ basePath: url, baseOptions: { headers } }));
}

const plaid = createPlaid({ 'PLAID-CLIENT-ID': 'plaid-node', 'PLAID-SECRET': 'secret', 'Plaid-Version': '2020-09-14' });
const other = createPlaid({ 'PLAID-CLIENT-ID': 'somebody-else', 'PLAID-SECRET': 'secret' });
const nobody = createPlaid({});

const template_id = 'template_4uinBNe4B2x9';
const user = { client_user_id: 'user-1' };
const unknown = '00000000-0000-4000-8000-000000000000';

// What the rows below build on.
const made = await plaid.sessionTokenCreate({ template_id, user });
const public_token = await share(url, made.data.link.link_token);
const account = (await plaid.userAccountSessionGet({ public_token })).data;
const access_token = account.items[0].access_token;

// check holds an answer against what it must have.
const rows = [
  {
    name: 'sessionTokenCreate',
    call: () => plaid.sessionTokenCreate({ template_id, user, webhook: 'https://example.com/hook' }),
    check({ link }) {
      assert.match(link.link_token, /^link-sandbox-[0-9a-f-]{36}$/);
      assert.ok(Date.parse(link.expiration) > Date.now());
    },
  },
  {
    name: 'sessionTokenCreate with credentials in the body',
    call: () => nobody.sessionTokenCreate({ client_id: 'plaid-node', secret: 'secret', template_id, user }),
    check: ({ link }) => assert.match(link.link_token, /^link-sandbox-/),
  },
  {
    name: 'userAccountSessionGet',
    call: () => plaid.userAccountSessionGet({ public_token }),
    check({ identity, identity_edit_history: edits, items }) {
      assert.equal(identity.phone_number, '+14155550011');
      assert.deepEqual(identity.name, { first_name: 'Maxine', last_name: 'Madeup' });
      assert.equal(identity.address.postal_code, '47250');
      assert.equal(identity.date_of_birth, '1975-01-18');
      assert.equal(identity.ssn.slice(-4), identity.ssn_last_4);
      assert.deepEqual(edits.address, { edits_current: 0, edits_1d: 0, edits_30d: 0, edits_365d: 1, edits_all_time: 1 });
      assert.equal(edits.official_document.ssn.edits_all_time, 0);
      assert.equal(items.length, 2);
      for (const item of items) assert.match(item.access_token, /^access-sandbox-[0-9a-f-]{36}$/);
    },
  },
  {
    name: 'userAccountSessionGet by another client',
    call: () => other.userAccountSessionGet({ public_token }),
    fails: [400, 'INVALID_INPUT', 'INVALID_PUBLIC_TOKEN'],
  },
  {
    name: 'accountsGet',
    call: () => plaid.accountsGet({ access_token }),
    check({ accounts, item }) {
      assert.equal(item.item_id, account.items[0].item_id);
      assert.deepEqual(accounts.map(({ name, mask }) => [name, mask]), [['Everyday Checking', '0000'], ['Rainy Day Savings', '1111']]);
      assert.equal(accounts[0].balances.iso_currency_code, 'USD');
    },
  },
  {
    name: 'accountsGet by another client',
    call: () => other.accountsGet({ access_token }),
    fails: [400, 'INVALID_INPUT', 'INVALID_ACCESS_TOKEN'],
  },

  // Plaid docs: Errors.
  { name: 'no template_id', call: () => plaid.sessionTokenCreate({ user }), fails: [400, 'INVALID_REQUEST', 'MISSING_FIELDS', /template_id/] },
  { name: 'no user', call: () => plaid.sessionTokenCreate({ template_id }), fails: [400, 'INVALID_REQUEST', 'MISSING_FIELDS', /user/] },
  { name: 'a template_id that is no text', call: () => plaid.sessionTokenCreate({ template_id: 7, user }), fails: [400, 'INVALID_REQUEST', 'INVALID_FIELD', /template_id/] },
  { name: 'a user that is a person', call: () => plaid.sessionTokenCreate({ template_id, user: { client_user_id: 'ada@example.com' } }), fails: [400, 'INVALID_REQUEST', 'INVALID_FIELD', /client_user_id/] },
  { name: 'a redirect_uri with a query', call: () => plaid.sessionTokenCreate({ template_id, user, redirect_uri: 'https://app.test/?a=1' }), fails: [400, 'INVALID_REQUEST', 'INVALID_FIELD', /redirect_uri/] },
  { name: 'a field too much', call: () => plaid.sessionTokenCreate({ template_id, user, client_name: 'App' }), fails: [400, 'INVALID_REQUEST', 'UNKNOWN_FIELDS', /client_name/] },
  { name: 'no credentials', call: () => nobody.sessionTokenCreate({ template_id, user }), fails: [400, 'INVALID_INPUT|INVALID_REQUEST', 'INVALID_API_KEYS|MISSING_FIELDS'] },
  { name: 'no public_token', call: () => plaid.userAccountSessionGet({}), fails: [400, 'INVALID_REQUEST', 'MISSING_FIELDS', /public_token/] },
  { name: 'an unknown public_token', call: () => plaid.userAccountSessionGet({ public_token: `profile-sandbox-${unknown}` }), fails: [400, 'INVALID_INPUT', 'INVALID_PUBLIC_TOKEN'] },
  { name: 'a public_token of ordinary Link', call: () => plaid.userAccountSessionGet({ public_token: `public-sandbox-${unknown}` }), fails: [400, 'INVALID_INPUT', 'INVALID_PUBLIC_TOKEN'] },
  { name: 'no access_token', call: () => plaid.accountsGet({}), fails: [400, 'INVALID_REQUEST', 'MISSING_FIELDS', /access_token/] },
  { name: 'an unknown access_token', call: () => plaid.accountsGet({ access_token: `access-sandbox-${unknown}` }), fails: [400, 'INVALID_INPUT', 'INVALID_ACCESS_TOKEN'] },
  { name: 'an account of nobody', call: () => plaid.accountsGet({ access_token, options: { account_ids: ['nobody'] } }), fails: [400, 'INVALID_INPUT', 'INVALID_ACCOUNT_ID'] },
  { name: 'exchanging the profile token', call: () => plaid.itemPublicTokenExchange({ public_token }), fails: [404, 'INVALID_REQUEST', 'NOT_FOUND', /not simulated by layersim: POST \/item\/public_token\/exchange/] },
];

const requestID = /^[0-9A-Za-z]{15}$/;

async function run({ call, check, fails }) {
  if (!fails) {
    const { status, data } = await call();
    assert.equal(status, 200);
    assert.match(data.request_id, requestID);
    check(data);
    return;
  }
  const [status, type, code, message = /./] = fails;
  await assert.rejects(call, ({ response }) => {
    assert.equal(response.status, status);
    const { error_type, error_code, error_message, display_message, request_id } = response.data;
    assert.match(error_type, new RegExp(`^(${type})$`));
    assert.match(error_code, new RegExp(`^(${code})$`));
    assert.match(error_message, message);
    assert.ok(display_message === null || typeof display_message === 'string');
    assert.match(request_id, requestID);
    return true;
  });
}

for (const row of rows) {
  try {
    await run(row);
    console.log(`ok ${row.name}`);
  } catch (error) {
    console.log(`not ok ${row.name}: ${String(error.message).replaceAll('\n', ' | ')}`);
  }
}
