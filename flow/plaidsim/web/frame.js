// Link itself: asks the simulator, draws its panes, and hands callbacks to the
// app's page through the port that link-initialize.js gives it.
//
// The rules that everything below serves:
//  - One request at a time, so that what the user does and what comes back
//    keep their order.
//  - Callbacks come at least once, numbered. Each number is forwarded once, and
//    acknowledged only when the app has really been called.
//  - The simulator knows the state; a pane is drawn as it comes. Only what the
//    user has typed and not yet shared is kept here.
//  - Text is set as text, never as markup.

// ---- The app's page -------------------------------------------------------

const hostOrigin = new URLSearchParams(location.search).get('host') || 'null';
let port = null;

function tellHost(message) {
  port?.postMessage(message);
}

// The port is taken once, from the page that embeds this frame, at the origin
// it was announced with.
function takePort(event) {
  if (port || event.source !== window.parent || event.origin !== hostOrigin) return;
  if (event.data?.layersim !== 'port' || !event.ports[0]) return;
  [port] = event.ports;
  port.onmessage = ({ data }) => orders[data.kind]?.(data);
}

const orders = {
  start: (m) => enqueue(() => start(m.token, m.resume, m.page)),
  submit: (m) => enqueue(() => act('submit', { phone_number: m.phone_number, date_of_birth: m.date_of_birth, page: m.page })),
  early: (m) => enqueue(() => tellOfEarly({ phone_number: m.phone_number, date_of_birth: m.date_of_birth, page: m.page })),
  open: () => {
    session.wanted = true; // at once, so that a way out is known to be wanted too
    enqueue(open);
  },
  exit: (m) => (m.force ? end(() => enqueue(() => act('exit', { force: true }))) : enqueue(() => act('exit', { force: false }))),
  delivered: (m) => delivered(m.seq),
  shown,
};

window.addEventListener('message', takePort);
// A page opened from a file has the origin "null", which cannot be addressed.
if (window.parent !== window) {
  window.parent.postMessage({ layersim: 'ready' }, hostOrigin === 'null' ? '*' : hostOrigin);
}

// ---- The session ----------------------------------------------------------

const session = {
  path: null, // /link/session/<key>, once there is one
  id: null, // its link_session_id
  state: '',
  pane: null,
  wanted: false, // the app called open(): panes may be seen
  ended: false, // nothing will be asked any more
  forwarded: 0, // highest seq given to the app's page
  confirmed: 0, // highest seq whose callback the app was given
};

const isOver = () => session.ended || session.state === 'done' || session.state === 'exited';

let queue = Promise.resolve();

function enqueue(task) {
  queue = queue.then(task).catch((error) => console.error(error));
}

// A token that is not good is reported as soon as it is known, without waiting
// for open(): "reaches onExit" is all that Plaid's docs say of the moment, and
// an app that only submits would otherwise wait for ever.
async function start(token, resume, page) {
  const body = { token: token ?? '', resume, page };
  const reply = await insist(() => post('/link/session', body));
  if (!reply) return;
  if (reply.failure) {
    fail(reply.failure);
    return;
  }
  session.path = `/link/session/${encodeURIComponent(reply.answer.session)}`;
  session.id = reply.answer.link_session_id ?? null;
  tellHost({ kind: 'loaded' });
  take(reply.answer);
}

// A submit that came too early does nothing; it is only to be seen by those who
// look for it.
async function tellOfEarly(fields) {
  if (!session.ended) await post(`${session.path}/early`, fields);
}

// open on a session that has a pane already, because the page was reloaded,
// only brings the pane back.
async function open() {
  if (session.ended) return;
  if (session.pane) {
    draw(session.pane);
    return;
  }
  const patience = setTimeout(drawWaiting, 300);
  await act('open', {});
  clearTimeout(patience);
}

// act asks for one step of the session and takes over what became of it. When
// no answer came, the step may have happened all the same, and a code must not
// count twice; so the step is repeated only if nothing has changed.
async function act(verb, body) {
  if (session.ended || !session.path) return;
  const before = picture(session);
  const step = () => post(`${session.path}/${verb}`, body);
  const reply = await insist(step, async () => {
    const now = await post(`${session.path}/sync`, {});
    return now.answer && picture(now.answer) === before ? step() : now;
  });
  if (!reply) return;
  if (verb === 'close' || verb === 'exit') leaving = false;
  say('');
  if (reply.failure) {
    fail(reply.failure);
    return;
  }
  const { refused } = reply.answer;
  if (refused) tellHost({ kind: 'warn', text: `${verb} was refused: ${refused}` });
  take(reply.answer, verb === 'sync' && picture(reply.answer) === before);
}

