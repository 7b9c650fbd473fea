// Calls every simulated endpoint with plaid-node, as it comes from npm, and
// checks what the SDK makes of the answer. One row is one call; each prints
// "ok" or "not ok" and its name. An endpoint more is a row more.
import assert from 'node:assert/strict';
import { Configuration, PlaidApi } from 'plaid';
import { sessionOf, share } from './session.mjs';
import { headerOf, isGenuine, receive } from './webhooks.mjs';

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
const webhooks = await receive();
const made = await plaid.sessionTokenCreate({ template_id, user, webhook: webhooks.url });
const public_token = await share(url, made.data.link.link_token);
const account = (await plaid.userAccountSessionGet({ public_token })).data;
const access_token = account.items[0].access_token;
const another = account.items[1].access_token; // is removed on the way
const { institution_id } = (await plaid.accountsGet({ access_token })).data.item;
const link_session_id = sessionOf(made.data.link.link_token);

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

  {
    name: 'userAccountSessionEventSend',
    call: () => plaid.userAccountSessionEventSend({ link_session_id, event: { name: 'signed_up', timestamp: new Date().toISOString() } }),
    check: () => {},
  },
  {
    name: 'networkStatusGet',
    call: () => plaid.networkStatusGet({ user: { phone_number: '+14155550011' }, template_id }),
    check({ network_status, layer }) {
      assert.equal(network_status, 'RETURNING_USER');
      assert.equal(layer.eligible, true);
    },
  },
  {
    name: 'networkStatusGet of nobody',
    call: () => plaid.networkStatusGet({ user: { phone_number: '+12125550142' }, template_id }),
    check({ network_status, layer }) {
      assert.equal(network_status, 'UNKNOWN');
      assert.equal(layer.eligible, false);
    },
  },
  {
    name: 'itemGet',
    call: () => plaid.itemGet({ access_token }),
    check: ({ item }) => assert.equal(item.item_id, account.items[0].item_id),
  },
  {
    name: 'authGet',
    call: () => plaid.authGet({ access_token }),
    check({ accounts, numbers }) {
      assert.equal(accounts.length, 2);
      assert.match(numbers.ach[0].routing, /^[0-9]{9}$/);
    },
  },
  {
    name: 'identityGet',
    call: () => plaid.identityGet({ access_token }),
    check: ({ accounts }) => assert.deepEqual(accounts[0].owners[0].names, ['Maxine Madeup']),
  },
  {
    name: 'identityMatch',
    call: () => plaid.identityMatch({ access_token, user: { legal_name: 'Maxine Madeup', phone_number: '+14155550012' } }),
    check({ accounts }) {
      assert.equal(accounts[0].legal_name.score, 100);
      assert.equal(accounts[0].phone_number.score, 0);
    },
  },
  {
    name: 'institutionsGetById',
    call: () => plaid.institutionsGetById({ institution_id, country_codes: ['US'] }),
    check: ({ institution }) => assert.equal(institution.name, 'First Platypus Bank'),
  },
  {
    name: 'webhookVerificationKeyGet',
    async call() {
      const { alg, kid } = headerOf(await webhooks.first);
      assert.equal(alg, 'ES256');
      return plaid.webhookVerificationKeyGet({ key_id: kid });
    },
    async check({ key }) {
      const webhook = await webhooks.first;
      assert.equal(key.expired_at, null);
      assert.ok(isGenuine(webhook, key), 'the webhook is not genuine');
      assert.ok(!isGenuine({ ...webhook, body: Buffer.from('{}') }, key), 'another body is genuine too');
      assert.match(JSON.parse(webhook.body).webhook_code, /^(LAYER_AUTHENTICATION_PASSED|SESSION_FINISHED)$/);
    },
  },
  { name: 'itemRemove', call: () => plaid.itemRemove({ access_token: another }), check: () => {} },
  { name: 'itemGet after itemRemove', call: () => plaid.itemGet({ access_token: another }), fails: [400, 'ITEM_ERROR', 'ITEM_NOT_FOUND'] },

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
  { name: 'an event without a name', call: () => plaid.userAccountSessionEventSend({ link_session_id, event: { timestamp: new Date().toISOString() } }), fails: [400, 'INVALID_REQUEST', 'MISSING_FIELDS', /event\.name/] },
  { name: 'an event at no time', call: () => plaid.userAccountSessionEventSend({ link_session_id, event: { name: 'x', timestamp: 'today' } }), fails: [400, 'INVALID_REQUEST', 'INVALID_FIELD', /timestamp/] },
  { name: 'a phone number as typed', call: () => plaid.networkStatusGet({ user: { phone_number: '415-555-0011' } }), fails: [400, 'INVALID_REQUEST', 'INVALID_FIELD', /phone_number/] },
  { name: 'auth of an account of nobody', call: () => plaid.authGet({ access_token, options: { account_ids: ['nobody'] } }), fails: [400, 'INVALID_INPUT', 'INVALID_ACCOUNT_ID'] },
  { name: 'identity by another client', call: () => other.identityGet({ access_token }), fails: [400, 'INVALID_INPUT', 'INVALID_ACCESS_TOKEN'] },
  { name: 'an unknown institution', call: () => plaid.institutionsGetById({ institution_id: 'ins_0', country_codes: ['US'] }), fails: [400, 'INVALID_INPUT', 'INVALID_INSTITUTION'] },
  { name: 'an unknown webhook key', call: () => plaid.webhookVerificationKeyGet({ key_id: unknown }), fails: [400, 'INVALID_INPUT', 'INVALID_WEBHOOK_VERIFICATION_KEY_ID'] },
  { name: 'no webhook key', call: () => plaid.webhookVerificationKeyGet({}), fails: [400, 'INVALID_REQUEST', 'MISSING_FIELDS', /key_id/] },
  { name: 'exchanging the profile token', call: () => plaid.itemPublicTokenExchange({ public_token }), fails: [400, 'INVALID_INPUT', 'INVALID_PUBLIC_TOKEN'] },
  { name: 'a call that is not simulated', call: () => plaid.itemWebhookUpdate({ access_token, webhook: 'http://127.0.0.1:1/' }), fails: [404, 'INVALID_REQUEST', 'NOT_FOUND', /not simulated by layersim: POST \/item\/webhook\/update/] },
];

const requestID = /^[0-9A-Za-z]{15}$/;

async function run({ call, check, fails }) {
  if (!fails) {
    const { status, data } = await call();
    assert.equal(status, 200);
    assert.match(data.request_id, requestID);
    await check(data);
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
