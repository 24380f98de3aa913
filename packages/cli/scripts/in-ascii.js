// Plain JavaScript: it is used by the script that bundles.
import fs from 'node:fs';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** `\uXXXX` is so much longer than what it stands for. */
const growth = 5;

/**
 * Writes what is not ASCII in a bundle's file, and there are some in its texts and patterns, as `\uXXXX`; its source
 * map follows. V8 keeps a file with a single character beyond Latin-1 at two bytes each, in every thread that reads it:
 * 3 MiB of a master.
 */
export function writeInAscii(file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const mapFile = `${file}.map`;
  // A file that only hands on what others export has none, and no texts.
  if (!fs.existsSync(mapFile)) return;
  const map = JSON.parse(fs.readFileSync(mapFile, 'utf8'));
  const mappings = map.mappings.split(';');
  for (const [index, line] of lines.entries()) {
    const places = [...line.matchAll(/[^\0-\x7f]/g)].map((found) => found.index);
    if (places.length === 0) continue;
    lines[index] = line.replaceAll(/[^\0-\x7f]/g, escaped);
    mappings[index] = moved(mappings[index] ?? '', places);
  }
  fs.writeFileSync(file, lines.join('\n'));
  fs.writeFileSync(mapFile, JSON.stringify({ ...map, mappings: mappings.join(';') }));
}

function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The segments of a line, whose first number is the column's distance from the one before. */
function moved(segments, places) {
  if (segments === '') return '';
  let column = 0;
  let movedColumn = 0;
  return segments
    .split(',')
    .map((segment) => {
      const { value, length } = firstNumber(segment);
      column += value;
      const now = column + growth * places.filter((place) => place < column).length;
      const text = `${numberText(now - movedColumn)}${segment.slice(length)}`;
      movedColumn = now;
      return text;
    })
    .join(',');
}

/** Base 64 VLQ: five bits a digit, the lowest first, whose sixth says that there are more; the lowest bit is the sign. */
function firstNumber(segment) {
  let bits = 0;
  for (let length = 0; length < segment.length; length++) {
    const digit = digits.indexOf(segment[length]);
    bits |= (digit & 31) << (5 * length);
    if (digit < 32) return { value: bits & 1 ? -(bits >>> 1) : bits >>> 1, length: length + 1 };
  }
  throw new Error(`A segment of a source map has no end: ${segment}`);
}

function numberText(value) {
  let bits = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = bits & 31;
    bits >>>= 5;
    text += digits[bits > 0 ? digit | 32 : digit];
  } while (bits > 0);
  return text;
}
