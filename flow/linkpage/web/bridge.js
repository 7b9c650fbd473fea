// The connection to the terminal. What is reported is numbered, kept until it
// is acknowledged and sent again after every reconnect, so that each report
// arrives exactly once and in order.
//
// What was not acknowledged when the page is loaded anew goes into
// sessionStorage, which belongs to this tab and ends with it, and is sent by
// the next load under the numbers of the one before. It may be an onSuccess
// with its public_token: to lose that one would be worse than to keep it there
// for as long as the terminal is away. It is removed as soon as it has arrived.
// While the line is up nothing is kept but by a load that ends before the
// terminal has answered: the next one must know what to wait for.

const maxBytes = 60 * 1024; // the terminal refuses 64 KiB
const maxText = 500; // characters of a text that had to be cut
const goneAfter = 3000; // ms without a connection before the user is told
const storage = 'layersim-unacknowledged';

// connect calls onMessage with each thing the terminal says, onGone with
// whether the terminal has been away for a while, and onConnected when it is
// there. It returns report, which takes one thing to tell the terminal, and
// stop, which ends the connection when all is told.
export function connect({ onMessage, onGone, onConnected }) {
  const address = new URL('bridge', location.href);
  address.protocol = 'ws:';
  address.search = '';
  address.hash = '';

  // One load of the page is one instance: a reload starts counting anew.
  const instance = makeName();
  const outbox = restore(); // of {instance, seq, content}, oldest first
  let seq = 0;
  let socket = null;
  let attempt = 0;
  let redial = null;
  let goneTimer = null;
  let stopping = false;
  let held = null; // the stage, until the terminal has what earlier loads reported

  function dial() {
    clearTimeout(redial);
    redial = null;
    const mine = new WebSocket(address);
    socket = mine;
    mine.onopen = () => {
      attempt = 0;
      clearTimeout(goneTimer);
      goneTimer = null;
      onGone(false);
      mine.send(JSON.stringify({ kind: 'hello', instance }));
      outbox.forEach((one) => mine.send(text(one)));
      onConnected?.();
    };
    mine.onmessage = ({ data }) => {
      if (socket === mine) receive(JSON.parse(data));
    };
    mine.onclose = () => {
      if (socket !== mine) return;
      keep();
      if (stopping && !outbox.length) return;
      goneTimer ??= setTimeout(() => onGone(true), goneAfter);
      redial = setTimeout(dial, Math.min(200 * 2 ** attempt++, 5000));
    };
  }

  // A tab that wakes up, or a computer that is back, does not wait for the next
  // attempt.
  function wake() {
    if (document.visibilityState === 'hidden' || redial === null) return;
    attempt = 0;
    dial();
  }

  function receive(message) {
    if (message.kind === 'ack') {
      const from = message.instance ?? instance;
      for (let i = outbox.length - 1; i >= 0; i--) {
        if (outbox[i].instance === from && outbox[i].seq <= message.seq) outbox.splice(i, 1);
      }
      forget();
      if (held && !hasOlder()) {
        const stage = held;
        held = null;
        onMessage(stage);
      }
      hangUp();
    } else if (message.version && hasOlder()) {
      held = message;
    } else {
      onMessage(message);
    }
  }

  const hasOlder = () => outbox.some((one) => one.instance !== instance);

  function text(one) {
    const numbered = { ...one.content, seq: one.seq };
    if (one.instance !== instance) numbered.instance = one.instance;
    return JSON.stringify(numbered);
  }

  function report(content) {
    const plain = sendable(content); // before a number is used up
    const one = { instance, seq: ++seq, content: plain };
    outbox.push(one);
    if (socket?.readyState === WebSocket.OPEN) socket.send(text(one));
    else keep();
  }

  // onItsWay says that all was handed to a line that is up: the browser sends it,
  // and the terminal reads it, whatever becomes of the tab.
  const onItsWay = () => socket?.readyState === WebSocket.OPEN && socket.bufferedAmount === 0;

  // keep stores what is not acknowledged. A tab may be closed by its browser
  // whenever it is not seen, without another word.
  function keep() {
    if (!outbox.length) return forget();
    try {
      sessionStorage.setItem(storage, JSON.stringify(outbox));
    } catch {
      // Without storage a reload loses what the terminal has not heard of.
    }
  }

  function stop() {
    stopping = true;
    clearTimeout(goneTimer);
    onGone(false);
    hangUp();
  }

  function hangUp() {
    if (stopping && !outbox.length) socket?.close();
  }

  addEventListener('pagehide', keep);
  addEventListener('pageshow', wake);
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden') wake();
    else if (!onItsWay()) keep();
  });

  dial();
  return { report, stop };
}

// sendable returns what of a report JSON can carry and the terminal takes, which
// would otherwise be sent again for ever. Whatever Link gave, a report is made.
function sendable(content) {
  const whole = json(content, maxBytes);
  if (whole) return whole;
  const small = {};
  for (const [key, value] of Object.entries(content)) {
    if (key === 'metadata') small.metadata = json(value, maxBytes / 2) ?? null;
    else if (key === 'error') small.error = value ? json(value, maxBytes / 4) ?? errorTexts(value) : null;
    else small[key] = typeof value === 'number' ? value : cut(value);
  }
  return small;
}

// json returns a copy of a value as JSON carries it, undefined if it carries
// none or one that is larger than that.
function json(value, bytes) {
  try {
    const text = JSON.stringify(value);
    return new Blob([text]).size > bytes ? undefined : JSON.parse(text);
  } catch {
    return undefined; // a BigInt, something that contains itself, …
  }
}

// errorTexts keeps of an error what the terminal reads.
function errorTexts(error) {
  if (typeof error !== 'object') return { error_message: cut(error) };
  const texts = {};
  for (const key of ['error_type', 'error_code', 'error_message', 'display_message']) {
    try {
      texts[key] = cut(error[key]);
    } catch {
      texts[key] = null; // it cannot even be read
    }
  }
  return texts;
}

function cut(value) {
  try {
    return value == null ? null : String(value).slice(0, maxText);
  } catch {
    return null; // an object without a text
  }
}

function restore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(storage) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function forget() {
  try {
    sessionStorage.removeItem(storage);
  } catch {
    // There is no storage to remove it from.
  }
}

function makeName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
