import fs from 'node:fs';

const read = (name: string): string => fs.readFileSync(new URL(name, import.meta.url), 'utf8');

/** A certificate that only tests trust. */
export const testTls = { key: read('test-only-key.pem'), cert: read('test-only-cert.pem') };
