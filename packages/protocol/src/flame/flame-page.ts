import type { FlameNode, Profile, ThreadProfile } from '../api/profiles.ts';

/** A flame graph as one page: nothing is loaded from anywhere, and it is readable without its few lines of script. */
export function flamePage(profile: Profile): string {
  const { master, version, at, seconds, busyShare, blockedMs } = profile;
  const title = `What ${master} did`;
  const blocked =
    blockedMs > 0 ? `<p class="blocked">Its event loop was blocked, for ${blockedMs} ms then.</p>` : '';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<p>millrace ${escaped(version)}, ${new Date(at).toISOString()}: ${percent(busyShare)} busy and ${percent(1 - busyShare)} idle for ${seconds.toFixed(1)} s. Time that it was idle is left out below.</p>
${blocked}${profile.threads.map(threadPart).join('\n')}
<script>${script}</script>
</html>
`;
}

function threadPart(thread: ThreadProfile): string {
  const children = Map.groupBy(thread.flame, ({ parent }) => parent);
  const roots = children.get(null) ?? [];
  const share = (ms: number): string => percent(thread.busyMs === 0 ? 0 : ms / thread.busyMs);
  const rows = thread.functions
    .slice(0, 50)
    .map(
      (one) =>
        `<tr><td>${escaped(one.function)}<td>${escaped(one.file === '' ? '' : `${one.file}:${one.line}`)}<td>${escaped(one.room)}<td>${one.selfMs}<td>${one.totalMs}</tr>`,
    );
  const rooms = thread.rooms.map(
    (one) =>
      `<tr><td><i style="${colourOf(one.room)}"></i> ${escaped(one.room)}<td>${one.selfMs}<td>${share(one.selfMs)}<td>${one.totalMs}</tr>`,
  );
  const allMs = thread.busyMs + thread.idleMs;
  const unsampled =
    thread.unsampledMs > 0
      ? `<p class="blocked">It did one thing for ${thread.unsampledMs} ms, and could not be sampled meanwhile.</p>`
      : '';
  return `<h2>Thread ${escaped(thread.thread)}</h2>
<p>${percent(allMs === 0 ? 0 : thread.busyMs / allMs)} busy and ${percent(allMs === 0 ? 0 : thread.idleMs / allMs)} idle, by its samples.</p>
${unsampled}<p>Below each function stand those that it called, as wide as the time they took. Choose one to see it alone, and choose it again to go back.</p>
<div class="flame">${roots.map((root) => bar(root, children, thread.busyMs)).join('')}</div>
<table><caption>Rooms, in milliseconds</caption><tr><th>Room<th>Self<th>Of busy<th>Total</tr>${rooms.join('')}</table>
<table><caption>Functions, in milliseconds</caption><tr><th>Function<th>Where<th>Room<th>Self<th>Total</tr>${rows.join('')}</table>`;
}

type Children = ReadonlyMap<number | null, readonly FlameNode[]>;

function bar(node: FlameNode, children: Children, allMs: number): string {
  const below = children.get(node.id) ?? [];
  const own = Math.max(0, node.totalMs - below.reduce((sum, { totalMs }) => sum + totalMs, 0));
  const told = `${node.name}: ${node.totalMs} ms, ${percent(allMs === 0 ? 0 : node.totalMs / allMs)} (${node.room})`;
  const inner =
    below.length === 0
      ? ''
      : `<div>${below.map((one) => bar(one, children, allMs)).join('')}<s style="flex-grow:${own}"></s></div>`;
  return `<div class="node" style="flex-grow:${node.totalMs}"><button style="${colourOf(node.room)}" title="${escaped(told)}" aria-label="${escaped(told)}">${escaped(node.name)}</button>${inner}</div>`;
}

/** The same room has the same colour in every page. */
function colourOf(room: string): string {
  let hue = 0;
  for (const char of room) hue = (hue * 31 + (char.codePointAt(0) ?? 0)) % 360;
  return `--hue:${hue}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (char) => `&#${char.codePointAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --light: 82%; }
@media (prefers-color-scheme: dark) { :root { --light: 30%; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 110rem; }
.blocked { font-weight: bold; }
.flame, .flame div > div, .node { display: flex; min-width: 0; flex-basis: 0; }
.flame { width: 100%; }
.node { flex-direction: column; }
.node > div { flex-basis: auto; width: 100%; }
.node[hidden] { display: none; }
s { flex-basis: 0; min-width: 0; }
button { all: unset; box-sizing: border-box; width: 100%; height: 1.4rem; padding: 0 .2rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font: 12px/1.4rem ui-monospace, monospace; cursor: pointer; background: hsl(var(--hue) 65% var(--light)); box-shadow: inset 0 0 0 .5px Canvas; }
button:focus-visible { outline: 2px solid CanvasText; outline-offset: -2px; }
i { display: inline-block; width: .8em; height: .8em; background: hsl(var(--hue) 65% var(--light)); }
table { border-collapse: collapse; margin-top: 2rem; }
caption { text-align: left; font-weight: bold; }
th { text-align: left; }
td, th { padding: .1rem 1rem .1rem 0; }
`;

const script = `
document.addEventListener('click', ({ target }) => {
  const node = target instanceof HTMLButtonElement ? target.parentElement : null;
  if (!node) return;
  const flame = node.closest('.flame');
  const back = flame.dataset.shown === 'one' && flame.shown === node;
  for (const other of flame.querySelectorAll('.node, s')) other.hidden = false;
  flame.shown = back ? undefined : node;
  flame.dataset.shown = back ? 'all' : 'one';
  if (back) return;
  for (let at = node; at !== flame; at = at.parentElement)
    for (const beside of at.parentElement.children)
      if (beside !== at && (beside.matches('.node') || beside.matches('s'))) beside.hidden = true;
});
`;
