// Link as its user goes through it, over HTTP, so that the API can be asked
// about what was shared. The API itself is only ever called with plaid-node.

const sessions = new Map();

// sessionOf returns the link_session_id of a link_token that was shared with.
export const sessionOf = (token) => sessions.get(token);

// share walks a Link session of this link_token to its end and returns the
// public_token that onSuccess would be called with.
export async function share(url, token, { phone = '+14155550011', birth = null } = {}) {
  let session = '';
  const step = async (verb, body = {}) => {
    const path = session ? `/link/session/${session}/${verb}` : '/link/session';
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok || answer.refused) throw new Error(`${verb}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const created = await step('create', { token });
  session = created.session;
  sessions.set(token, created.link_session_id);
  await step('submit', { phone_number: phone });
  if (birth) await step('submit', { date_of_birth: birth });
  await step('open');
  await step('continue');
  const review = (await step('code', { code: '123456' })).pane;
  const end = await step('share', {
    values: Object.fromEntries((review.fields ?? []).map(({ key, value }) => [key, value])),
    accounts: (review.banks ?? []).flatMap((bank) => bank.accounts.map(({ id }) => id)),
  });
  return end.callbacks.find(({ kind }) => kind === 'success').public_token;
}
