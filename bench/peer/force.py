"""From a call that forces a build to the first instruction of its command, which prints the time."""
import time

from buildbot_fleet import Fleet, arguments, percentile, report

given = arguments("times=50")
warm = 3
with Fleet(given.folder, command=["date", "+%s%N"]) as fleet:
    fleet.start_workers(1)
    time.sleep(1)
    seen = []
    for turn in range(1, warm + given.times + 1):
        asked = time.time()
        fleet.force()
        fleet.until_done(turn)
        content = fleet.get("builds/%d/steps/1/logs/stdio/contents" % turn)["logchunks"][0]["content"]
        printed = next(line[1:] for line in content.split("\n") if line.startswith("o"))
        if turn > warm:
            seen.append((int(printed) / 1e9 - asked) * 1000)
        time.sleep(0.15)
report(force_idle_p50=percentile(seen, 50), force_idle_p99=percentile(seen, 99))
