"""From an output line, five a second, until it is in the log that the REST API answers, asked every 20 ms."""
import time

from buildbot_fleet import Fleet, arguments, percentile, report

given = arguments("seconds=25", "emitter=", "node=")
with Fleet(given.folder, command=[given.node, given.emitter, "5", str(given.seconds)]) as fleet:
    fleet.start_workers(1)
    fleet.ask("add 1")
    began = time.time() * 1000
    seen = {}
    while fleet.ask("stat")["done"] < 1:
        try:
            content = fleet.get("builds/1/steps/1/logs/stdio/contents")["logchunks"][0]["content"]
        except (OSError, LookupError):
            time.sleep(0.02)
            continue
        now = time.time() * 1000
        for line in content.split("\n"):
            # An `o` for the stream, then the line: its time in ms.
            if line.startswith("oT") and line not in seen:
                seen[line] = now - float(line.split()[0][2:])
        time.sleep(0.02)
late = [ms for line, ms in seen.items() if float(line.split()[0][2:]) > began + 1000]
report(follow_slow_p50=percentile(late, 50), follow_slow_max=max(late))
