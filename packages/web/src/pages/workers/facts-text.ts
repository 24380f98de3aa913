const gibibyte = 1024 ** 3;

/** What a worker says of itself, in a line: known facts in the words of people, others with their names. */
export function factsText(facts: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(facts).map(([name, value]) => {
    if (typeof value !== 'string' && typeof value !== 'number') return '';
    if (name === 'cpus') return `${value} ${value === 1 ? 'processor' : 'processors'}`;
    if (name === 'version') return `millrace ${value}`;
    if (name.endsWith('Bytes')) {
      return `${(Number(value) / gibibyte).toFixed(0)} GiB ${name.slice(0, -'Bytes'.length)}`;
    }
    return ['os', 'platform', 'architecture', 'arch', 'hostname'].includes(name)
      ? String(value)
      : `${name} ${value}`;
  });
  return told.filter((part) => part !== '').join(' · ');
}
