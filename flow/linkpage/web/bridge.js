// The connection to the terminal. What is reported is numbered, kept until it
// is acknowledged and sent again after every reconnect, so that each report
// arrives exactly once and in order.

const maxBytes = 60 * 1024; // the terminal refuses 64 KiB
const goneAfter = 3000; // ms without a connection before the user is told

// connect calls onMessage with each thing the terminal says and onGone with
// whether the terminal has been away for a while. It returns report, which
// takes one thing to tell the terminal, and stop.
export function connect({ onMessage, onGone }) {
  const address = new URL('bridge', location.href);
  address.protocol = 'ws:';
  address.search = '';
  address.hash = '';

  // One load of the page is one instance: a reload starts counting anew.
  const instance = makeName();
  const outbox = [];
  let seq = 0;
  let socket = null;
  let attempt = 0;
  let goneTimer = null;
  let stopped = false;

  function dial() {
    const mine = new WebSocket(address);
    socket = mine;
    mine.onopen = () => {
      attempt = 0;
      clearTimeout(goneTimer);
      goneTimer = null;
      onGone(false);
      mine.send(JSON.stringify({ kind: 'hello', instance }));
      outbox.forEach((text) => mine.send(text.json));
    };
    mine.onmessage = ({ data }) => {
      if (socket === mine) receive(JSON.parse(data));
    };
    mine.onclose = () => {
      if (socket !== mine || stopped) return;
      goneTimer ??= setTimeout(() => onGone(true), goneAfter);
      setTimeout(dial, Math.min(200 * 2 ** attempt++, 5000));
    };
  }

  function receive(message) {
    if (message.kind === 'ack') {
      while (outbox.length && outbox[0].seq <= message.seq) outbox.shift();
    } else {
      onMessage(message);
    }
  }

  function report(content) {
    const numbered = { ...content, seq: ++seq };
    let json = JSON.stringify(numbered);
    // A report too large to be taken would be sent again for ever.
    if (new Blob([json]).size > maxBytes) {
      json = JSON.stringify({ ...numbered, metadata: null, error: null });
    }
    outbox.push({ seq: numbered.seq, json });
    if (socket?.readyState === WebSocket.OPEN) socket.send(json);
  }

  function stop() {
    stopped = true;
    clearTimeout(goneTimer);
    onGone(false);
    socket?.close();
  }

  dial();
  return { report, stop };
}

function makeName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
