"""Checks a timeline.json: the form of the Trace Event Format, slices of a thread that nest, counters within bounds."""
import collections, json, os, sys

path = sys.argv[1] + "/timeline.json"
if not os.path.exists(path):
    if os.path.exists(sys.argv[1] + "/plan.csv"):
        sys.exit(0)
    sys.exit(f"{path} is missing")
events = json.load(open(path))["traceEvents"]
named, threads, slices = set(), set(), collections.defaultdict(list)
for event in events:
    kind = event["ph"]
    assert kind in "MXC", event
    if kind == "M":
        if event["name"] == "process_name":
            named.add(event["pid"])
        if event["name"] == "thread_name":
            threads.add((event["pid"], event["tid"]))
        continue
    assert event["ts"] >= 0 and event["pid"] in named, event
    if kind == "X":
        assert event["dur"] >= 0 and event["name"] and (event["pid"], event["tid"]) in threads, event
        slices[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    else:
        assert all(0 <= value <= 100 for value in event["args"].values()), event
for thread, spans in slices.items():
    spans.sort()
    for (_, end), (start, _) in zip(spans, spans[1:]):
        assert start >= end - 1e-6, f"slices of thread {thread} overlap at {start} us"
