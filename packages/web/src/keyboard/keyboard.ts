import { useEffect, useEffectEvent } from 'react';
import { clock } from '../time/clock.ts';
import { KeyReader } from './key-reader.ts';
import type { Binding } from './key-reader.ts';

/** Bindings that stand now, those of the shell first, under the name that the help shows. */
export interface BindingGroup {
  readonly name: string;
  readonly bindings: readonly Binding[];
}

const groups = new Set<BindingGroup>();
const reader = new KeyReader();

export function standingGroups(): readonly BindingGroup[] {
  return [...groups].filter((group) => group.bindings.length > 0);
}

/** Keys as people press them: arrows count as the letters beside them. */
const synonyms: Readonly<Record<string, string>> = {
  ArrowDown: 'j',
  ArrowUp: 'k',
  Escape: 'esc',
  Enter: 'enter',
};

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const at = event.target;
  if (at instanceof HTMLElement && at.closest('dialog') !== null) return;
  if (
    at instanceof HTMLInputElement ||
    at instanceof HTMLSelectElement ||
    at instanceof HTMLTextAreaElement
  ) {
    if (event.key === 'Escape') at.blur();
    return;
  }
  // In a log the arrows scroll, as they do everywhere.
  if (event.key.startsWith('Arrow') && at instanceof HTMLElement && at.closest('[data-scrolls]') !== null)
    return;
  const all = [...groups].flatMap((group) => group.bindings);
  const found = reader.press(synonyms[event.key] ?? event.key, clock.now(), all);
  if (found === undefined) return;
  event.preventDefault();
  found.act();
}

/** Listens for the page. Returns what ends it. */
export function listenToKeys(): () => void {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** Keys that hold while the component stands. */
export function useKeys(name: string, bindings: readonly Binding[]): void {
  const act = useEffectEvent((keys: string) => bindings.find((binding) => binding.keys === keys)?.act());
  const shown = bindings.map(({ keys, label }) => `${keys}\t${label}`).join('\n');
  useEffect(() => {
    const group: BindingGroup = {
      name,
      bindings:
        shown === ''
          ? []
          : shown.split('\n').map((line) => {
              const [keys = '', label = ''] = line.split('\t');
              return { keys, label, act: () => act(keys) };
            }),
    };
    groups.add(group);
    return () => void groups.delete(group);
  }, [name, shown]);
}
