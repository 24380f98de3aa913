/**
 * The directory that a file's lines are told under: its first `depth` names, `.` for a file at the top.
 * Paths are bytes, each as one character (latin1); so is the directory.
 */
export function directoryOf(path: string, depth: number): string {
  let end = -1;
  for (let level = 0; level < depth; level++) {
    const slash = path.indexOf('/', end + 1);
    if (slash < 0) break;
    end = slash;
  }
  return end < 0 ? '.' : path.slice(0, end);
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes, each as one character, as people read them: UTF-8, or where they are none, `\xNN` for each such byte. */
export function readable(bytes: string): string {
  const buffer = Buffer.from(bytes, 'latin1');
  try {
    return strictUtf8.decode(buffer);
  } catch {
    return bytes.replace(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  }
}
