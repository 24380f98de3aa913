/** The services whose pages are known, by host, with the way from a repository's address to a commit's page. */
const services: Readonly<Record<string, string>> = {
  'github.com': '/commit/{revision}',
  'gitlab.com': '/-/commit/{revision}',
  'codeberg.org': '/commit/{revision}',
  'bitbucket.org': '/commits/{revision}',
};

/** The page of a commit, with `{revision}` in it, of a repository at a service that is known; else null. */
export function knownCommitLink(url: string): string | null {
  const [, host = '', way = ''] =
    /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(url) ??
    /^(?:[^/@]*@)?([^/:]+):(?!\/\/)(.+)$/.exec(url) ??
    [];
  const page = services[host.toLowerCase()];
  const name = way.replace(/\/+$/, '').replace(/\.git$/, '');
  if (page === undefined || !/^[\w./~-]+$/.test(name)) return null;
  return `https://${host.toLowerCase()}/${name}${page}`;
}

export function commitLinkOf(link: string | null, revision: string): string | null {
  return link === null ? null : link.replaceAll('{revision}', revision);
}
