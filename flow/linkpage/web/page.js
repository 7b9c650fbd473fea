// The sample app's page. The terminal says which handler to have and what to
// call; this page does it, and reports everything Link calls back. It decides
// nothing else.

import { connect } from './bridge.js';
import { makeHandler } from './handler.js';
import { scriptOf } from './script.js';

const heading = document.getElementById('title');
const text = document.getElementById('text');
const again = document.getElementById('again');
const gone = document.getElementById('gone');
const nonce = document.querySelector('script[nonce]')?.nonce;

// The stage that is shown, and the Link handler that belongs to it.
let stage = null;
let handler = null;
let key = ''; // which handler it is
let ended = ''; // how Link ended in this load

const bridge = connect({
  onMessage: (message) => messages[message.kind]?.(message),
  onGone: (is) => {
    gone.textContent = is ? 'The terminal is gone. If it comes back, this page connects again by itself.' : '';
  },
  onConnected() {
    if (!stage) say('Waiting for your terminal', 'Link is loaded on this page as soon as the app asks for it.');
  },
});

const messages = {
  handle,
  present,
  dismiss,
  replaced() {
    removeLink();
    say('This walk goes on in another tab', 'You can close this one.', 'Continue in this tab instead');
    bridge.stop();
  },
};

// The stage is told again after every reconnect; only a new version is news.
function isNews(message) {
  if (stage && stage.version === message.version) return false;
  stage = message;
  return true;
}

function dismiss(message) {
  if (!isNews(message)) return;
  // What went wrong stays on the screen until it is closed there.
  if (ended !== 'error') removeLink();
  say(message.sentence, message.lived ? 'Keep this tab if you want another attempt; else close it.' : 'You can close this tab.');
}

// handle has the list of all calls that the app wants of a handler that lives
// here.
function handle(message) {
  if (!isNews(message)) return;
  const [create] = message.calls ?? [];
  if (!create) {
    removeLink();
    return;
  }
  const which = `${message.handler}/${create.n}`;
  if (message.end) {
    // It has ended. Nothing is called again, and a Link that is still open here
    // although another tab has finished is closed.
    if (key !== which || !ended) removeLink();
    show(message.end, 'Go on in your terminal.');
    if (!handler) return;
  }
  if (key !== which) begin(message, which);
  handler?.update(message.calls);
}

// present takes over a session that the terminal has brought to open().
function present(message) {
  if (isNews(message)) begin(message, `${message.handler}/${message.version}`);
  handler?.update([{ n: 1, kind: 'create', done: true }, { n: 2, kind: 'open', done: true }]);
}

function begin(message, which) {
  removeLink();
  // The page may load scripts only from where it was told when it was served.
  if (scriptOf() && scriptOf() !== message.script) {
    location.reload();
    return;
  }
  key = which;
  show('loading');
  handler = makeHandler({
    script: message.script, token: message.link_token, resume: message.resume, nonce, show,
    report: (content) => bridge.report({ ...content, handler: message.handler }),
  });
}

function removeLink() {
  handler?.remove();
  handler = null;
  key = '';
  ended = '';
}

// show says what has become of Link.
function show(what, reason = 'Telling your terminal…') {
  if (['success', 'exit', 'error'].includes(what)) ended = what;
  const presented = stage?.kind === 'present';
  switch (what) {
    case 'loading':
      return presented ? say('Opening Link…', 'Link opens on this page in a moment.') : say('Loading Link…', 'Link loads on this page in a moment.');
    case 'loaded':
      return say('Link is loaded', 'Keep this page open, and go on in your terminal. Link opens here.');
    case 'open':
      return presented
        ? say('Finish in Link', 'Link is open on this page. Your terminal follows every step.', 'Open Link again')
        : say('Finish in Link', 'Go through Link here. Your terminal stays quiet until Link is over; then it goes on by itself.', 'Open Link again');
    case 'success':
      return say('Thank you', reason);
    case 'exit':
      return say('Link was closed', reason);
    case 'error':
      return say('Link could not go on', reason);
    case 'warning':
      return say('Link takes long', reason, 'Try again');
    case 'trouble':
      return say('Link could not be opened', presented ? `${reason} Your terminal offers to finish there.` : reason, 'Try again');
  }
}

// say changes what the page tells its reader. Reloading is the way to "again":
// the terminal then has this page do again what it did before.
function say(title, detail, link) {
  const changed = heading.textContent !== title;
  heading.textContent = title;
  text.textContent = detail;
  again.hidden = !link;
  again.textContent = link ?? '';
  document.title = `${title} · Sample app`;
  // Focus tells a screen reader what changed, but is never taken from Link.
  if (changed && document.activeElement?.tagName !== 'IFRAME') heading.focus();
}
