"""Builds of five steps that have ended, written into the database of a master that is stopped: as in ours."""
import hashlib
import json
import sqlite3
import time

five = range(5)
day = 86400
builds_per_day = 100000 / 21


def fill(folder, builds):
    db = sqlite3.connect(folder + "/state.sqlite")
    db.execute("pragma synchronous=off")
    builders = [row[0] for row in db.execute("select id from builders order by id")]
    workers = [row[0] for row in db.execute("select id from workers order by id")]
    master = db.execute("select id from masters").fetchone()[0]
    begin = int(time.time() - builds / builds_per_day * day)

    def all_of(make):
        for index in range(1, builds + 1):
            at = begin + int(index / builds_per_day * day)
            yield make(index, builders[index * 7919 % len(builders)], workers[index * 104729 % len(workers)], at, 2 if index % 10 == 0 else 0)

    def each(table, columns, make):
        places = ",".join("?" * len(columns.split(",")))
        db.executemany("insert into %s(%s) values(%s)" % (table, columns, places), make)

    def revision(index):
        return "%040x" % index

    stamps = builds // 10 + 1
    each("sourcestamps", "id,ss_hash,branch,revision,repository,codebase,project,created_at",
         ((n, hashlib.sha1(b"%d" % n).hexdigest(), "main", revision(n), "https://x/y", "", "", begin) for n in range(1, stamps + 1)))
    each("changes", "changeid,author,comments,branch,revision,when_timestamp,repository,codebase,project,sourcestampid",
         ((n, "dev%d@x" % (n % 200), "Bug %d - fix things" % n, "main", revision(n), begin, "https://x/y", "", "", n) for n in range(1, stamps + 1)))
    each("buildsets", "id,reason,submitted_at,complete,complete_at,results", all_of(lambda i, b, w, at, r: (i, "push", at - 30, 1, at + 600, r)))
    each("buildset_sourcestamps", "buildsetid,sourcestampid", all_of(lambda i, b, w, at, r: (i, (i - 1) // 10 + 1)))
    each("buildrequests", "id,buildsetid,builderid,priority,complete,results,submitted_at,complete_at,waited_for",
         all_of(lambda i, b, w, at, r: (i, i, b, 0, 1, r, at - 30, at + 600, 0)))
    each("buildrequest_claims", "brid,masterid,claimed_at", all_of(lambda i, b, w, at, r: (i, master, at)))
    # Builders in turn, so that the number at a builder follows from the build's own.
    each("builds", "id,number,builderid,buildrequestid,workerid,masterid,started_at,complete_at,state_string,results",
         all_of(lambda i, b, w, at, r: (i, (i - 1) // len(builders) + 1, b, i, w, master, at, at + 600, "finished", r)))
    for k in five:
        each("build_properties", "buildid,name,value,source",
             all_of(lambda i, b, w, at, r, k=k: (i, "property-%d" % k, json.dumps("value %d" % ((i * 5 + k) % 1000)), "Build")))
        each("steps", "id,number,name,buildid,started_at,complete_at,state_string,results,urls_json,hidden",
             all_of(lambda i, b, w, at, r, k=k: ((i - 1) * 5 + k + 1, k, "step %d" % k, i, at + k * 100, at + k * 100 + 99, "ran", 0, "[]", 0)))
        each("logs", "id,name,slug,stepid,complete,num_lines,type",
             all_of(lambda i, b, w, at, r, k=k: ((i - 1) * 5 + k + 1, "stdio", "stdio", (i - 1) * 5 + k + 1, 1, 100, "s")))
    db.commit()
    db.close()
