/** Rows that `j` and `k` go through are links marked `data-row`; those that need a person also `data-bad`. */
function moveFocus(step: 1 | -1, among: '[data-row]' | '[data-row][data-bad]' = '[data-row]'): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row === document.activeElement);
  const start = at < 0 ? (step === 1 ? -1 : rows.length) : at;
  for (let index = start + step; index >= 0 && index < rows.length; index += step) {
    const row = rows[index];
    if (row?.matches(among)) {
      row.focus();
      row.scrollIntoView({ block: 'nearest' });
      return;
    }
  }
}

/** The build of the row that has the focus. */
export function focusedBuild(): number | undefined {
  const id = document.activeElement?.getAttribute('data-build');
  return id === null || id === undefined ? undefined : Number(id);
}

/** Through the rows of a list. */
export const listKeys = [
  { keys: 'j', label: 'Next row', act: () => moveFocus(1) },
  { keys: 'k', label: 'Row before', act: () => moveFocus(-1) },
  {
    keys: 'enter',
    label: 'Open the row',
    act: () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.click();
    },
  },
  { keys: 'n', label: 'Next failure', act: () => moveFocus(1, '[data-row][data-bad]') },
  { keys: 'p', label: 'Failure before', act: () => moveFocus(-1, '[data-row][data-bad]') },
];