const picture = ({ state, pane }) => JSON.stringify([state, pane]);

// take may be told that nothing but callbacks can be new. The pane is then left
// as it is, with what the user has typed, the focus and the time it was shown.
function take(answer, unchanged = false) {
  session.state = answer.state;
  session.pane = answer.pane ?? null;
  for (const callback of answer.callbacks ?? []) {
    if (callback.seq <= session.forwarded) continue;
    session.forwarded = callback.seq;
    tellHost(callback);
  }
  if (!session.pane) {
    draft = newDraft();
    hide();
  } else if (session.wanted && !(unchanged && isOpen())) draw(session.pane);
  if (answer.late) askLater();
}

// A fault may keep a callback back for a while (see the control API).
let asking = 0;
function askLater() {
  clearTimeout(asking);
  asking = setTimeout(() => enqueue(() => act('sync', {})), 500);
}

// ---- The way out ----------------------------------------------------------

// Nobody has to wait for a simulator that cannot be reached in order to leave.
let unreached = false; // it did not answer, and is being asked again
let leaving = false; // the user or the app wants Link to end
const triesToLeave = 3;

// insist asks until there is an answer, the second time and later by again. It
// resolves to null if Link has ended meanwhile: what comes then is too late.
async function insist(ask, again = ask) {
  let reply = await ask();
  for (let n = 0; reply.unreached && !session.ended; n++) {
    unreached = true;
    if (leaving && n >= triesToLeave) leaveAtOnce();
    else await pause(n);
    if (!session.ended) reply = await again();
  }
  unreached = false;
  return session.ended ? null : reply;
}

// end is for the user's close and the app's exit, which ask for the end of the
// session. Before open() there is nothing to end, and the simulator says so.
function end(ask) {
  leaving = session.wanted;
  if (leaving && unreached) leaveAtOnce();
  else ask();
}

// leaveAtOnce ends Link without the simulator. The app is told what it would
// be told after Close.
function leaveAtOnce() {
  if (!isOver()) {
    tellHost({
      kind: 'exit',
      error: null,
      metadata: { institution: null, status: null, link_session_id: session.id, request_id: null },
    });
  }
  session.ended = true;
  hide();
}

// delivered acknowledges at once, and not with the next request: the page may
// be reloaded before there is one, and would be called a second time.
function delivered(seq) {
  session.confirmed = Math.max(session.confirmed, seq);
  if (session.confirmed === session.forwarded && session.path) {
    enqueue(() => post(`${session.path}/sync`, {}));
  }
}

// fail ends Link here: the simulator will have no more of this session. The app
// is told, unless the session had its end already.
function fail(error) {
  const wasOver = isOver();
  session.ended = true;
  if (wasOver) return;
  const { error_type, error_code, error_message, display_message = null, request_id = null } = error;
  tellHost({
    kind: 'exit',
    error: { error_type, error_code, error_message, display_message },
    metadata: { institution: null, status: null, link_session_id: null, request_id },
  });
  if (!isOpen()) return;
  draw({ view: 'ERROR', title: 'Link cannot go on', text: display_message || error_message, button: 'Close' });
}

// ---- Requests -------------------------------------------------------------

const patienceForServerErrors = 5;
let serverErrors = 0;

// post resolves to one of {answer}, {failure} (an error body of Plaid's) and
// {unreached} (try again).
async function post(path, body) {
  let response;
  let json = null;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...body, ack: session.confirmed || undefined }),
      cache: 'no-store',
      signal: AbortSignal.timeout(15_000),
    });
    json = await response.json();
  } catch {
    if (!response) return { unreached: true };
  }
  if (response.ok && json) {
    serverErrors = 0;
    return { answer: json };
  }
  // An answer that breaks off is one that did not arrive.
  const passing = response.status >= 500 || response.status === 429 || (response.ok && !json);
  if (passing && ++serverErrors < patienceForServerErrors) return { unreached: true };
  return { failure: json?.error_code ? json : notPlaid(response.status) };
}

const notPlaid = (status) => ({
  error_type: 'API_ERROR',
  error_code: 'INTERNAL_SERVER_ERROR',
  error_message: `the simulator answered HTTP ${status} with something that is not its own`,
});

