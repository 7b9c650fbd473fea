// An app with react-plaid-link as it comes from npm, in StrictMode. It knows
// nothing of a simulator; 'react-plaid-link' is whichever version it is bundled
// with. What happens to it is written into window.log, in order and with the
// time of arrival, and window.app lets a test act as the app's own code would.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { usePlaidLink } from 'react-plaid-link';

window.log = [];
window.app = {};

function note(what, more) {
  window.log.push({ what, at: performance.now(), ...more });
}

addEventListener('securitypolicyviolation', (event) => note(`blocked by ${event.effectiveDirective}: ${event.blockedURI}`));

const query = new URLSearchParams(location.search);

function Link({ token }) {
  const link = usePlaidLink({
    token,
    cspNonce: query.get('nonce') ?? undefined,
    onLoad: () => note('load'),
    onEvent: (name, metadata) => note(name, { metadata }),
    onSuccess: (publicToken, metadata) => note('onSuccess', { publicToken, metadata }),
    onExit: (error, metadata) => note('onExit', { error, metadata }),
  });
  Object.assign(window.app, link);
  return <p id="ready">{link.ready ? 'ready' : 'not ready'}</p>;
}

function App() {
  const [token, setToken] = useState(query.get('token'));
  const [mounted, setMounted] = useState(true);
  Object.assign(window.app, { setToken, unmount: () => setMounted(false), note });
  return (
    <main>
      <h1>App</h1>
      {mounted ? <Link token={token} /> : <p id="gone">unmounted</p>}
    </main>
  );
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
