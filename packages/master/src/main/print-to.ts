/** Text in pieces, as code prints it, as whole lines of a log: each says that it comes from the config. */
export function printTo(log: (line: string) => void): (text: string) => void {
  let begun = '';
  return (text) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) log(`config: ${line}`);
  };
}
