import fs from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser that the tests of the pages drive: `CHROMIUM` in the environment, else one that is installed. */
export function findChromium(): string {
  const found = process.env.CHROMIUM ?? places.find((place) => fs.existsSync(place));
  if (found === undefined) {
    throw new Error('The tests of the pages need Chromium: install it, or give its path in CHROMIUM.');
  }
  return found;
}

/** Headless, in a sandboxless container too, and without a word to anybody but the pages. */
export const chromiumArgs: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
