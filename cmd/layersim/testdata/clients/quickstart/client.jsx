// The client half. The link_token is made when the page is loaded (twice, as
// StrictMode mounts twice), so that Link is ready by the time the user has typed
// a phone number; Link opens on LAYER_READY and not before.
import { StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { usePlaidLink } from 'react-plaid-link';

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error_code ?? answer.error_message);
  return answer;
}

function App() {
  const [clientUserID] = useState(() => `user-${Math.random().toString(36).slice(2)}`);
  const [token, setToken] = useState(null);
  const [step, setStep] = useState('welcome');
  const [account, setAccount] = useState(null);
  const openLink = useRef(null);

  useEffect(() => {
    post('/api/create_session_token', { clientUserID }).then(({ linkToken }) => setToken(linkToken));
  }, [clientUserID]);

  const { open, submit } = usePlaidLink({
    token,
    onSuccess: async (publicToken) => {
      setAccount(await post('/api/account', { publicToken }));
      setStep('done');
    },
    onExit: () => setStep('form'),
    onEvent(name) {
      if (name === 'LAYER_READY') openLink.current?.();
      if (name === 'LAYER_NOT_AVAILABLE') setStep('birthday');
      if (name === 'LAYER_AUTOFILL_NOT_AVAILABLE') setStep('form');
    },
  });
  useEffect(() => {
    openLink.current = open;
  }, [open]);

  switch (step) {
    case 'welcome':
      return <button onClick={() => setStep('phone')}>Create an account</button>;
    case 'phone':
      return <Ask key="phone" label="Phone number" type="tel" onAnswer={(typed) => submit({ phone_number: typed })} />;
    case 'birthday':
      return <Ask key="birthday" label="Date of birth" type="date" onAnswer={(typed) => submit({ date_of_birth: typed })} />;
    case 'done':
      return <Welcome account={account} />;
    default:
      return <h1>Sign up by hand</h1>;
  }
}

function Ask({ label, type, onAnswer }) {
  const [typed, setTyped] = useState('');
  const send = (event) => {
    event.preventDefault();
    onAnswer(typed);
  };
  return (
    <form onSubmit={send}>
      <label>
        {label} <input type={type} value={typed} onChange={(event) => setTyped(event.target.value)} required autoFocus />
      </label>
      <button>Continue</button>
    </form>
  );
}

function Welcome({ account: { identity, bank } }) {
  return (
    <main>
      <h1>Welcome, {identity.name.first_name} {identity.name.last_name}</h1>
      <p>{identity.phone_number}</p>
      <p>{bank ? bank.name : 'No bank was connected.'}</p>
      <ul>
        {(bank?.accounts ?? []).map(({ name, mask, balance }) => (
          <li key={mask}>{`${name} ${mask} ${balance}`}</li>
        ))}
      </ul>
    </main>
  );
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
