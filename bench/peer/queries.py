"""The questions that lists of builds are made of, at the REST API of a master with many builds; p50 in ms."""
import time

from buildbot_fleet import Fleet, arguments, percentile, report
from fill import fill

given = arguments("builds=100000")
with Fleet(given.folder, workers=80, builders=150) as fleet:
    folder = fleet.folder
fill(folder, given.builds)
questions = {
    "query-latest-200": "builds?order=-started_at&limit=200",
    "query-24-hours": "builds?order=-started_at&started_at__gt=%d" % (time.time() - 86400),
    "query-latest-200-properties": "builds?order=-started_at&limit=200&property=*",
}
figures = {}
with Fleet(given.folder, workers=80, builders=150) as fleet:
    for name, question in questions.items():
        times = []
        for turn in range(-2, 20):
            start = time.time()
            fleet.get(question, raw=True)
            if turn >= 0:
                times.append((time.time() - start) * 1000)
        figures[name] = percentile(times, 50)
report(**figures)