function pause(n) {
  say('No answer from the simulator. Trying again…');
  return new Promise((resolve) => { setTimeout(resolve, Math.min(250 * 2 ** n, 4000)); });
}

// ---- The dialog -----------------------------------------------------------

const dialog = document.getElementById('dialog');
const live = document.getElementById('live');

// What the user typed, chose and uncovered in the review, kept when it is drawn
// again: after a refused share, or when a bank was added. It is forgotten with
// the last pane: a session that was reset may be another user's. accounts says
// of each account that was shown whether it is chosen.
const newDraft = () => ({ values: new Map(), accounts: new Map(), shown: new Set() });
let draft = newDraft();

const steps = ['CONSENT', 'VERIFY_PHONE', 'PROFILE_DATA_REVIEW'];
// Adding a bank is part of the review.
const inReview = ['SELECT_INSTITUTION', 'CREDENTIAL', 'OAUTH', 'MFA', 'SELECT_ACCOUNT', 'CONNECTED'];

const isOpen = () => !dialog.hidden;

// focusPane puts the focus where the pane that is drawn wants it. Before the
// app's page has made Link visible, that would take the focus from the page
// unnoticed, and the page could not give it back in the end.
let focusPane = () => {};
let seen = false;

// say tells of trouble on the way, in the pane and to a screen reader.
function say(text) {
  live.textContent = text;
  const line = document.getElementById('trouble');
  if (line) line.textContent = text;
}

// draw replaces the pane by another. Every pane is a form: Enter is its
// primary button.
function draw(pane) {
  clearTimeout(moment);
  const kind = pane.auto ? autoPane : panes[pane.view] ?? (pane.verb ? formPane : plainPane);
  const { body, submit, focus, others = pane.others ?? [] } = kind(pane);
  const title = el('h1', { id: 'title', tabindex: '-1' }, pane.title ?? 'Link');
  const form = el('form', { class: pane.fields?.length > 3 || pane.options?.length || pane.banks?.length ? 'long' : '', novalidate: '', autocomplete: 'off' },
    el('div', { class: 'content' },
      progress(pane.view),
      title,
      pane.text ? el('p', { class: 'lead', id: 'text' }, pane.text) : null,
      el('p', { class: 'notice', id: 'notice' }, pane.notice ?? ''),
      body),
    el('p', { class: 'trouble', id: 'trouble' }),
    pane.button ? el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'primary' }, pane.button), ...others.map((other) => drawOther(other))) : null);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!dialog.hasAttribute('aria-busy')) submit();
  });
  dialog.removeAttribute('aria-busy');
  dialog.replaceChildren(bar(pane), form);
  dialog.hidden = false;
  dialog.scrollTop = 0;
  tellHost({ kind: 'show' });
  live.textContent = pane.notice ?? '';
  focusPane = () => (focus?.() ?? title).focus();
  if (seen) focusPane();
}

function shown() {
  seen = true;
  focusPane();
}

function drawWaiting() {
  if (!session.ended) draw({ view: 'LOADING', title: 'One moment…', text: 'Link is opening.' });
}

function hide() {
  clearTimeout(moment);
  if (!isOpen()) return;
  seen = false;
  dialog.hidden = true;
  dialog.replaceChildren();
  live.textContent = '';
  tellHost({ kind: 'hide' });
}

// bar says what this is and holds the way out. A pane whose primary button is
// Close needs no second.
function bar(pane) {
  const close = el('button', { type: 'button', class: 'quiet' }, 'Close');
  close.addEventListener('click', leave);
  const what = el('p', { class: 'simulated' }, el('strong', {}, 'Simulated Link'), ' – no data leaves this computer');
  return el('header', { class: 'bar' }, what, pane.button === 'Close' ? null : close);
}

// leave asks nothing back: what is typed here is practice data.
function leave() {
  if (isOver()) hide();
  else end(() => request('close', {}));
}

// request shows that an answer is awaited and asks for the step.
function request(verb, body) {
  dialog.setAttribute('aria-busy', 'true');
  enqueue(() => act(verb, body));
}

function progress(view) {
  const at = steps.indexOf(inReview.includes(view) ? 'PROFILE_DATA_REVIEW' : view);
  if (at < 0) return null;
  const marks = steps.map((_, i) => el('span', { class: i <= at ? 'mark reached' : 'mark' }));
  return el('div', { class: 'progress', role: 'img', 'aria-label': `Step ${at + 1} of ${steps.length}` }, ...marks);
}

// ---- The panes ------------------------------------------------------------

