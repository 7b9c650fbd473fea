// The script an app includes to get window.Plaid, as it would from Plaid's CDN.
//
// It only stands between the app and an iframe of the simulator's origin: the
// iframe talks to the simulator and draws the panes, so the app's page needs
// nothing of the simulator but this script and that frame, and nothing of the
// app's page (its styles, its scripts) reaches into Link.
//
//   app ── Plaid.create(config) ── this script ══ MessageChannel ══ frame.js ── POST /link/session
(() => {
  'use strict';

  // Two script tags are a common mistake (GitHub: react-plaid-link#103). The
  // first one wins, so that handlers made by it go on working.
  if (window.Plaid) return;

  // Where this script came from is where the simulator is.
  const home = new URL(document.currentScript?.src || location.href);
  const frameURL = new URL('/link/v2/frame.html', home);
  frameURL.searchParams.set('host', location.origin);

  // The iframe lies over the whole page, unseen and untouchable until Link
  // has a pane to show. Styles are set one by one through the CSSOM because a
  // style attribute would be blocked by a strict Content-Security-Policy.
  const frameStyle = {
    position: 'fixed',
    inset: '0',
    width: '100%',
    height: '100%',
    border: '0',
    margin: '0',
    zIndex: '2147483647',
    background: 'transparent',
    // A frame whose colour scheme differs from its element's gets an opaque
    // backdrop; both sides say "light" so that the app shines through. Link
    // goes dark by its own colours.
    colorScheme: 'light',
    visibility: 'hidden',
  };

  function makeFrame() {
    const frame = document.createElement('iframe');
    frame.title = 'Simulated Link';
    frame.src = frameURL.href;
    Object.assign(frame.style, frameStyle);
    (document.body || document.documentElement).append(frame);
    return frame;
  }

  // An app's own mistake must not break Link: it is reported as if nobody had
  // caught it, and Link goes on.
  function callApp(callback, ...args) {
    if (typeof callback !== 'function') return;
    try {
      callback(...args);
    } catch (error) {
      reportError(error);
    }
  }

  function warn(text) {
    console.warn(`Simulated Link: ${text}`);
  }

  // create is called detached from Plaid by react-plaid-link, so nothing here
  // may use `this`. Unknown keys, such as its `key: undefined`, are ignored.
  function create(config) {
    const { token, onSuccess, onExit, onEvent, onLoad, layersimResume } = config || {};
    const frame = makeFrame();
    const waiting = []; // what is said to the frame before it listens
    let port = null;
    let loaded = false;
    let destroyed = false;
    let restore = null; // undoes what showing Link did to the app's page

    function send(message) {
      if (port) port.postMessage(message);
      else waiting.push(message);
    }

    // Only this very frame, at the simulator's origin, is given the port.
    function onReady(event) {
      if (event.source !== frame.contentWindow || event.origin !== home.origin) return;
      if (event.data?.layersim !== 'ready' || port) return;
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = (message) => receive(message.data);
      frame.contentWindow.postMessage({ layersim: 'port' }, home.origin, [channel.port2]);
      waiting.splice(0).forEach((message) => port.postMessage(message));
    }

    const receivers = {
      loaded() {
        if (loaded) return;
        loaded = true;
        callApp(onLoad);
      },
      event: (m) => callApp(onEvent, m.name, m.metadata),
      success: (m) => callApp(onSuccess, m.public_token, m.metadata),
      exit: (m) => callApp(onExit, m.error, m.metadata),
      show,
      hide,
      warn: (m) => warn(m.text),
    };

    function receive(message) {
      if (destroyed) return;
      receivers[message.kind]?.(message);
      // Only what the app has really been given counts as delivered. The app
      // may have called destroy() inside its callback.
      if (message.seq && !destroyed) send({ kind: 'delivered', seq: message.seq });
    }

    function show() {
      if (restore) return;
      const focused = document.activeElement;
      const root = document.documentElement;
      const overflow = root.style.overflow;
      root.style.overflow = 'hidden'; // the page must not scroll behind Link
      frame.style.visibility = 'visible';
      frame.focus();
      send({ kind: 'shown' }); // what is unseen cannot take the focus
      restore = () => {
        frame.style.visibility = 'hidden';
        root.style.overflow = overflow;
        focused?.focus?.();
        restore = null;
      };
    }

    function hide() {
      restore?.();
    }

    // Every call of a handler that was destroyed is a mistake worth a word.
    function command(name, act) {
      return (argument) => {
        if (destroyed) warn(`${name}() on a handler that was destroyed does nothing.`);
        else act(argument);
      };
    }

    window.addEventListener('message', onReady);
    send({ kind: 'start', token, resume: layersimResume });

    return {
      // Called before onLoad, open waits for it (Plaid docs: Link Web).
      open: command('open', () => send({ kind: 'open' })),

      submit: command('submit', (data) => {
        // Real Link has been seen to lose a submit that comes straight after
        // create, without any event. An app that gets away with it here would
        // hang there, so it is lost here as well.
        if (!loaded) {
          warn('submit() before onLoad was dropped, as real Link may do. Wait for onLoad.');
          return;
        }
        const { phone_number, date_of_birth } = data || {};
        send({ kind: 'submit', phone_number, date_of_birth });
      }),

      exit: command('exit', (options) => send({ kind: 'exit', force: options?.force === true })),

      // destroy takes Link out of the page and calls nothing back.
      destroy() {
        if (destroyed) return;
        hide();
        destroyed = true;
        window.removeEventListener('message', onReady);
        port?.close();
        frame.remove();
      },
    };
  }

  window.Plaid = { create };
})();
