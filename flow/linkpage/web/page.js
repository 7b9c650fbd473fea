// The sample app's page. The terminal says which Link session to show; this
// page creates the handler, opens it, and reports everything Link calls back.
// It decides nothing else.

import { connect } from './bridge.js';

const loadPatience = 15_000; // ms for Link to call onLoad

const heading = document.getElementById('title');
const text = document.getElementById('text');
const again = document.getElementById('again');
const gone = document.getElementById('gone');

// The stage that is shown, and the Link handler that belongs to it.
let stage = null;
let handler = null;
let failed = false; // Link ended with an error, which its user may still read
let scriptLoaded = null; // address of the Link script this page has

const bridge = connect({
  onMessage: (message) => messages[message.kind]?.(message),
  onGone: (is) => {
    gone.textContent = is ? 'The terminal is gone. If it comes back, this page connects again by itself.' : '';
  },
});

const messages = {
  present,
  dismiss,
  replaced() {
    bridge.stop();
    removeLink();
    say('This walk goes on in another tab', 'You can close this one.', 'Continue in this tab instead');
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
  if (!failed) removeLink();
  say(message.sentence, 'You can close this tab.');
}

async function present(message) {
  if (!isNews(message)) return;
  removeLink();
  // The page may load scripts only from where it was told when it was served.
  if (scriptLoaded && scriptLoaded !== message.script) {
    location.reload();
    return;
  }
  say('Opening Link…', 'Link opens on this page in a moment.');
  try {
    await loadScript(message.script);
    if (stage === message) openLink(message);
  } catch (error) {
    if (stage === message) trouble(error.message);
  }
}

function loadScript(address) {
  if (scriptLoaded === address) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => {
      scriptLoaded = address;
      resolve();
    };
    script.onerror = () => {
      script.remove();
      reject(new Error('The Link script could not be loaded. Something may block it, or the simulator is not running.'));
    };
    document.head.append(script);
  });
}

function openLink(message) {
  const mine = (act) => (...args) => {
    if (stage === message) act(...args);
  };
  const tell = (content) => bridge.report({ ...content, handler: message.handler });
  const slow = setTimeout(mine(() => trouble('Link did not load. Its frame may be blocked by the browser.')), loadPatience);
  const config = {
    token: message.link_token,
    onLoad: mine(() => {
      clearTimeout(slow);
      tell({ kind: 'load' });
      say('Finish in Link', 'Link is open on this page. Your terminal follows every step.', 'Open Link again');
    }),
    onEvent: mine((name, metadata) => tell({ kind: 'event', name, metadata })),
    onSuccess: mine((token, metadata) => {
      tell({ kind: 'success', public_token: token, metadata });
      say('Thank you', 'Telling your terminal…');
    }),
    onExit: mine((error, metadata) => {
      clearTimeout(slow);
      failed = Boolean(error);
      tell({ kind: 'exit', error, metadata });
      say(error ? 'Link could not go on' : 'Link was closed', 'Telling your terminal…');
    }),
  };
  if (message.resume) config.layersimResume = message.resume;
  handler = window.Plaid.create(config);
  // open is safe before onLoad: Link waits for it.
  if (message.open) handler.open();
}

function removeLink() {
  handler?.destroy();
  handler = null;
  failed = false;
}

function trouble(reason) {
  bridge.report({ kind: 'trouble', reason });
  removeLink();
  say('Link could not be opened', `${reason} Your terminal offers to finish there.`, 'Try again');
}

// say changes what the page tells its reader. Reloading is the way to "again":
// the terminal then presents the same Link session, where it stands.
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
