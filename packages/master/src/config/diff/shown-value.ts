import { canonicalJson } from '../canonical-json.ts';

/** Longer values are cut: a diff is for reading. */
const lengthMax = 300;
const secretName = /password|passphrase|secret|credential|privatekey/i;

/** A value of a config as a diff shows it: JSON on one line, without what nobody should read over a shoulder. */
export function shownValue(path: string, value: unknown): string | null {
  if (value === undefined) return null;
  const name = path.split('.').at(-1) ?? '';
  if (secretName.test(name) && typeof value === 'string') return '"(not shown)"';
  const text = withoutSecrets(canonicalJson(value));
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
}

/** Passwords of addresses are left out, and most of each hash. */
export function withoutSecrets(text: string): string {
  return withoutPasswords(text).replaceAll(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/g, '$1…');
}

/** Passwords of addresses are left out. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@"]*):[^\s/@"]*@/gi, '$1:…@');
}
