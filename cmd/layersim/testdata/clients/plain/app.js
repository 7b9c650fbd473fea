// An app without a framework. What happens to it is written into window.log, in
// order and with the time of arrival; window.start makes a handler as such an
// app would. With ?token=…&phone=… it walks on by itself until Link is open.
window.log = [];

function note(what, more) {
  log.push({ what, at: performance.now(), ...more });
  // When it is framed, its test can only see it through the page around it.
  if (parent !== window) parent.postMessage(what, '*');
}

for (const level of ['warn', 'error']) {
  const write = console[level];
  console[level] = (...words) => {
    note(`console.${level}: ${words.join(' ')}`);
    write.apply(console, words);
  };
}
addEventListener('error', (event) => note(`error: ${event.message}`));
addEventListener('securitypolicyviolation', (event) => note(`blocked by ${event.effectiveDirective}: ${event.blockedURI}`));

window.start = (token, more) => {
  const { create } = window.Plaid; // some call it detached
  return create({
    token,
    onLoad: () => note('load'),
    onEvent: (name, metadata) => note(name, { metadata }),
    onSuccess: (publicToken, metadata) => note('onSuccess', { publicToken, metadata }),
    onExit: (error, metadata) => note('onExit', { error, metadata }),
    ...more,
  });
};

window.walk = () => {
  const query = new URLSearchParams(location.search);
  if (!query.has('phone')) return;
  window.handler = start(query.get('token'), {
    onLoad() {
      note('load');
      handler.submit({ phone_number: query.get('phone') });
    },
    onEvent(name, metadata) {
      note(name, { metadata });
      if (name === 'LAYER_READY') handler.open();
    },
  });
};
