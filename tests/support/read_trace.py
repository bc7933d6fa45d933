"""Reads an exported run as a stranger would: a strict JSON parser, and the rules of the trace event format.

    read_trace.py json FILE    read_trace.py csv FILE

Prints what it found as JSON; whatever breaks a rule is an exception.
"""
import csv
import json
import sys
from collections import defaultdict
from decimal import Decimal


def refuse(word):
    raise ValueError(f"{word} is no JSON")


def only_once(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key twice: {keys}"
    return dict(pairs)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        trace = json.load(file, parse_float=Decimal, parse_constant=refuse, object_pairs_hook=only_once)
    events = trace["traceEvents"]
    slices, open_ones, flows, beside, counters = defaultdict(list), defaultdict(list), defaultdict(dict), defaultdict(dict), defaultdict(list)
    processes, threads, exits, labels, notes = {}, {}, {}, {}, []
    for event in events:
        phase, pid, tid = event["ph"], event["pid"], event["tid"]
        assert isinstance(pid, int) and isinstance(tid, int) and event["name"] != "", event
        if phase == "M":
            value = next(iter(event["args"].values()))
            if event["name"] == "process_name":
                assert pid not in processes, event
                processes[pid] = value
            elif event["name"] == "thread_name":
                assert (pid, tid) not in threads, event
                threads[pid, tid] = value
            elif event["name"] == "process_labels":
                labels[pid] = value
            continue
        assert event["ts"] >= 0, event
        if phase == "B":  # as they are written: each inside the one before, or behind it
            assert not open_ones[pid, tid] or open_ones[pid, tid][-1][0] <= event["ts"], event
            open_ones[pid, tid].append([event["ts"], None, event["name"], event["args"]])
            slices[pid, tid].append(open_ones[pid, tid][-1])
        elif phase == "E":
            ended = open_ones[pid, tid].pop()
            assert ended[0] <= event["ts"] and ended[2] == event["name"], event
            ended[1] = event["ts"]
        elif phase in "sf":
            assert phase not in flows[event["id"]], event
            flows[event["id"]][phase] = event
        elif phase in "be":
            key = event["cat"], event["id"]
            assert phase not in beside[key], event
            beside[key][phase] = event
        elif phase == "C":
            counters[processes[pid], event["name"]].append(next(iter(event["args"].values())))
        elif phase == "i":
            if event["name"] == "exit":
                exits[processes[pid]] = event["args"]["exit_code"]
            elif event["name"] == "note":
                notes.append(event["args"]["text"])
        else:
            raise AssertionError(f"an unknown phase: {event}")
    for place, all_of_it in slices.items():
        assert place in threads, f"a thread without a name: {place}"
        assert not open_ones[place], f"never ended: {open_ones[place]}"
        life, states = (all_of_it[0], all_of_it[1:]) if "task" in all_of_it[0][3] else (None, all_of_it)
        for (_, end, name, _), (begin, _, after, _) in zip(states, states[1:]):
            assert end <= begin, f"{name} reaches into {after}"
        for begin, end, name, _ in states:
            assert life is None or life[0] <= begin and end <= life[1], f"{name} sticks out of its thread's life"
    for flow in flows.values():
        assert flow["s"]["ts"] <= flow["f"]["ts"] and flow["f"]["bp"] == "e", flow
        for end in flow.values():  # an arrow hangs on a slice
            assert any(begin <= end["ts"] <= until for begin, until, _, _ in slices[end["pid"], end["tid"]][:1]), end
    for pair in beside.values():
        assert pair["b"]["ts"] <= pair["e"]["ts"], pair
    kinds = defaultdict(int)
    for flow in flows.values():
        kinds[flow["s"]["name"]] += 1
    lives = {entries[0][2]: entries[0][3] for entries in slices.values() if "task" in entries[0][3]}
    return {
        "about": trace["otherData"],
        "events": len(events),
        "processes": sorted(processes.values()),
        "threads": sorted(threads.values()),
        "lives": {name: {key: str(value) for key, value in args.items()} for name, args in lives.items()},
        "states": sorted({name for entries in slices.values() for _, _, name, _ in entries[1:]}),
        "flows": kinds,
        "values": [flow["s"]["args"]["value"] for flow in flows.values() if "value" in flow["s"]["args"]],
        "beside": sorted({pair["b"]["name"] for pair in beside.values()}),
        "counters": {f"{process}: {name}": values for (process, name), values in counters.items()},
        "exits": exits,
        "notes": notes,
        "labels": sorted(labels.values()),
    }


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        rows = list(reader)
    for row in rows:
        assert None not in row and None not in row.values(), row
        for key in ("time_ns", "task", "line", "object", "a", "b"):
            int(row[key])
    times = [int(row["time_ns"]) for row in rows]
    assert times == sorted(times)
    return {"columns": reader.fieldnames, "rows": rows}


json.dump({"json": read_json, "csv": read_csv}[sys.argv[1]](sys.argv[2]), sys.stdout)
