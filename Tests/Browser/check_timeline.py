"""Checks a timeline.json strictly: the JSON object form of the Trace Event Format as Perfetto's importer reads it.

Standard JSON without NaN; whole numbers for pid and tid; ts and dur finite microseconds; each process and thread named
once, before its first event; slices of a thread apart or nested; counters in order of time and within bounds.
"""
import collections, json, math, os, sys

path = sys.argv[1] + "/timeline.json"
if not os.path.exists(path):
    if os.path.exists(sys.argv[1] + "/plan.csv"):
        sys.exit(0)
    sys.exit(f"{path} is missing")


def refuse(text):
    raise ValueError(f"{text} is not JSON")


def unique(pairs):
    assert len({key for key, _ in pairs}) == len(pairs), f"a key twice in {pairs}"
    return dict(pairs)


trace = json.load(open(path, encoding="utf-8"), parse_constant=refuse, object_pairs_hook=unique)
assert set(trace) <= {"traceEvents", "displayTimeUnit", "otherData", "metadata"}, set(trace)
assert trace["displayTimeUnit"] in ("ms", "ns")
fields = {"M": {"ph", "name", "pid", "tid", "args"}, "C": {"ph", "name", "pid", "tid", "ts", "args"},
          "X": {"ph", "name", "cat", "pid", "tid", "ts", "dur", "args"}}
metadata = {"process_name": "name", "process_sort_index": "sort_index",
            "thread_name": "name", "thread_sort_index": "sort_index"}
named, threads, slices, counters = set(), set(), collections.defaultdict(list), {}


def is_time(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


for event in trace["traceEvents"]:
    kind = event["ph"]
    assert kind in fields and set(event) == fields[kind], event
    assert type(event["pid"]) is int and type(event["tid"]) is int and event["name"], event
    thread = (event["pid"], event["tid"])
    if kind == "M":
        key = metadata[event["name"]]
        assert set(event["args"]) == {key}, event
        if event["name"] == "process_name":
            assert event["pid"] not in named, event
            named.add(event["pid"])
        if event["name"] == "thread_name":
            assert thread not in threads, event
            threads.add(thread)
        continue
    assert is_time(event["ts"]) and event["pid"] in named, event
    if kind == "X":
        assert is_time(event["dur"]) and thread in threads, event
        slices[thread].append((event["ts"], event["ts"] + event["dur"]))
    else:
        assert event["args"] and all(is_time(value) and value <= 100 for value in event["args"].values()), event
        series = (event["pid"], event["name"])
        assert event["ts"] >= counters.get(series, 0), f"counter {series} goes back in time: {event}"
        counters[series] = event["ts"]
for thread, spans in slices.items():
    spans.sort()
    for (_, end), (start, _) in zip(spans, spans[1:]):
        assert start >= end - 1e-6, f"slices of thread {thread} overlap at {start} us"
