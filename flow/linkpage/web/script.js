// The Link script, and why it is not there when it is not.

let loaded = null; // address of the script this page has

// What the Content-Security-Policy of this page stopped. The events come before
// or after the error of what they stopped, so they are kept.
const blocked = [];
document.addEventListener('securitypolicyviolation', (event) => {
  blocked.push({ directive: event.effectiveDirective, address: event.blockedURI });
});

export const scriptOf = () => loaded;

// loadScript resolves when window.Plaid is there. The message of its error is a
// sentence for the user.
export async function loadScript(address) {
  if (loaded !== address) {
    await append(address);
    loaded = address;
  }
  if (typeof window.Plaid?.create !== 'function') {
    loaded = null;
    throw new Error(`The script at ${address} was loaded, but it is not Link: it defines no Plaid.create. An ad blocker, a proxy or a sign-in page of the network may have answered in its place.`);
  }
}

function append(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      setTimeout(() => reject(new Error(whyNot(address))), 100);
    };
    document.head.append(script);
  });
}

function whyNot(address) {
  const violation = blocked.find((one) => one.directive.startsWith('script-src'));
  if (violation) {
    return `The Link script was blocked by this page’s Content-Security-Policy (${violation.directive}). It allows ${address} only; something redirects it, or a browser extension has narrowed the policy.`;
  }
  if (!navigator.onLine) return 'The Link script could not be loaded: this computer is offline.';
  return `The Link script could not be loaded from ${address}. An ad blocker or the network may stop it, nothing answers there, or something else answers in its place.`;
}

// frameTrouble says why Link may not have called onLoad.
export function frameTrouble() {
  const violation = blocked.find((one) => one.directive.startsWith('frame-src'));
  if (violation) return `Link did not load: this page’s Content-Security-Policy (${violation.directive}) blocked its frame.`;
  return 'Link was created but did not call onLoad yet. Its frame may be blocked by the browser or an extension, or the network is slow.';
}
