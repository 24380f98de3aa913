// node emitter.js LINES_PER_SECOND SECONDS: prints lines, one write each, that begin with the wall clock's ms.
import fs from 'node:fs';

const [rate, seconds] = process.argv.slice(2).map(Number);
const lines = rate * seconds;
const start = performance.now();
let line = 0;

function emit() {
  const due = Math.min(lines, Math.floor(((performance.now() - start) * rate) / 1000) + 1);
  for (; line < due; line++)
    fs.writeSync(
      1,
      `T${(performance.timeOrigin + performance.now()).toFixed(3)} line ${line} ../../dom/base/nsDocument.cpp:123:45: warning: unused variable [-Wunused]\n`,
    );
  if (line < lines) setTimeout(emit, Math.max(1, start + (line * 1000) / rate - performance.now()));
}

emit();
