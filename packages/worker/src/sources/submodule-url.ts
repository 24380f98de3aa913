/**
 * The address of a submodule: one that begins with `./` or `../` is meant from that of the repository itself, as git
 * does it (gitmodules(5)): each `../` takes a part of it away, at a slash, or at last at the colon of `host:path`.
 * Undefined where there is no such part left.
 */
export function submoduleUrl(parent: string, url: string): string | undefined {
  if (!/^\.\.?\//.test(url)) return url;
  let base = parent.replace(/\/+$/, '');
  let rest = url;
  let join = '/';
  for (;;) {
    if (rest.startsWith('./')) rest = rest.slice(2);
    else if (rest.startsWith('../')) {
      rest = rest.slice(3);
      const cut = lastPart(base);
      if (cut === undefined) return undefined;
      base = cut.base;
      join = cut.join;
    } else break;
  }
  return `${base}${join}${rest}`.replace(/\/+$/, '');
}

function lastPart(base: string): { readonly base: string; readonly join: '/' | ':' } | undefined {
  // Of `scheme://host` nothing can be taken away.
  const least = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(base)?.[0].length ?? 0;
  const slash = base.lastIndexOf('/');
  if (slash >= least && slash >= 0) return { base: base.slice(0, slash), join: '/' };
  const colon = least === 0 ? base.lastIndexOf(':') : -1;
  return colon > 0 ? { base: base.slice(0, colon), join: ':' } : undefined;
}