const panes = {
  CONSENT: () => ({ submit: () => request('continue', {}) }),
  VERIFY_PHONE: codePane,
  PROFILE_DATA_REVIEW: reviewPane,
};

// plainPane draws whatever has only a text and a way out.
function plainPane() {
  return { submit: leave };
}

// autoPane goes on by itself, after a moment to read it.
const momentToRead = 1500;
let moment = 0;

function autoPane(pane) {
  moment = setTimeout(() => request(pane.auto, {}), momentToRead);
  return { body: el('div', { class: 'working', 'aria-hidden': 'true' }), submit: () => {} };
}

function codePane(pane) {
  const input = el('input', {
    id: 'code', class: 'code', type: 'text', inputmode: 'numeric', autocomplete: 'one-time-code',
    'aria-describedby': 'notice text code-hint', 'aria-invalid': pane.notice ? 'true' : 'false',
  });
  const send = () => request('code', { code: input.value });
  // No maxlength: it would cut a pasted "123 456" before the space is gone.
  input.addEventListener('input', () => {
    input.value = input.value.replace(/\D/g, '').slice(0, 6);
    if (input.value.length === 6 && !dialog.hasAttribute('aria-busy')) send();
  });
  return {
    body: el('div', {},
      el('div', { class: 'field' }, el('label', { for: 'code' }, 'One-time code'), input),
      el('p', { class: 'hint', id: 'code-hint' }, codeHint(pane))),
    focus: () => input,
    submit: () => complain(input, 'The code has six digits.'),
  };
}

// No message is sent to anybody, so the code must be found here.
function codeHint({ text = '', attempts_left: left }) {
  const attempts = left > 0 && left < 3 ? `${left === 1 ? 'One attempt' : `${left} attempts`} left. ` : '';
  return attempts + (text.includes('123456') ? '' : 'No message was sent: in the simulation the code is 123456.');
}

function complain(input, text) {
  input.setAttribute('aria-invalid', 'true');
  document.getElementById('notice').textContent = text;
  live.textContent = text;
  input.focus();
}

function reviewPane(pane) {
  const fields = (pane.fields ?? []).map((field, i) => drawField(field, i, draft));
  const banks = pane.accounts_rule === 'skip' ? [] : pane.banks ?? [];
  const add = pane.others?.find(({ verb }) => verb === 'add_bank');
  const wrong = fields.find(({ input }) => input.getAttribute('aria-invalid') === 'true');
  const entered = () => ({ values: valuesOf(fields), accounts: accountsOf(banks, draft) });
  const hint = pane.accounts_rule === 'required' ? 'Share at least one account.' : 'Sharing an account is optional.';
  return {
    body: el('div', {},
      el('div', { class: 'fields' }, ...fields.map(({ row }) => row)),
      banks.length || add ? drawBanks('Your accounts', hint, banks, draft, add ? drawOther(add, entered) : null) : null),
    focus: () => wrong?.input,
    submit: () => request('share', entered()),
    others: [],
  };
}

// formPane draws the fields, choices and accounts of a pane. What is typed here
// is not kept: among it are a user name and a password.
function formPane(pane) {
  const typed = newDraft();
  const fields = (pane.fields ?? []).map((field, i) => drawField(field, i, typed));
  const banks = pane.banks ?? [];
  if (pane.notice) fields.forEach(({ input }) => input.setAttribute('aria-describedby', 'notice'));
  return {
    body: el('div', {},
      fields.length ? el('div', { class: 'fields' }, ...fields.map(({ row }) => row)) : null,
      pane.options?.length ? drawOptions(pane.options) : null,
      banks.length ? drawBanks('Accounts', 'Choose at least one.', banks, typed) : null),
    focus: () => fields[0]?.input,
    submit: () => request(pane.verb, { values: valuesOf(fields), accounts: accountsOf(banks, typed) }),
  };
}

const valuesOf = (fields) => Object.fromEntries(fields.map(({ key, input }) => [key, input.value]));

const accountsOf = (banks, kept) => banks.flatMap((bank) => bank.accounts.filter(({ id }) => kept.accounts.get(id)).map(({ id }) => id));

// drawOther draws a button besides the primary one; body says what goes with
// its verb.
function drawOther({ verb, label }, body = () => ({})) {
  const button = el('button', { type: 'button', class: 'quiet' }, label);
  button.addEventListener('click', () => (verb === 'close' ? leave() : request(verb, body())));
  return button;
}

