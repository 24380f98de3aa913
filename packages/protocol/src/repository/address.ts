const schemed = /^[a-z][a-z0-9+.-]*:\/\//i;

/** True for the path of a folder, false for what is reached otherwise (`https://...`, `git@host:path`, `file://...`). */
export function isFolder(url: string): boolean {
  if (schemed.test(url)) return false;
  // git's own rule: a colon before the first slash makes it `host:path`, except for a drive's letter.
  return !/^[^/\\]{2,}:/.test(url);
}

/** Whether it lies on this machine: the path of a folder, or `file://...`. */
export function isLocal(url: string): boolean {
  return /^file:\/\//i.test(url) || isFolder(url);
}

/** `https://host:port`; undefined for what is reached otherwise. */
export function serverOf(url: string): string | undefined {
  return /^https?:/i.test(url) && URL.canParse(url) ? new URL(url).origin : undefined;
}

/** The host that ssh goes to, of `ssh://host/path` and `user@host:path`. */
export function sshHostOf(url: string): string | undefined {
  if (/^(?:git\+)?ssh(?:\+git)?:/i.test(url) && URL.canParse(url)) return new URL(url).host.toLowerCase();
  if (schemed.test(url)) return undefined;
  return /^(?:[^/@:]+@)?([^/:@]{2,}):/.exec(url)?.[1]?.toLowerCase();
}

/** A text without the names and passwords that addresses in it may hold. */
export function withoutLogins(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/gi, '$1');
}
