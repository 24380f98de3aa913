"""Requests added as every scheduler adds them, with no worker there."""
from buildbot_fleet import Fleet, arguments, report

given = arguments("requests=500")
with Fleet(given.folder, builders=16) as fleet:
    seconds = fleet.ask("add %d" % given.requests)
report(enqueue_bulk=given.requests / seconds)