function drawOptions(options) {
  return el('ul', { class: 'options' }, ...options.map(({ id, name, detail }) => {
    const button = el('button', { type: 'button', class: 'option' },
      el('span', { class: 'account-name' }, name), ' ', el('span', { class: 'account-detail' }, detail));
    button.addEventListener('click', () => request('institution', { institution: id }));
    return el('li', {}, button);
  }));
}

// drawField offers one identity value. The browser's own autofill stays off:
// it would put the operator's real address into a demonstration.
function drawField({ key, label, value, private: isPrivate, required, notice }, index, draft) {
  const id = `field-${index}`;
  const input = el('input', {
    id, type: 'text', autocomplete: 'off', spellcheck: 'false', 'data-key': key,
    'aria-required': required ? 'true' : 'false', 'aria-invalid': notice ? 'true' : 'false',
    'aria-describedby': notice ? `${id}-notice` : null,
  });
  input.value = draft.values.get(key) ?? value ?? '';
  input.addEventListener('input', () => draft.values.set(key, input.value));
  const row = el('div', { class: 'field', 'data-key': key },
    el('label', { for: id }, label),
    el('div', { class: 'entry' }, input, isPrivate ? cover(input, key, label, draft) : null),
    notice ? el('p', { class: 'notice', id: `${id}-notice` }, notice) : null);
  return { key, input, row };
}

// cover hides a private value until its own button is pressed. A password
// field would do, but browsers offer to save what is in one.
function cover(input, key, label, draft) {
  const button = el('button', { type: 'button', class: 'quiet show' });
  const canMaskText = CSS.supports('-webkit-text-security', 'disc');
  const apply = () => {
    const shown = draft.shown.has(key);
    if (canMaskText) input.classList.toggle('masked', !shown);
    else input.type = shown ? 'text' : 'password';
    button.textContent = shown ? 'Hide' : 'Show';
    button.setAttribute('aria-label', `${shown ? 'Hide' : 'Show'} ${label}`);
  };
  button.addEventListener('click', () => {
    if (!draft.shown.delete(key)) draft.shown.add(key);
    apply();
  });
  apply();
  return button;
}

function drawBanks(title, hint, banks, draft, add = null) {
  return el('section', { class: 'banks', 'aria-labelledby': 'banks-title' },
    el('h2', { id: 'banks-title' }, title),
    el('p', { class: 'hint' }, hint),
    ...banks.map((bank, b) => el('fieldset', {},
      el('legend', {}, bank.name),
      ...bank.accounts.map((account, a) => drawAccount(account, `account-${b}-${a}`, draft)))),
    add);
}

function drawAccount({ id, name, mask, subtype, type, selected }, boxID, draft) {
  const box = el('input', { type: 'checkbox', id: boxID, 'data-account': id });
  if (!draft.accounts.has(id)) draft.accounts.set(id, selected);
  box.checked = draft.accounts.get(id);
  box.addEventListener('change', () => draft.accounts.set(id, box.checked));
  return el('div', { class: 'account' }, box,
    el('label', { for: boxID },
      el('span', { class: 'account-name' }, name),
      ' ',
      el('span', { class: 'account-detail' }, [mask ? `•••• ${mask}` : '', subtype || type].filter(Boolean).join(' · '))));
}

// ---- Keyboard -------------------------------------------------------------

function onKey(event) {
  if (!isOpen() || event.isComposing) return;
  if (event.key === 'Escape') {
    event.preventDefault();
    leave();
  } else if (event.key === 'Enter' && !event.repeat && !event.target.closest?.('button')) {
    event.preventDefault();
    // Many press Enter after the last digit of a code, which has then been sent
    // already. That is no decision to share what has just appeared: in the
    // review Enter counts once the user has gone anywhere in it.
    if (session.pane?.fields?.length && document.activeElement?.tagName === 'H1') return;
    dialog.querySelector('form')?.requestSubmit();
  } else if (event.key === 'Tab') {
    keepInside(event);
  }
}

function keepInside(event) {
  const stops = [...dialog.querySelectorAll('button, input')];
  const [first, last] = [stops[0], stops.at(-1)];
  const inside = stops.includes(document.activeElement);
  if (event.shiftKey && (document.activeElement === first || !inside)) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && (document.activeElement === last || !dialog.contains(document.activeElement))) {
    event.preventDefault();
    first?.focus();
  }
}

document.addEventListener('keydown', onKey);

// ---- Elements -------------------------------------------------------------

// el makes an element. Children that are strings become text, null is left out.
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
