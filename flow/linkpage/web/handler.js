// One Link handler in this load of the page. It is given the list of all calls
// that the app wants, and makes those that it has not made yet, in order. A
// load that comes after another makes them all again, and waits as an app would.

import { frameTrouble, loadScript } from './script.js';

const loadPatience = 15_000; // ms for Link to call onLoad
const answerPatience = 30_000; // ms for Link to answer a submit that is made again
const answers = new Set(['LAYER_READY', 'LAYER_NOT_AVAILABLE', 'LAYER_AUTOFILL_NOT_AVAILABLE']);

// makeHandler returns {update, remove}. report tells the terminal, show(what,
// detail) tells the user: what is loading, loaded, open, success, exit, error,
// trouble (Link is gone) or warning (it may still come).
export function makeHandler({ script, token, resume, nonce, report, show }) {
  let calls = [];
  let made = 0; // number of the last call that was made
  let handler = null;
  let live = true; // Link is here, and its callbacks count
  let removed = false; // the page is done with this handler
  let stuck = ''; // why no more calls can be made
  let running = false;
  let slow = null;
  const heard = new Map(); // number of a submit → the answer in this load
  const load = signal();
  let answered = signal();

  const mine = (act) => (...args) => {
    if (live) act(...args);
  };

  function config() {
    const config = {
      token,
      onLoad: mine(() => {
        clearTimeout(slow);
        report({ kind: 'load' });
        if (!calls.some((call) => call.kind === 'open' && call.n <= made)) show('loaded');
        else show('open');
        load.fire();
      }),
      onEvent: mine((name, metadata) => {
        report({ kind: 'event', name, metadata, after: made });
        const submit = lastSubmit();
        if (!answers.has(name) || !submit || heard.has(submit.n)) return;
        heard.set(submit.n, name);
        answered.fire();
        answered = signal();
      }),
      onSuccess: mine((publicToken, metadata) => {
        report({ kind: 'success', public_token: publicToken, metadata });
        if (publicToken) show('success'); // else the walk is not over
      }),
      onExit: mine((error, metadata) => {
        clearTimeout(slow);
        report({ kind: 'exit', error, metadata });
        show(error ? 'error' : 'exit');
      }),
    };
    if (resume) config.layersimResume = resume;
    // Link then adds its styles under a strict policy too (react-plaid-link 5:
    // cspNonce). UNCONFIRMED for the plain script.
    if (nonce) config.cspNonce = nonce;
    return config;
  }

  // late says why onLoad has not come; at once if the page itself blocked Link.
  const late = mine(() => {
    clearTimeout(slow);
    if (!load.fired) warn(frameTrouble());
  });
  const blocked = (event) => {
    if (event.effectiveDirective.startsWith('frame-src')) late();
  };

  const lastSubmit = () => calls.findLast((call) => call.kind === 'submit' && call.n <= made);

  const make = {
    create() {
      slow = setTimeout(late, loadPatience);
      document.addEventListener('securitypolicyviolation', blocked);
      handler = window.Plaid.create(config());
    },
    submit(call) {
      const data = {};
      if (call.phone_number) data.phone_number = call.phone_number;
      if (call.date_of_birth) data.date_of_birth = call.date_of_birth;
      if (typeof handler.submit !== 'function') throw new Error('this Link script has no submit(), so it does not know Layer');
      handler.submit(data);
    },
    // open is safe before onLoad: Link waits for it (Plaid docs: Link Web).
    open() {
      handler.open();
      if (load.fired) show('open');
    },
    exit() {
      handler.exit({ force: true });
    },
  };

  // ready waits for what an app would wait for before it makes a call.
  async function ready(call) {
    if (call.kind === 'submit' && !call.early) await load.wait;
    const before = lastSubmit();
    if (call.kind === 'create' || call.kind === 'exit' || !before?.answer) return;
    // The walk has the answer to the submit before; this load must come to it too.
    const patience = setTimeout(mine(() => warn('Link has not answered submit() again yet, which is made anew after the page was loaded anew.')), answerPatience);
    while (live && !heard.has(before.n)) await answered.wait;
    clearTimeout(patience);
    const answer = heard.get(before.n);
    if (live && answer !== before.answer) {
      give(`After the page was loaded anew, Link answered the same submit() with ${answer}; before, it was ${before.answer}. Start over in the terminal.`);
    }
  }

  async function run() {
    if (running) return;
    running = true;
    for (;;) {
      const call = calls.find((one) => one.n > made);
      if (!call || removed) break;
      if (call.failed) {
        // Only create is told of when it failed. The app has its failure already.
        made = call.n;
        stuck = 'there is no handler, because Plaid.create() failed';
        show('trouble', 'Plaid.create() failed before the page was loaded anew. Go on in your terminal.');
        continue;
      }
      if (call.kind === 'create' && !(await hasScript())) break; // a new load may have more luck
      if (!stuck) await ready(call);
      if (removed) break;
      const failure = stuck || perform(call);
      made = call.n;
      if (!call.done) report({ kind: 'did', n: call.n, failure });
      else if (failure && !stuck) give(`${call.kind}() failed, which it did not before: ${failure}. Start over in the terminal.`);
      if (failure && call.kind === 'create') {
        stuck ||= 'there is no handler, because Plaid.create() failed';
        show('trouble', failure);
      }
    }
    running = false;
  }

  async function hasScript() {
    try {
      await loadScript(script);
      return !removed;
    } catch (error) {
      if (!removed) give(error.message);
      return false;
    }
  }

  // perform makes a call and returns what it threw, as the app would get it.
  function perform(call) {
    try {
      if (call.kind !== 'create') made = call.n; // Link may call back within the call
      make[call.kind](call);
      return '';
    } catch (error) {
      return String(error?.message ?? error).slice(0, 500) || 'an error without a text';
    }
  }

  // warn tells what may pass by itself, give what will not.
  function warn(reason) {
    report({ kind: 'trouble', reason });
    show('warning', reason);
  }

  function give(reason) {
    stuck ||= reason;
    report({ kind: 'trouble', reason });
    destroy();
    show('trouble', reason);
  }

  function destroy() {
    live = false;
    clearTimeout(slow);
    document.removeEventListener('securitypolicyviolation', blocked);
    load.fire();
    answered.fire();
    try {
      handler?.destroy?.();
    } catch {
      // Whatever is left of it, this page does not listen to it any more.
    }
    handler = null;
  }

  return {
    update(list) {
      calls = list;
      run();
    },
    remove() {
      removed = true;
      destroy();
    },
  };
}

function signal() {
  const s = { fired: false };
  s.wait = new Promise((resolve) => {
    s.fire = () => {
      s.fired = true;
      resolve();
    };
  });
  return s;
}
