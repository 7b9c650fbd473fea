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

  function warn(text) {
    console.warn(`Simulated Link: ${text}`);
  }

  // Two script tags are a common mistake, and Plaid's script warns of it too
  // (GitHub: react-plaid-link#103). The first one wins, so that handlers made
  // by it go on working. (An element with the id "Plaid" is no first script.)
  const again = 'layersim-script-again';
  // A tag in the page's own text, as opposed to one that a script has made:
  // react-plaid-link adds two by itself when React mounts it twice.
  const tag = document.currentScript;
  const byHand = Boolean(tag) && (!tag.async || tag.hasAttribute('async'));
  if (typeof window.Plaid?.create === 'function') {
    window.dispatchEvent(new CustomEvent(again, { detail: byHand }));
    warn('link-initialize.js is in this page more than once. Only the first one counts.');
    return;
  }

  // Where this script came from is where the simulator is. A module has no
  // currentScript, but a trace of the stack names its address.
  function ownAddress() {
    const traced = /https?:\/\/[^\s()@]+\/link-initialize\.js/.exec(new Error('where am I?').stack);
    return document.currentScript?.src || traced?.[0] || location.href;
  }

  const home = new URL(ownAddress());
  const frameURL = new URL('/link/v2/frame.html', home);
  frameURL.searchParams.set('host', window.origin); // "null" for a file, where location.origin is not

  // How long the frame of a destroyed handler may take to end its session.
  const timeToLeave = 5000;

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

  // What the page does is told along with create and submit, for the journal
  // only: how often the app has the script, how many handlers there were before and
  // how many of those are left, neither destroyed nor told to exit. When the last
  // input into a field was says whether a handler was made in time, before the
  // user began to type; what was typed is not looked at.
  const page = { scripts: 1, handlers: 0, alive: 0 };
  let touched = 0;
  window.addEventListener(again, (event) => {
    if (byHand || event.detail) page.scripts++;
  });
  window.addEventListener('input', () => (touched = performance.now()), { capture: true, passive: true });

  // Several handlers may be open at once; the page may scroll again when the
  // last of them is hidden.
  let openFrames = 0;
  let overflowBefore = '';

  function lockPage() {
    const { style } = document.documentElement;
    if (openFrames++ === 0) {
      overflowBefore = style.overflow;
      style.overflow = 'hidden';
    }
  }

  function unlockPage() {
    if (--openFrames === 0) document.documentElement.style.overflow = overflowBefore;
  }

  // What apps hand over is not always the text that was asked for.
  function text(value) {
    return value === undefined || value === null ? undefined : String(value);
  }

  // create is called detached from Plaid by react-plaid-link, so nothing here
  // may use `this`. Unknown keys, such as its `key: undefined`, are ignored.
  function create(config) {
    const { token, onSuccess, onExit, onEvent, onLoad, receivedRedirectUri, layersimResume } = config || {};
    if (receivedRedirectUri) {
      // Layer's own panes send nobody away; only a bank that is added could.
      warn('receivedRedirectUri is ignored: nothing simulated here leaves the page. A new session begins.');
    }
    const frame = makeFrame();
    const waiting = []; // what is said to the frame before it listens
    let port = null;
    let loaded = false;
    let destroyed = false;
    let opened = false; // open was called, and neither onSuccess nor onExit came
    let exiting = false; // and now it is forced to exit
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
      success(m) {
        opened = exiting = false;
        callApp(onSuccess, m.public_token, m.metadata);
      },
      exit(m) {
        opened = exiting = false;
        callApp(onExit, m.error, m.metadata);
      },
      show,
      hide,
      warn: (m) => warn(m.text),
    };

    function receive(message) {
      if (destroyed) {
        if (message.kind === 'exit') remove();
        return;
      }
      receivers[message.kind]?.(message);
      // Only what the app has really been given counts as delivered. The app
      // may have called destroy() inside its callback.
      if (message.seq && !destroyed) send({ kind: 'delivered', seq: message.seq });
    }

    function show() {
      if (restore) return;
      const focused = document.activeElement;
      lockPage(); // the page must not scroll behind Link
      frame.style.visibility = 'visible';
      frame.focus();
      send({ kind: 'shown' }); // what is unseen cannot take the focus
      restore = () => {
        frame.style.visibility = 'hidden';
        unlockPage();
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

    function remove() {
      window.removeEventListener('message', onReady);
      port?.close();
      frame.remove();
    }

    window.addEventListener('message', onReady);
    send({ kind: 'start', token: text(token), resume: layersimResume, page: { ...page } });
    page.handlers++;
    page.alive++;
    const created = performance.now();
    let given = false; // the app is done with this handler
    const done = () => {
      if (!given) page.alive--;
      given = true;
    };
    const typed = () => (touched ? { typed: touched > created ? 'after create' : 'before create' } : {});

    return {
      // Called before onLoad, open waits for it (Plaid docs: Link Web).
      open: command('open', () => {
        opened = true;
        send({ kind: 'open' });
      }),

      submit: command('submit', (data) => {
        const fields = { phone_number: text(data?.phone_number), date_of_birth: text(data?.date_of_birth) };
        // Real Link has been seen to lose a submit that comes straight after
        // create, without any event. An app that gets away with it here would
        // hang there, so it is lost here as well; the simulator hears of it
        // for its journal only.
        if (!loaded) {
          warn('submit() before onLoad was dropped, as real Link may do. Wait for onLoad.');
          send({ kind: 'early', ...fields, page: typed() });
          return;
        }
        if (fields.phone_number && fields.date_of_birth) {
          warn('submit() takes one field at a time: phone_number was read, date_of_birth was not.');
        }
        send({ kind: 'submit', ...fields, page: typed() });
      }),

      exit: command('exit', (options) => {
        done();
        const force = options?.force === true;
        exiting = opened && force; // otherwise the user may be asked
        send({ kind: 'exit', force });
      }),

      // destroy takes Link out of the page and calls nothing back. After a
      // forced exit(), which react-plaid-link calls just before when its token
      // changes, the unseen frame stays until Link has heard of it.
      destroy() {
        if (destroyed) return;
        hide();
        destroyed = true;
        done();
        if (exiting) setTimeout(remove, timeToLeave);
        else remove();
      },
    };
  }

  // Layer is never embedded: it begins with a phone number that the app asks
  // for (Plaid docs: Layer). UNCONFIRMED what Plaid's script does with a Layer
  // token here; failing at once says where the mistake is.
  function createEmbedded() {
    throw new Error('Simulated Link: createEmbedded() is not for Layer, which has no embedded form. Use Plaid.create().');
  }

  window.Plaid = { create, createEmbedded };
})();
